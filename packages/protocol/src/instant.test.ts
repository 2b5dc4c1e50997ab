import { expect, test } from 'vitest';
import { createInstantText } from './instant.ts';

test('writes every instant as Date does, whatever was written before', () => {
  const text = createInstantText();
  const second = Date.parse('2026-11-21T10:00:00.000Z');
  for (const start of [second, 0, second + 1000, -2000, 253402300799000]) {
    for (const ms of [0, 1, 9, 10, 99, 100, 999, 1000, 1001, 999, 0]) {
      expect(text(start + ms)).toBe(new Date(start + ms).toISOString());
    }
  }
});

test('a part of a millisecond is left out', () => {
  expect(createInstantText()(1.9)).toBe('1970-01-01T00:00:00.001Z');
});

test('what is no instant is refused', () => {
  expect(() => createInstantText()(Number.NaN)).toThrow(RangeError);
});
