/** Adds up what the stages counted, and prints the closing lines. */

/** @typedef {{ passed: number, failed: number, skipped: number, failures?: string[], notes?: string[], logs?: string[] }} Count */

/** @returns {Count} */
export const count = (passed = 0, failed = 0, skipped = 0) => ({ passed, failed, skipped });

/** @param {readonly Count[]} counts @returns {Count} */
export function sum(counts) {
  const total = count();
  for (const each of counts) {
    total.passed += each.passed;
    total.failed += each.failed;
    total.skipped += each.skipped;
  }
  return total;
}

/** The last line of every run of the tests: alone on its line, so that anyone can read it back. */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
