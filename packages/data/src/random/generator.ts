/** A generator of random numbers that can be put anywhere in its stream at once. */

/** What the stream is at one moment. */
export type GeneratorState = readonly [a: number, b: number, c: number, counter: number];

/** Rounds after seeding, until every bit of the state depends on every bit of the seed: as PractRand does it. */
const WARM_UP = 12;

/**
 * sfc32 (Chris Doty-Humphrey, PractRand 0.94): 128 bits of state, and no table to fill. faker's own Mersenne Twister needs some
 * microseconds for a seed, and each record has one of its own.
 *
 * @see https://pracrand.sourceforge.net/RNG_engines.txt
 */
export class Generator {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  /** Where the stream is. */
  get state(): GeneratorState {
    return [this.#a, this.#b, this.#c, this.#counter];
  }

  /** Goes on where a stream was. */
  resume([a, b, c, counter]: GeneratorState): void {
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#counter = counter;
  }

  /** Begins the stream of three words of 32 bits. */
  begin(a: number, b: number, c: number): void {
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    this.#counter = 1;
    for (let round = 0; round < WARM_UP; round++) this.#word();
  }

  /** As faker wants it: a number, or several of them. */
  seed(seed: number | readonly number[]): void {
    const [a = 0, b = 0, c = 0] = typeof seed === 'number' ? [seed, seed / 0x1_0000_0000] : seed;
    this.begin(a, b, c);
  }

  /** From 0 to below 1, with 53 bits. */
  next(): number {
    const high = this.#word() >>> 5;
    const low = this.#word() >>> 6;
    return (high * 0x400_0000 + low) / 0x20_0000_0000_0000;
  }

  #word(): number {
    const out = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + out) | 0;
    return out;
  }
}

/** 32 bits of a text: FNV-1a. For names of factories and relations, which are few. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash | 0;
}
