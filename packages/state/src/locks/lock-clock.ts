/** Time as locks need it: a clock that never goes back, and one call later. */

export interface LockClock {
  /** Milliseconds since some moment; whatever is done to the clock of the machine, it only goes forward. */
  now(): number;
  /** Calls `run` once, `delayMs` from now; the function it returns takes that back. */
  after(delayMs: number, run: () => void, options?: { readonly keepAlive?: boolean }): () => void;
}

/** A timer keeps its process alive only where somebody waits for it. */
export const systemLockClock: LockClock = Object.freeze({
  now: () => performance.now(),
  after(delayMs: number, run: () => void, { keepAlive = false }: { readonly keepAlive?: boolean } = {}) {
    const timer = setTimeout(run, Math.max(0, Math.ceil(delayMs)));
    if (!keepAlive) timer.unref();
    return () => clearTimeout(timer);
  },
});
