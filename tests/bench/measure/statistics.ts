/** The little statistics that benchmarks need. */

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = Number.NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}

/**
 * The lower quartile. What disturbs a piece of work only ever adds to its time, so this end of the values says the most
 * about the work itself, and a minimum would depend on how many there are.
 */
export function lowerQuartile(values: readonly number[]): number {
  return quantile(values, 0.25);
}

/** The middle half: from the lower to the upper quartile. */
export function middleHalf(values: readonly number[]): readonly [number, number] {
  return [quantile(values, 0.25), quantile(values, 0.75)];
}

function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.round((sorted.length - 1) * part)] ?? Number.NaN;
}
