/** Reads Playwright's JSON report back. A test that passes on retry counts as passed and is named. */
import { readFileSync } from 'node:fs';

/**
 * @param {string} path
 * @returns {import('./tally.mjs').Count | undefined} nothing when the report is not there: the run did not come to its end
 */
export function readPlaywrightReport(path) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
  const result = { passed: 0, failed: 0, skipped: 0, failures: [], notes: [] };
  for (const suite of report.suites) visit(suite, [], result);
  for (const { message = 'an error outside of any test' } of report.errors) {
    result.failed += 1;
    result.failures.push(message.split('\n')[0]);
  }
  return result;
}

function visit(suite, above, result) {
  const titles = [...above, suite.title];
  for (const spec of suite.specs ?? []) {
    const name = [...titles, spec.title].join(' › ');
    for (const test of spec.tests) {
      if (test.status === 'skipped') result.skipped += 1;
      else if (test.status === 'unexpected') {
        result.failed += 1;
        result.failures.push(`[${test.projectName}] ${name}`);
      } else result.passed += 1;
      if (test.status === 'flaky') result.notes.push(`passed on retry: [${test.projectName}] ${name}`);
    }
  }
  for (const child of suite.suites ?? []) visit(child, titles, result);
}
