/** Reads Vitest's JSON report back. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

/**
 * @param {string} path
 * @param {string} root folder that failures are named from
 * @returns {import('./tally.mjs').Count | undefined} nothing when the report is not there: Vitest did not come to its end
 */
export function readVitestReport(path, root) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
  const failures = [];
  let brokenFiles = 0;
  for (const { name, status, assertionResults, message } of report.testResults) {
    const failed = assertionResults.filter(each => each.status === 'failed');
    for (const each of failed) failures.push(`${relative(root, name)} › ${each.fullName}`);
    // A file that cannot be loaded, or a hook that fails, fails no test of its own.
    if (status === 'failed' && failed.length === 0) {
      brokenFiles += 1;
      failures.push(`${relative(root, name)}: ${message.split('\n')[0]}`);
    }
  }
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = report;
  return {
    passed: numPassedTests,
    failed: numFailedTests + brokenFiles,
    skipped: numPendingTests + numTodoTests,
    failures,
  };
}
