/** Counts a suite's outcomes as the runner's last lines do; used only when the hub has no answer. */
import type { Suite, TestCase } from '@playwright/test/reporter';

export interface Tally {
  readonly planned: number;
  readonly finished: number;
  readonly passed: number;
  readonly failed: number;
  readonly flaky: number;
  readonly skipped: number;
  readonly interrupted: number;
  readonly notRun: number;
}

type Outcome = Exclude<keyof Tally, 'planned' | 'finished'>;

/** Worst first: what counts of a test that ran several times, as a setup test in several blobs did. */
const SEVERITY: readonly Outcome[] = ['failed', 'flaky', 'interrupted', 'notRun', 'passed', 'skipped'];

/** `keyOf` names a test; those of one name are counted once. */
export function tally(suite: Suite, keyOf: (test: TestCase) => string): Tally {
  const worst = new Map<string, Outcome>();
  for (const test of suite.allTests()) {
    const key = keyOf(test);
    const outcome = outcomeOf(test);
    const known = worst.get(key);
    if (known === undefined || SEVERITY.indexOf(outcome) < SEVERITY.indexOf(known)) worst.set(key, outcome);
  }
  const counts = { passed: 0, failed: 0, flaky: 0, skipped: 0, interrupted: 0, notRun: 0 };
  for (const outcome of worst.values()) counts[outcome]++;
  return { planned: worst.size, finished: worst.size - counts.notRun, ...counts };
}

const BY_OUTCOME = { expected: 'passed', unexpected: 'failed', flaky: 'flaky' } as const;

/** Playwright says `skipped` also of what was stopped, and of what it never came to. */
function outcomeOf(test: TestCase): Outcome {
  const outcome = test.outcome();
  if (outcome !== 'skipped') return BY_OUTCOME[outcome];
  if (test.results.some(({ status }) => status === 'interrupted')) return 'interrupted';
  return test.results.length > 0 && test.expectedStatus === 'skipped' ? 'skipped' : 'notRun';
}
