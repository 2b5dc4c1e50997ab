import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BackoffOptions, backoffMs, type Jitter } from './backoff.ts';

const at = (
  options: BackoffOptions,
  random: number,
  state: { retry?: number; lastMs?: number; throttled?: boolean } = {},
) => backoffMs(options, { retry: 1, lastMs: 0, throttled: false, ...state }, () => random);

test.each<[Jitter, number, number]>([
  ['full', 0, 400],
  ['equal', 200, 400],
  ['none', 400, 400],
])('%s lies between %d and %d in the third step', (jitter, least, most) => {
  expect(at({ jitter, baseMs: 100 }, 0, { retry: 3 })).toBe(least);
  expect(at({ jitter, baseMs: 100 }, 1, { retry: 3 })).toBe(most);
});

test('decorrelated lies between the base and three times the last delay', () => {
  const options: BackoffOptions = { jitter: 'decorrelated', baseMs: 100, maxMs: 1_000 };
  expect(at(options, 0, { lastMs: 200 })).toBe(100);
  expect(at(options, 0.5, { lastMs: 200 })).toBe(350);
  expect(at(options, 1, { lastMs: 200 })).toBe(600);
  expect(at(options, 1, { lastMs: 900 })).toBe(1_000);
  expect(at(options, 1)).toBe(100);
});

test('where calls were too many, no delay is next to nothing', () => {
  for (const jitter of ['full', 'decorrelated', 'equal'] as const) {
    expect(at({ jitter, baseMs: 100 }, 0, { throttled: true })).toBe(50);
    expect(at({ jitter, baseMs: 100 }, 1, { throttled: true })).toBe(100);
  }
  expect(at({ jitter: 'none', baseMs: 100 }, 0, { throttled: true })).toBe(100);
});

test('no delay is negative, endless or above the longest, however often it was tried', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<Jitter>('full', 'equal', 'decorrelated', 'none'),
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      fc.boolean(),
      (jitter, retry, random, lastMs, throttled) => {
        const delayMs = at({ jitter }, random, { retry, lastMs, throttled });
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThanOrEqual(10_000);
      },
    ),
  );
});
