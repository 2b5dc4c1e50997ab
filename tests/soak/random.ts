/** Chance that can be repeated: everything a round does at random comes from its seed. */

/** Seeds are whole numbers below this. */
export const SEED_LIMIT = 2 ** 31;

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to 1, without 1. @see https://github.com/bryc/code/blob/master/jshash/PRNGs.md#mulberry32 */
  next01(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.next01() * (to - from + 1));
  }

  /** True in `probability01` of all cases. */
  chance(probability01: number): boolean {
    return this.next01() < probability01;
  }

  /** Chance of its own: what is done at the same time does not change what the other gets. */
  branch(): Random {
    return new Random(this.integer(0, SEED_LIMIT - 1));
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.integer(0, choices.length - 1)] as T;
  }
}
