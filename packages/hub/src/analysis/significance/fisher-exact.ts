/**
 * Fisher's exact test, two-sided: how probable a table of two by two is, or one that is as improbable, if the rows make no
 * difference. Right for small numbers as well.
 *
 * @see R. A. Fisher, "On the interpretation of chi-squared from contingency tables", J. R. Stat. Soc. 85 (1922), 87-94; which
 * tables count for the second side is decided as by R's `fisher.test`.
 */

/** Tables are as improbable as the observed one within this: sums of logarithms are not exact. */
const TOLERANCE = 1 + 1e-7;

/**
 * @param hits how many of `total` had it, against `otherHits` of `otherTotal`. Whole numbers, `hits` at most `total`.
 * @returns the p-value, from 0 to 1.
 */
export function fisherExact(hits: number, total: number, otherHits: number, otherTotal: number): number {
  const allHits = hits + otherHits;
  const all = total + otherTotal;
  const logs = logFactorials(all);
  const log = (n: number): number => logs[n] ?? 0;
  const choose = (n: number, k: number): number => log(n) - log(k) - log(n - k);
  // Hypergeometric: `k` of the hits fall to the first row.
  const probability = (k: number): number =>
    Math.exp(choose(total, k) + choose(otherTotal, allHits - k) - choose(all, allHits));
  const observed = probability(hits) * TOLERANCE;
  let sum = 0;
  for (let k = Math.max(0, allHits - otherTotal); k <= Math.min(total, allHits); k++) {
    const one = probability(k);
    if (one <= observed) sum += one;
  }
  return Math.min(1, sum);
}

function logFactorials(upTo: number): Float64Array {
  const logs = new Float64Array(upTo + 1);
  for (let n = 2; n <= upTo; n++) logs[n] = (logs[n - 1] ?? 0) + Math.log(n);
  return logs;
}
