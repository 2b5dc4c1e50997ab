/** Time as an argument: a monotonic clock that can call back. */

/** The longest delay that `setTimeout` takes, in milliseconds; beyond it fires at once. */
export const LONGEST_TIMER_MS = 2_147_483_647;

export interface Clock {
  /** Milliseconds since some moment. Never goes back, whatever is done to the clock of the machine. */
  now(): number;
  /**
   * Calls `run` once, `delayMs` from now; the function it returns takes that back. The timer keeps the process alive only
   * where `keepAlive` says so: somebody sleeps on it, and nothing else would wake them.
   */
  after(delayMs: number, run: () => void, options?: { readonly keepAlive?: boolean }): () => void;
}

/** `performance.now` and `setTimeout`, looked up at each use, so that fake timers of a test runner work. */
export const systemClock: Clock = Object.freeze({
  now: () => performance.now(),
  after(delayMs: number, run: () => void, { keepAlive = false }: { readonly keepAlive?: boolean } = {}) {
    const timer = setTimeout(run, Math.min(LONGEST_TIMER_MS, Math.max(0, Math.ceil(delayMs))));
    if (!keepAlive) timer.unref();
    return () => clearTimeout(timer);
  },
});
