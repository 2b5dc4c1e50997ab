/**
 * MurmurHash3 in its form x86_32, of the UTF-8 bytes of a text.
 *
 * Forty lines of our own: the libraries that are there hash UTF-16 units, or have not been looked after for years, and a bucket
 * must be the same as that of another system for the same text. The test holds published vectors against it.
 *
 * @see https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp
 */

const C1 = 0xcc9e2d51;
const C2 = 0x1b873593;

/** From 0 to 2^32 - 1. */
export function murmur3(text: string, seed = 0): number {
  const bytes = new TextEncoder().encode(text);
  const view = new DataView(bytes.buffer);
  const whole = bytes.length - (bytes.length % 4);
  let hash = seed;
  for (let at = 0; at < whole; at += 4) {
    hash = rotated(hash ^ mixed(view.getUint32(at, true)), 13);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let at = bytes.length - 1; at >= whole; at--) tail = (tail << 8) | (bytes[at] ?? 0);
  if (whole < bytes.length) hash ^= mixed(tail);
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function mixed(block: number): number {
  return Math.imul(rotated(Math.imul(block, C1), 15), C2);
}

function rotated(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** Where `key` stands between 0 and 100 for a flag: the same everywhere and always, and another for another flag. */
export function bucketOf(flag: string, key: string): number {
  return (murmur3(`${flag}/${key}`) / 2 ** 32) * 100;
}
