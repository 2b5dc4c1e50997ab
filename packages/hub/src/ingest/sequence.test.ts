import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sequence } from './sequence.ts';

test('numbers that arrive in order leave no gap', () => {
  const sequence = new Sequence();
  expect([1, 2, 3].map(seq => sequence.take(seq))).toEqual([true, true, true]);
  expect(sequence.state()).toEqual({ next: 4, missing: [] });
});

test('a late arrival fills its gap and splits the range around it', () => {
  const sequence = new Sequence();
  sequence.take(6);
  expect(sequence.gaps).toBe(5);
  expect(sequence.take(3)).toBe(true);
  expect(sequence.take(3)).toBe(false);
  expect(sequence.state()).toEqual({
    next: 7,
    missing: [
      [1, 2],
      [4, 5],
    ],
  });
});

test('whatever the order and the repetitions, each number counts once and the gaps are exact', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 })), numbers => {
      let sequence = new Sequence();
      let taken = 0;
      for (const seq of numbers) {
        if (sequence.take(seq)) taken++;
        sequence = new Sequence(sequence.state());
      }
      expect(taken).toBe(new Set(numbers).size);
      expect(sequence.gaps).toBe(Math.max(0, ...numbers) - taken);
    }),
  );
});
