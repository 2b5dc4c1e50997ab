import { expect, test } from 'vitest';
import { bucketOf, murmur3 } from './murmur3.ts';

/** Vectors that implementations of MurmurHash3_x86_32 are checked with: https://stackoverflow.com/a/31929528 and SMHasher. */
test.each([
  ['', 0, 0],
  ['', 1, 0x514e28b7],
  ['', 0xffffffff, 0x81f16f39],
  ['\0\0\0\0', 0, 0x2362f9de],
  ['aaaa', 0x9747b28c, 0x5a97808a],
  ['aaa', 0x9747b28c, 0x283e0130],
  ['aa', 0x9747b28c, 0x5d211726],
  ['a', 0x9747b28c, 0x7fa09ea6],
  ['abcd', 0x9747b28c, 0xf0478627],
  ['abc', 0x9747b28c, 0xc84a62dd],
  ['ab', 0x9747b28c, 0x74875592],
  ['Hello, world!', 0x9747b28c, 0x24884cba],
  ['ππππππππ', 0x9747b28c, 0xd58063c1],
  ['The quick brown fox jumps over the lazy dog', 0x9747b28c, 0x2fa826cd],
])('%j with seed %i', (text, seed, hash) => {
  expect(murmur3(text, seed)).toBe(hash);
});

test('buckets are spread evenly, and those of two flags have nothing to do with each other', () => {
  const keys = Array.from({ length: 20_000 }, (_, index) => `test-${index}`);
  const first = keys.map(key => bucketOf('first', key));
  const second = keys.map(key => bucketOf('second', key));
  for (let tenth = 0; tenth < 10; tenth++) {
    const inside = first.filter(bucket => bucket >= tenth * 10 && bucket < tenth * 10 + 10).length;
    // Of a binomial distribution with n = 20,000 and p = 0.1, five standard deviations are 212.
    expect(Math.abs(inside - 2_000)).toBeLessThan(212);
  }
  const both = keys.filter((_, index) => (first[index] ?? 0) < 50 && (second[index] ?? 0) < 50).length;
  expect(Math.abs(both - 5_000)).toBeLessThan(307);
  expect(bucketOf('first', 'test-1')).toBe(first[1]);
});
