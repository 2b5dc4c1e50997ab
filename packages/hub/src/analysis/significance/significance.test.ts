import { expect, test } from 'vitest';
import { fisherExact } from './fisher-exact.ts';
import { mannWhitney } from './mann-whitney.ts';

/** As published: https://stat.ethz.ch/R-manual/R-devel/library/stats/html/fisher.test.html and its examples. */
test.each([
  ['the lady tasting tea (Fisher 1935)', [3, 4, 1, 4], 0.4857, 4],
  ['convictions of twins (Fisher 1962)', [2, 17, 10, 13], 0.0005367, 7],
  ['nothing on one side', [0, 10, 0, 10], 1, 10],
  ['all on one side', [5, 5, 0, 5], 2 / 252, 10],
] as const)('Fisher, %s', (_, [hits, total, otherHits, otherTotal], p, digits) => {
  expect(fisherExact(hits, total, otherHits, otherTotal)).toBeCloseTo(p, digits);
  expect(fisherExact(otherHits, otherTotal, hits, total)).toBeCloseTo(p, digits);
});

test('Fisher, with thousands', () => {
  expect(fisherExact(500, 5_000, 500, 5_000)).toBeCloseTo(1, 10);
  expect(fisherExact(500, 5_000, 600, 5_000)).toBeLessThan(0.002);
  expect(fisherExact(500, 5_000, 600, 5_000)).toBeGreaterThan(0.0005);
});

test('Mann and Whitney, exactly, as published', () => {
  // https://docs.scipy.org/doc/scipy/reference/generated/scipy.stats.mannwhitneyu.html
  const men = [19, 22, 16, 29, 24];
  const women = [20, 11, 17, 12];
  expect(mannWhitney(men, women)).toEqual({ u: 17, p01: expect.closeTo(0.1111111111, 9) });
  expect(mannWhitney(women, men)).toEqual({ u: 3, p01: expect.closeTo(0.1111111111, 9) });
  // Hollander and Wolfe (1973), 69f., in the examples of R's wilcox.test: W = 35, p = 0.1272 for one side.
  const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
  const early = [1.15, 0.88, 0.9, 0.74, 1.21];
  expect(mannWhitney(term, early)).toEqual({ u: 35, p01: expect.closeTo(2 * 0.1272, 3) });
});

test('Mann and Whitney with ties, as published', () => {
  // wilcox.test(Ozone ~ Month, data = airquality, subset = Month %in% c(5, 8)): W = 127.5, p-value = 0.0001208.
  const may = [41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37];
  const august = [
    39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118, 84, 85,
  ];
  expect(mannWhitney(may, august)).toEqual({ u: 127.5, p01: expect.closeTo(0.0001208, 7) });
});

test('what is all the same makes no difference, and a small group cannot prove one', () => {
  expect(mannWhitney([5, 5, 5], [5, 5]).p01).toBe(1);
  expect(mannWhitney([1], [2]).p01).toBe(1);
  // The limits of a baseline of 20: 1 against 20 comes to 2/21 at best.
  expect(
    mannWhitney(
      [100],
      Array.from({ length: 20 }, (_, index) => index),
    ).p01,
  ).toBeCloseTo(2 / 21, 10);
});

test('the normal approximation comes close to the exact count where that ends', () => {
  const first = Array.from({ length: 49 }, (_, index) => index * 2);
  const second = Array.from({ length: 49 }, (_, index) => index * 2 + 15.5);
  const exact = mannWhitney(first, second).p01;
  expect(mannWhitney([...first, -1], second).p01 / exact).toBeGreaterThan(0.5);
  expect(mannWhitney([...first, 48.25], second).p01 / exact).toBeCloseTo(1, 0);
});
