import { expect, test } from 'vitest';
import { countWords, verdictWords } from './run-words.ts';

test('counts are told in one order, without what there is none of', () => {
  const counts = { passed: 3, failed: 0, flaky: 1, skipped: 0, notRun: 2, lost: 1, planned: 9 };
  expect(countWords(counts)).toEqual([
    { count: 3, outcome: 'passed', word: 'passed' },
    { count: 1, outcome: 'flaky', word: 'flaky' },
    { count: 2, outcome: 'notRun', word: 'not run' },
    { count: 1, outcome: 'lost', word: 'lost' },
  ]);
});

test('verdicts are told by their number, most frequent first', () => {
  expect(verdictWords({ product: 1, environment: 4, data: 0, unknown: 1 })).toEqual([
    { count: 4, verdict: 'environment' },
    { count: 1, verdict: 'product' },
    { count: 1, verdict: 'unknown' },
  ]);
  expect(verdictWords({})).toEqual([]);
});
