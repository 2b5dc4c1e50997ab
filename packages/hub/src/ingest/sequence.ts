/** Which numbers of one numbered stream have arrived: everything below `next`, but for the ranges that are missing. */

export interface SequenceState {
  /** The lowest number above all that have been seen. */
  readonly next: number;
  /** Ranges below `next` that have not arrived, both ends included, in ascending order. */
  readonly missing: readonly (readonly [number, number])[];
}

export class Sequence {
  #next: number;
  #missing: [number, number][];

  constructor({ next, missing }: SequenceState = { next: 1, missing: [] }) {
    this.#next = next;
    this.#missing = missing.map(([from, to]) => [from, to]);
  }

  get next(): number {
    return this.#next;
  }

  /** How many numbers are missing. */
  get gaps(): number {
    let sum = 0;
    for (const [from, to] of this.#missing) sum += to - from + 1;
    return sum;
  }

  /** Notes that `seq` has arrived. False when it had arrived before. */
  take(seq: number): boolean {
    if (seq === this.#next) {
      this.#next++;
      return true;
    }
    if (seq > this.#next) {
      this.#missing.push([this.#next, seq - 1]);
      this.#next = seq + 1;
      return true;
    }
    return this.#fill(seq);
  }

  state(): SequenceState {
    return { next: this.#next, missing: this.#missing.map(([from, to]) => [from, to] as const) };
  }

  #fill(seq: number): boolean {
    const index = this.#missing.findIndex(([from, to]) => from <= seq && seq <= to);
    const range = this.#missing[index];
    if (!range) return false;
    const [from, to] = range;
    const rest: [number, number][] = [];
    if (from < seq) rest.push([from, seq - 1]);
    if (seq < to) rest.push([seq + 1, to]);
    this.#missing.splice(index, 1, ...rest);
    return true;
  }
}
