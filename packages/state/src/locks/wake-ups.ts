/** Waits for the next wake-up of a driver, or for a time, whichever comes first. */
import type { LeaseDriver } from '@quality-hub/protocol';
import type { LockClock } from './lock-clock.ts';

export interface WakeUpOptions {
  readonly clock: LockClock;
  /** Ends a wait. */
  readonly signal?: AbortSignal | undefined;
  /** Place in the queue: only its turn wakes, and not that of those behind it. */
  readonly ticket?: string | undefined;
}

export class WakeUps {
  readonly #clock: LockClock;
  readonly #signal: AbortSignal | undefined;
  readonly #stop = new AbortController();
  /** A wake-up that came while nobody waited is not lost. */
  #hasRung = false;
  #wake: (() => void) | undefined;

  constructor(driver: LeaseDriver, names: readonly string[], { clock, signal, ticket }: WakeUpOptions) {
    this.#clock = clock;
    this.#signal = signal;
    void this.#listen(driver, names, ticket);
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

  async #listen(driver: LeaseDriver, names: readonly string[], ticket: string | undefined): Promise<void> {
    try {
      for await (const _ of driver.released(names, { signal: this.#stop.signal, ticket })) {
        this.#hasRung = true;
        this.#wake?.();
      }
    } catch {
      // Without wake-ups the times that the queue names are enough, only later.
    }
  }
}
