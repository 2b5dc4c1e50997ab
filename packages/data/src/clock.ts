/** Time as an argument: what waits for removals, and what tells that an owner lives. */

export interface DataClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `run` once, `delayMs` from now; the function it returns takes that back. Keeps no process alive. */
  after(delayMs: number, run: () => void): () => void;
  /** Resolves `delayMs` from now; rejects with the signal's reason when it aborts before. */
  sleep(delayMs: number, options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** `Date.now` and `setTimeout`, looked up at each use. */
export const dataClock: DataClock = Object.freeze({
  now: () => Date.now(),
  after(delayMs: number, run: () => void) {
    const timer = setTimeout(run, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
  sleep: (delayMs: number, { signal }: { readonly signal?: AbortSignal } = {}) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const abort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', abort);
        resolve();
      }, delayMs);
      signal?.addEventListener('abort', abort, { once: true });
    }),
});
