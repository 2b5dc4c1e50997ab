/** Finds many needles at once in one pass that skips most of the text. */

/** Told of each needle that stands in the text: from where to where. Of needles that begin at one place, the longest. */
export type Found = (start: number, end: number) => void;

const TABLE_SIZE = 1 << 16;
const HASH = TABLE_SIZE - 1;

/**
 * The algorithm of Wu and Manber: the last few characters of a window as long as the shortest needle say how far the window
 * can move on without missing any. The longer the shortest needle, the faster it is; so needles of one group should be about
 * as long, see {@link file://./value-search.ts}.
 *
 * @see https://webglimpse.net/pubs/TR94-17.pdf Sun Wu, Udi Manber: A fast algorithm for multi-pattern searching, 1994
 */
export class SkipSearch {
  readonly #shortest: number;
  readonly #wide: boolean;
  readonly #shifts: Uint8Array;
  /** Needles by the hash of the end of their first window, longest first. */
  readonly #ending = new Map<number, string[]>();

  /** @param needles At least one, of 2 characters or more. */
  constructor(needles: Iterable<string>) {
    const all = [...needles].toSorted((a, b) => b.length - a.length);
    this.#shortest = Math.min(255, ...all.map(({ length }) => length));
    this.#wide = this.#shortest >= 8;
    const block = this.#wide ? 4 : 2;
    this.#shifts = new Uint8Array(TABLE_SIZE).fill(this.#shortest - block + 1);
    for (const needle of all) {
      for (let last = block - 1; last < this.#shortest; last++) {
        const hash = this.#hash(needle, last);
        const shift = this.#shortest - 1 - last;
        if (shift < (this.#shifts[hash] ?? 0)) this.#shifts[hash] = shift;
        if (shift > 0) continue;
        const same = this.#ending.get(hash);
        if (same) same.push(needle);
        else this.#ending.set(hash, [needle]);
      }
    }
  }

  each(text: string, found: Found): void {
    if (this.#wide) this.#eachWide(text, found);
    else this.#eachNarrow(text, found);
  }

  /** The loop is written twice: a call or a branch a step would cost more than the step. */
  #eachWide(text: string, found: Found): void {
    const shifts = this.#shifts;
    const { length } = text;
    for (let last = this.#shortest - 1; last < length; ) {
      const hash =
        ((text.charCodeAt(last - 3) << 11) ^
          (text.charCodeAt(last - 2) << 7) ^
          (text.charCodeAt(last - 1) << 4) ^
          text.charCodeAt(last)) &
        HASH;
      const shift = shifts[hash] as number;
      if (shift > 0) last += shift;
      else this.#check(text, last++, hash, found);
    }
  }

  #eachNarrow(text: string, found: Found): void {
    const shifts = this.#shifts;
    const { length } = text;
    for (let last = this.#shortest - 1; last < length; ) {
      const hash = ((text.charCodeAt(last - 1) << 8) ^ text.charCodeAt(last)) & HASH;
      const shift = shifts[hash] as number;
      if (shift > 0) last += shift;
      else this.#check(text, last++, hash, found);
    }
  }

  #check(text: string, last: number, hash: number, found: Found): void {
    const start = last - this.#shortest + 1;
    for (const needle of this.#ending.get(hash) ?? []) {
      if (!text.startsWith(needle, start)) continue;
      found(start, start + needle.length);
      return;
    }
  }

  #hash(text: string, last: number): number {
    const at = (back: number): number => text.charCodeAt(last - back);
    return this.#wide ? ((at(3) << 11) ^ (at(2) << 7) ^ (at(1) << 4) ^ at(0)) & HASH : ((at(1) << 8) ^ at(0)) & HASH;
  }
}
