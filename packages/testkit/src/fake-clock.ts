/** A clock that stands still until the test moves it. */

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * Time as an argument: pass it where code takes `now`, `after` or `sleep`. All its methods may be passed on their own.
 *
 * Timers fire inside {@link FakeClock.advance}, in order of their time, then of their making. Timers that are made while
 * it advances fire too, when they are due. Work that goes on after an awaited `sleep` runs when the test awaits next.
 */
export class FakeClock {
  #now: number;
  #order = 0;
  #timers: Timer[] = [];

  /** @param startAt Milliseconds since 1970, or an ISO date. @default '2026-01-01T00:00:00.000Z' */
  constructor(startAt: number | string = '2026-01-01T00:00:00.000Z') {
    this.#now = typeof startAt === 'number' ? startAt : Date.parse(startAt);
  }

  /** Milliseconds since 1970, as `Date.now` has them. */
  readonly now = (): number => this.#now;

  /** How many timers and sleeps wait. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Calls `run` once, `delayMs` from now. The function it returns takes that back. */
  readonly after = (delayMs: number, run: () => void): (() => void) => {
    const timer: Timer = { at: this.#now + Math.max(0, delayMs), order: this.#order++, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter(other => other !== timer);
    };
  };

  /** Resolves `delayMs` from now; rejects with the signal's reason when it is aborted before. */
  readonly sleep = (delayMs: number, { signal }: { readonly signal?: AbortSignal } = {}): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const abort = (): void => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.after(delayMs, () => {
        signal?.removeEventListener('abort', abort);
        resolve();
      });
      signal?.addEventListener('abort', abort, { once: true });
    });

  /** Moves the time on and fires what falls due. A timer that throws stops the advance at its moment. */
  readonly advance = (byMs: number): void => {
    const until = this.#now + byMs;
    for (let next = this.#takeDue(until); next; next = this.#takeDue(until)) {
      this.#now = next.at;
      next.run();
    }
    this.#now = until;
  };

  #takeDue(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at > until) continue;
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) first = timer;
    }
    if (first) this.#timers = this.#timers.filter(timer => timer !== first);
    return first;
  }
}
