import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { digest } from './digest.ts';
import { portableDigest } from './portable-digest.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

test('agrees with node:crypto at every length around the block borders', () => {
  for (let length = 0; length <= 260; length++) {
    const text = 'aé'.repeat(length).slice(0, length);
    expect([digest(text), portableDigest(text)]).toEqual([sha256(text), sha256(text)]);
  }
});

test('agrees with node:crypto for long text, emoji and lone surrogates', () => {
  for (const text of ['x'.repeat(100_003), '🛒'.repeat(77), '\ud800', 'line\nline\0']) {
    expect([digest(text), portableDigest(text)]).toEqual([sha256(text), sha256(text)]);
  }
});

test('is cut to the asked number of digits', () => {
  expect(digest('abc', 16)).toBe('ba7816bf8f01cfea');
});
