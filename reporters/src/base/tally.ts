/** Counts a suite's outcomes by Playwright's own words; used only when the hub has no answer. */
import type { Suite } from '@playwright/test/reporter';

export interface Tally {
  readonly planned: number;
  readonly finished: number;
  readonly passed: number;
  readonly failed: number;
  readonly flaky: number;
  readonly skipped: number;
  readonly notRun: number;
  readonly lost: number;
}

export function tally(suite: Suite): Tally {
  const counts = { passed: 0, failed: 0, flaky: 0, skipped: 0, notRun: 0, lost: 0 };
  const tests = suite.allTests();
  for (const test of tests) {
    if (test.results.length === 0) counts.notRun++;
    // It was stopped with the run; the runner calls it skipped.
    else if (test.outcome() === 'skipped' && test.results.at(-1)?.status === 'interrupted') counts.lost++;
    else counts[BY_OUTCOME[test.outcome()]]++;
  }
  return { planned: tests.length, finished: tests.length - counts.notRun - counts.lost, ...counts };
}

const BY_OUTCOME = { expected: 'passed', unexpected: 'failed', flaky: 'flaky', skipped: 'skipped' } as const;
