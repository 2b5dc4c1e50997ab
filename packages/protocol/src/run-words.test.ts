import { expect, test } from 'vitest';
import { countWords, outageWords, poolWords, verdictWords } from './run-words.ts';

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

const POOL = {
  dependency: 'api',
  server: 'http://shop.test',
  opened: 4,
  broken: 0,
  reused: 900,
  waits: 0,
  waitedMs: 0,
};

test('connections that are kept and waited for by nobody are not worth a word', () => {
  expect(poolWords(POOL)).toBeUndefined();
  expect(poolWords({ ...POOL, opened: 30 })).toBeUndefined();
  expect(poolWords({ ...POOL, waits: 3, waitedMs: 900 })).toBeUndefined();
});

test('many connections, long waits and broken ones are told', () => {
  expect(poolWords({ ...POOL, opened: 120, reused: 10 })).toBe(
    'api opened 120 connections to http://shop.test for 130 calls',
  );
  expect(poolWords({ ...POOL, waits: 12, waitedMs: 3_400 })).toBe(
    'api opened 4 connections to http://shop.test for 904 calls; 12 calls waited 3.4 s for a free one',
  );
  expect(poolWords({ ...POOL, broken: 2, opened: 1, reused: 0 })).toBe(
    'api opened 1 connection to http://shop.test for 1 call; 2 could not be opened or broke',
  );
});

const OUTAGE = {
  dependency: 'payments',
  from: '2026-11-21T10:00:05.000',
  reason: '5 calls failed in a row',
  failedTests: 3,
  blockedTests: 40,
  failedCalls: 5,
  refusedCalls: 1,
  costMs: 15_240,
  savedMs: 125_000,
};

test('an outage is told with its times, its cost and what was saved', () => {
  expect(outageWords({ ...OUTAGE, to: '2026-11-21T10:00:35.000' })).toEqual({
    what: 'payments was down for 30 s, 10:00:05 to 10:00:35: 5 calls failed in a row',
    toll: 'it cost 3 failed tests and 15 s of waiting; 40 tests blocked and 1 call refused at once saved about 125 s',
  });
});

test('an outage that did not end, cost nobody and spared nobody says so', () => {
  const quiet = { ...OUTAGE, failedTests: 0, blockedTests: 0, refusedCalls: 0, costMs: 450, savedMs: 0 };
  expect(outageWords(quiet)).toEqual({
    what: 'payments was down from 10:00:05 to the end of the run: 5 calls failed in a row',
    toll: 'it cost no test and 0.5 s of waiting',
  });
  expect(outageWords({ ...quiet, failedTests: 1, refusedCalls: 2 }).toll).toBe(
    'it cost 1 failed test and 0.5 s of waiting; 2 calls refused at once',
  );
});
