/** Stands around every callback of Playwright: a reporter that throws fails the user's run since Playwright 1.62. */

export interface GuardReport {
  /** Time spent inside our callbacks, in milliseconds. */
  readonly totalMs: number;
  readonly calls: number;
  /** Each distinct failure once, in order. */
  readonly failures: readonly unknown[];
}

/** Runs callbacks so that nothing gets out of them, and sums their time. */
export class Guard {
  readonly #failures = new Map<string, unknown>();
  readonly #onFailure: (error: unknown) => void;
  #totalMs = 0;
  #calls = 0;

  /** `onFailure` hears of each distinct failure once; what it throws is dropped. */
  constructor(onFailure: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  run(callback: () => void): void {
    const startMs = performance.now();
    try {
      callback();
    } catch (error) {
      this.#note(error);
    }
    this.#totalMs += performance.now() - startMs;
    this.#calls++;
  }

  async runAsync<T>(callback: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await callback();
    } catch (error) {
      this.#note(error);
      return otherwise;
    }
  }

  report(): GuardReport {
    return { totalMs: this.#totalMs, calls: this.#calls, failures: [...this.#failures.values()] };
  }

  #note(error: unknown): void {
    const key = error instanceof Error ? error.message : String(error);
    if (this.#failures.has(key)) return;
    this.#failures.set(key, error);
    try {
      this.#onFailure(error);
    } catch {
      // Whoever listens must not fail the run either.
    }
  }
}
