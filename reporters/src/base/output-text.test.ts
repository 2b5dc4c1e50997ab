import { expect, test } from 'vitest';
import { OutputText } from './output-text.ts';

const EURO = Buffer.from('€');

test('a character that is split over chunks is one character', () => {
  const texts = new OutputText();
  const owner = {};
  const split = [...Buffer.from('5 € 👍')].map(byte => texts.of(owner, 'stdout', Buffer.from([byte])));
  expect(split.join('')).toBe('5 € 👍');
  expect(texts.end(owner)).toEqual([]);
});

test('owners and streams do not mix', () => {
  const texts = new OutputText();
  const owners = [{}, {}, undefined];
  for (const owner of owners) {
    expect(texts.of(owner, 'stdout', EURO.subarray(0, 1))).toBe('');
    expect(texts.of(owner, 'stderr', EURO.subarray(0, 2))).toBe('');
  }
  for (const owner of owners) {
    expect(texts.of(owner, 'stderr', EURO.subarray(2))).toBe('€');
    expect(texts.of(owner, 'stdout', EURO.subarray(1))).toBe('€');
  }
});

test('a character that never comes to its end is told once, before the text behind it or at the end', () => {
  const texts = new OutputText();
  const owner = {};
  texts.of(owner, 'stdout', EURO.subarray(0, 2));
  expect(texts.of(owner, 'stdout', 'text')).toBe('\uFFFDtext');
  texts.of(owner, 'stdout', EURO.subarray(0, 2));
  expect(texts.end(owner)).toEqual([['stdout', '\uFFFD']]);
  expect(texts.end(owner)).toEqual([]);
});
