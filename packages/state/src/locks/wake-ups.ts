/** Waits for the next wake-up of a driver, or for a time, whichever comes first. */
import type { LeaseDriver } from '@quality-hub/protocol';
import type { LockClock } from './lock-clock.ts';

export class WakeUps {
  readonly #clock: LockClock;
  readonly #signal: AbortSignal | undefined;
  readonly #stop = new AbortController();
  /** A wake-up that came while nobody waited is not lost. */
  #hasRung = false;
  #wake: (() => void) | undefined;

  constructor(driver: LeaseDriver, names: readonly string[], clock: LockClock, signal: AbortSignal | undefined) {
    this.#clock = clock;
    this.#signal = signal;
    void this.#listen(driver, names);
  }

  /** Returns after a wake-up, after `longestMs`, or when the signal aborts. */
  async next(longestMs: number): Promise<void> {
    if (this.#hasRung || this.#signal?.aborted) {
      this.#hasRung = false;
      return;
    }
    await new Promise<void>(resolve => {
      // Somebody waits: without this timer the process could end under them.
      const cancel = this.#clock.after(longestMs, () => done(), { keepAlive: true });
      const done = (): void => {
        cancel();
        this.#signal?.removeEventListener('abort', done);
        this.#wake = undefined;
        resolve();
      };
      this.#wake = done;
      this.#signal?.addEventListener('abort', done, { once: true });
    });
    this.#hasRung = false;
  }

  end(): void {
    this.#stop.abort();
  }

  async #listen(driver: LeaseDriver, names: readonly string[]): Promise<void> {
    try {
      for await (const _ of driver.released(names, { signal: this.#stop.signal })) {
        this.#hasRung = true;
        this.#wake?.();
      }
    } catch {
      // Without wake-ups the times that the queue names are enough, only later.
    }
  }
}
