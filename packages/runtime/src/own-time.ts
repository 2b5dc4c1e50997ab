/** What a test has left of its time, and the times that do not count as its own: making its database ready, and undoing it. */

export class OwnTime {
  readonly #remainingMs: () => number | undefined;
  #outside = 0;

  constructor(remainingMs: () => number | undefined = () => undefined) {
    this.#remainingMs = remainingMs;
  }

  /** In milliseconds; undefined where the limit of a test does not hold. */
  readonly remainingMs = (): number | undefined => (this.#outside > 0 ? undefined : this.#remainingMs());

  /** A test may end with no time left: what is undone after it has time of its own. */
  async outsideOfTest<T>(work: () => Promise<T>): Promise<T> {
    this.#outside++;
    try {
      return await work();
    } finally {
      this.#outside--;
    }
  }
}
