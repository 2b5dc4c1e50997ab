/**
 * The Mann-Whitney U test, two-sided: whether the values of one group are larger than those of another, without any guess about
 * their distribution. One slow test weighs no more than its rank.
 *
 * @see H. B. Mann, D. R. Whitney, "On a test of whether one of two random variables is stochastically larger than the other",
 * Ann. Math. Stat. 18 (1947), 50-60: the recurrence of the exact distribution. Ties and continuity: as R's `wilcox.test`.
 */

/** Groups up to this size are counted exactly, where no two values are equal. */
const EXACT_UP_TO = 49;

export interface MannWhitney {
  /** Pairs in which the first group has the larger value; half of those that are equal. */
  readonly u: number;
  /** From 0 to 1. */
  readonly p01: number;
}

/** Both groups have a value at least. */
export function mannWhitney(first: readonly number[], second: readonly number[]): MannWhitney {
  const { rankSum, ties } = rank(first, second);
  const n1 = first.length;
  const n2 = second.length;
  const u = rankSum - (n1 * (n1 + 1)) / 2;
  const p01 = ties === 0 && n1 <= EXACT_UP_TO && n2 <= EXACT_UP_TO ? exactP(u, n1, n2) : normalP(u, n1, n2, ties);
  return { u, p01 };
}

/** The sum of the ranks of the first group, and of t^3 - t over all sets of t equal values. */
function rank(first: readonly number[], second: readonly number[]): { rankSum: number; ties: number } {
  const all = [...first.map(value => ({ value, own: 1 })), ...second.map(value => ({ value, own: 0 }))];
  all.sort((a, b) => a.value - b.value);
  let rankSum = 0;
  let ties = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    let own = 0;
    while (to < all.length && all[to]?.value === all[from]?.value) own += all[to++]?.own ?? 0;
    const equal = to - from;
    // Equal values share the mean of their ranks, which begin at 1.
    rankSum += (own * (from + 1 + to)) / 2;
    ties += equal ** 3 - equal;
    from = to;
  }
  return { rankSum, ties };
}

/** Of all orders of n1 and n2 values, the share in which U is as far from its middle. */
function exactP(u: number, n1: number, n2: number): number {
  const middle = (n1 * n2) / 2;
  const counts = countsOfU(n1, n2);
  const low = u > middle ? n1 * n2 - u : u;
  let below = 0;
  for (let value = 0; value <= low; value++) below += counts[value] ?? 0;
  const all = counts.reduce((sum, count) => sum + count, 0);
  return Math.min(1, (2 * below) / all);
}

/**
 * How many orders of n1 and n2 values have each U: the coefficients of the Gaussian binomial, the product over i = 1 … n1 of
 * (1 - q^(n2 + i)) / (1 - q^i).
 */
function countsOfU(n1: number, n2: number): Float64Array {
  const size = n1 * n2 + 1;
  const counts = new Float64Array(size);
  counts[0] = 1;
  for (let i = 1; i <= n1; i++) {
    for (let u = size - 1; u >= n2 + i; u--) counts[u] = (counts[u] ?? 0) - (counts[u - n2 - i] ?? 0);
    for (let u = i; u < size; u++) counts[u] = (counts[u] ?? 0) + (counts[u - i] ?? 0);
  }
  return counts;
}

/** The normal approximation, corrected for ties and for continuity. */
function normalP(u: number, n1: number, n2: number, ties: number): number {
  const n = n1 + n2;
  const sigma = Math.sqrt(((n1 * n2) / 12) * (n + 1 - ties / (n * (n - 1))));
  // All values are equal.
  if (!(sigma > 0)) return 1;
  const distance = Math.max(0, Math.abs(u - (n1 * n2) / 2) - 0.5);
  return Math.min(1, erfc(distance / sigma / Math.SQRT2));
}

/**
 * The complementary error function for x >= 0, right to 1.2e-7 of its value.
 *
 * @see W. H. Press et al., "Numerical Recipes in C", 2nd ed., section 6.2, `erfcc`.
 */
function erfc(x: number): number {
  const t = 1 / (1 + x / 2);
  const coefficients = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
    -1.26551223,
  ];
  return t * Math.exp(coefficients.reduce((sum, coefficient) => sum * t + coefficient, 0) - x * x);
}
