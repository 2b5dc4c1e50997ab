import { expect, test } from 'vitest';
import { compareVariants, type VariantObservation } from './compare-variants.ts';

/** `count` first attempts of a test in one variant, the first `failed` of which failed. */
function attempts(
  variant: string,
  count: number,
  {
    failed = 0,
    pair = 'buys',
    durationMs = 100,
    flag = 'button',
  }: { failed?: number; pair?: string; durationMs?: number; flag?: string } = {},
): VariantObservation[] {
  return Array.from({ length: count }, (_, index) => ({
    flag,
    variant,
    runId: `run-${index}`,
    test: `${pair} with ${variant}`,
    pair,
    passed: index >= failed,
    durationMs: durationMs + (index % 7),
  }));
}

test('of two variants the one that fails more often is compared, over the tests that ran in both', () => {
  const [flag] = compareVariants([
    ...attempts('blue', 82, { failed: 2 }),
    ...attempts('red', 80, { failed: 12 }),
    // Runs in one variant only, and has nothing to be compared with.
    ...attempts('red', 30, { failed: 30, pair: 'only in red' }),
  ]);
  expect(flag).toMatchObject({
    name: 'button',
    runs: 82,
    mixed: 0,
    variants: [
      { variant: 'blue', runs: 82, tests: 1, attempts: 82, failed: 2, medianMs: 103 },
      { variant: 'red', runs: 80, tests: 2, attempts: 110, failed: 42, medianMs: 103 },
    ],
    comparisons: [
      {
        variant: 'red',
        against: ['blue'],
        unit: 'attempts',
        counted: 80,
        failed: 12,
        otherCounted: 82,
        otherFailed: 2,
      },
    ],
  });
  // R: fisher.test(matrix(c(12, 68, 2, 80), 2))$p.value
  expect(flag?.comparisons[0]?.failureP01).toBeCloseTo(0.0046, 3);
  expect(flag?.comparisons[0]?.duration?.p01).toBeGreaterThan(0.5);
});

test('durations are compared by the median of their test: slow tests are slow in each variant', () => {
  const [flag] = compareVariants([
    ...attempts('blue', 20, { pair: 'fast', durationMs: 100 }),
    ...attempts('red', 20, { pair: 'fast', durationMs: 150 }),
    ...attempts('blue', 40, { pair: 'slow', durationMs: 10_000 }),
    ...attempts('red', 5, { pair: 'slow', durationMs: 15_000 }),
  ]);
  const [comparison] = flag?.comparisons ?? [];
  expect([comparison?.variant, comparison?.failureP01]).toEqual(['blue', 1]);
  expect(comparison?.duration?.ratio).toBeCloseTo(1 / 1.5, 1);
  expect(comparison?.duration?.p01).toBeLessThan(0.001);
});

test('where no test ran in both variants, each test counts once, and durations are not compared', () => {
  const [flag] = compareVariants([
    ...attempts('red', 50, { failed: 50, pair: 'broken' }),
    ...attempts('red', 50, { pair: 'sound' }),
    ...attempts('blue', 50, { pair: 'other' }),
  ]);
  expect(flag?.comparisons).toEqual([
    {
      variant: 'red',
      against: ['blue'],
      unit: 'tests',
      counted: 2,
      failed: 1,
      otherCounted: 1,
      otherFailed: 0,
      failureP01: 1,
    },
  ]);
});

test('with more variants each is compared with all others, and chance is corrected for their number', () => {
  const [flag] = compareVariants([
    ...attempts('a', 40, { failed: 10 }),
    ...attempts('b', 40, { failed: 1 }),
    ...attempts('c', 40, { failed: 1 }),
  ]);
  const [worst, ...rest] = flag?.comparisons ?? [];
  expect([worst?.variant, worst?.against, rest.length]).toEqual(['a', ['b', 'c'], 2]);
  const [alone] = compareVariants([...attempts('a', 40, { failed: 10 }), ...attempts('others', 80, { failed: 2 })]);
  expect(worst?.failureP01).toBeCloseTo(3 * (alone?.comparisons[0]?.failureP01 ?? 0), 10);
  expect(rest.every(({ failureP01 }) => failureP01 >= (worst?.failureP01 ?? 1))).toBe(true);
});

test('one variant has nothing to be compared with, and attempts that saw several are told', () => {
  expect(
    compareVariants(
      attempts('red', 3, { failed: 3 }),
      new Map([
        ['button', 2],
        ['a', 1],
      ]),
    ),
  ).toEqual([
    { name: 'a', runs: 0, variants: [], comparisons: [], mixed: 1 },
    {
      name: 'button',
      runs: 3,
      variants: [{ variant: 'red', runs: 3, tests: 1, attempts: 3, failed: 3 }],
      comparisons: [],
      mixed: 2,
    },
  ]);
});
