/** Whole numbers of a database in JavaScript. */

/** A number where it is exact, else its digits: the same for every server. */
export function inNumberRange(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value.toString();
}
