/** Keeps retries from making an outage worse: they may only be a part of all calls. */

export interface RetryBudgetOptions {
  /** Retries per call, in the long run. @default 0.2 */
  readonly ratio01?: number;
  /** Retries that are free at the start. @default 10 */
  readonly reserve?: number;
  /** Retries that can be saved up by calls that go well. @default ten times the reserve */
  readonly most?: number;
}

/**
 * A bucket: each call puts `ratio01` of a retry in, each retry takes one out. It starts with `reserve` and holds `most`.
 *
 * @see https://sre.google/sre-book/handling-overload/, "Deciding to Retry"
 */
export class RetryBudget {
  readonly #ratio: number;
  readonly #most: number;
  #left: number;

  constructor({ ratio01 = 0.2, reserve = 10, most = reserve * 10 }: RetryBudgetOptions = {}) {
    this.#ratio = ratio01;
    this.#most = most;
    this.#left = reserve;
  }

  called(): void {
    this.#left = Math.min(this.#left + this.#ratio, this.#most);
  }

  /** False where there is nothing left: the call fails with what it has. */
  take(): boolean {
    // Ten deposits of a tenth are a little less than one.
    if (this.#left < 1 - 1e-9) return false;
    this.#left -= 1;
    return true;
  }
}
