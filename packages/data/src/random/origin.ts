/** Where in a graph of data a record is made: what its random numbers and its names begin with. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Mixes one more word into a hash of 32 bits (the step of MurmurHash3). */
function mix(hash: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const mixed = hash ^ k;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/**
 * The same call of the same test has the same origin in every run, in whatever order answers come: a call has its number before
 * anything is waited for, and what belongs to it is told by its way through the graph.
 */
export class Origin {
  readonly hash: number;
  readonly #parent: Origin | undefined;
  readonly #step: string | number;
  readonly #index: number;

  private constructor(hash: number, parent: Origin | undefined, step: string | number, index: number) {
    this.hash = hash;
    this.#parent = parent;
    this.#step = step;
    this.#index = index;
  }

  /**
   * @param nameHash Of the factory.
   * @param nth Which call for this factory: calls for others do not change it.
   * @param call Which call of all.
   */
  static top(nameHash: number, nth: number, call: number): Origin {
    return new Origin(mix(nameHash, nth), undefined, call, 0);
  }

  /**
   * @param position Of the relation among those of its factory.
   * @param nameHash Of the relation.
   * @param index Which of several, from 0.
   */
  child(position: number, nameHash: number, index = 0): Origin {
    return new Origin(mix(mix(this.hash, nameHash), index), this, letters(position), index);
  }

  /** Short and unlike all others of one attempt: `3` the third call, `3a` its first relation, `3b2` the third of its second. */
  get label(): string {
    if (this.#parent === undefined) return String(this.#step);
    return `${this.#parent.label}${this.#step}${this.#index === 0 ? '' : this.#index}`;
  }
}

/** Letters only: digits tell one of several from another. `z` begins those that one letter is not enough for. */
function letters(position: number): string {
  const last = LETTERS.length - 1;
  return position < last ? (LETTERS[position] as string) : `z${letters(position - last)}`;
}
