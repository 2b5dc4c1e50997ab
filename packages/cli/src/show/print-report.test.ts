import type { ReportedFailure, RunReport } from '@quality-hub/hub';
import { describe, expect, test } from 'vitest';
import { recordingTerminal } from '../testing/recording-terminal.ts';
import { printReport } from './print-report.ts';
import { countsSentence, deliverySentence, resultWord, verdictsList } from './run-words.ts';

const none = {
  planned: 0,
  finished: 0,
  passed: 0,
  failed: 0,
  flaky: 0,
  skipped: 0,
  blocked: 0,
  muted: 0,
  interrupted: 0,
  notRun: 0,
  lost: 0,
};
const whole = { events: 412, kept: 412, gaps: 0, rejected: 0, rejectedReasons: [] };

function failure(title: string, cluster: string, more: Partial<ReportedFailure> = {}): ReportedFailure {
  return {
    identity: {
      project: 'shop',
      playwrightProject: 'api',
      file: 'shop.spec.ts',
      titlePath: [title],
      repeatEachIndex: 0,
      key: title,
      title: `[api] › shop.spec.ts › ${title}`,
    },
    attempt: { retry: 0, startedAt: '2026-02-03T04:05:06.000Z', durationMs: 50, status: 'failed', shard: 1 },
    outcome: 'failed',
    verdict: 'environment',
    confidence: 0.9,
    reasons: ['POST http://127.0.0.1:4010/payments was refused'],
    remedy: 'Start the payment service',
    cluster,
    message: 'connect ECONNREFUSED 127.0.0.1:4010\n    at post',
    location: { file: 'shop.spec.ts', line: 12, column: 3 },
    tags: [],
    flags: [],
    ...more,
  };
}

function report(more: Partial<RunReport> = {}): RunReport {
  return {
    run: {
      id: 'run-1',
      state: 'finished',
      status: 'failed',
      startedAt: '2026-02-03T04:05:06.000',
      durationMs: 41_200,
      project: 'shop',
      shards: 1,
      projects: [],
    },
    counts: { ...none, planned: 4, finished: 4, passed: 1, failed: 3 },
    verdicts: { environment: 2, product: 1 },
    clusters: [
      {
        id: 'c1',
        title: 'connect ECONNREFUSED 127.0.0.1:4010',
        verdict: 'environment',
        remedy: 'Start the payment service',
        attempts: 3,
        tests: 2,
      },
      {
        id: 'c2',
        title: 'Expected 2500, received 2600',
        verdict: 'product',
        remedy: 'Look at the price',
        attempts: 1,
        tests: 1,
      },
    ],
    failures: [
      failure('pays', 'c1'),
      failure('pays', 'c1', { confidence: 0.7, reasons: ['the payment service was down'] }),
      failure('refunds', 'c1', { outcome: 'flaky' }),
      failure('sums up', 'c2', {
        verdict: 'product',
        confidence: 0.8,
        reasons: ['all services were well'],
        message: 'wrong total',
      }),
    ],
    outages: [],
    degraded: [],
    dependencies: [],
    pools: [],
    leaks: [],
    flags: [],
    errors: [],
    delivery: whole,
    ...more,
  };
}

function print(
  made: RunReport,
  options: { verdict?: 'product' | 'data'; limit?: number; width?: number } = {},
): string {
  const { width, limit = 20, ...rest } = options;
  const terminal = recordingTerminal(width);
  printReport(terminal, made, { limit, ...rest });
  return terminal.lines.join('\n');
}

test('a failed run is told by its head, its clusters and its delivery', () => {
  expect(print(report())).toBe(`Run run-1 failed (shop, 2026-02-03 04:05:06, 41.2 s)
4 tests: 1 passed, 3 failed
Verdicts: 2 environment, 1 product

environment · 2 tests, 3 attempts · confidence 70 % to 90 %
  connect ECONNREFUSED 127.0.0.1:4010
  because POST http://127.0.0.1:4010/payments was refused
          the payment service was down
  do      Start the payment service
    ✘ [api] › shop.spec.ts › pays (shop.spec.ts:12) [2 attempts]
    ✘ [api] › shop.spec.ts › refunds (shop.spec.ts:12) [flaky]

product · 1 test · confidence 80 %
  Expected 2500, received 2600
  because all services were well
  do      Look at the price
    ✘ [api] › shop.spec.ts › sums up (shop.spec.ts:12)
      wrong total

412 of 412 events kept`);
});

test('what was down is told in the head', () => {
  const outage = {
    dependency: 'payments',
    from: '2026-11-21T10:00:05.000',
    reason: '5 calls failed in a row',
    failedTests: 3,
    blockedTests: 0,
    failedCalls: 5,
    refusedCalls: 0,
    costMs: 15_000,
    savedMs: 0,
  };
  expect(print(report({ outages: [outage] }), { width: 200 })).toContain(
    'Outage: payments was down from 10:00:05 to the end of the run: 5 calls failed in a row; it cost 3 failed tests and 15 s of waiting\n',
  );
});

test('what worked less well, and how all dependencies were, is told in the head', () => {
  const degraded = [{ feature: 'recommendations', dependency: 'stars', calls: 12, tests: 1, reason: 'no answer' }];
  const none = { calls: 0, failedCalls: 0, refusedCalls: 0, downMs: 0 };
  const dependencies = [
    { dependency: 'api', state: 'healthy', ...none, calls: 1 },
    { dependency: 'mail', state: 'unknown', ...none, calls: 3, failedCalls: 2, refusedCalls: 1 },
    { dependency: 'shop', state: 'down', ...none },
  ] as const;
  const text = print(report({ degraded, dependencies }), { width: 200 });
  expect(text).toContain('Worked less well: recommendations (12 calls in 1 test: no answer)\n');
  expect(text).toContain(
    'Dependencies: api healthy (1 call); mail failing (3 calls, 2 failed, 1 refused); shop down\n',
  );
});

test('how much of what was asked of the cache needed no load is told, where anything was', () => {
  const cache = { hits: 93, misses: 7, hitRatio01: 0.93, loads: 5, loadMs: 900, workers: 2 };
  expect(print(report({ cache }))).toContain('Cache: 93.0 % of 100 questions needed no load\n');
  expect(print(report())).not.toContain('Cache:');
});

test('connections with which something could be better are told in the head, and no others', () => {
  const pool = {
    dependency: 'api',
    server: 'http://shop.test',
    opened: 4,
    broken: 0,
    reused: 90,
    waits: 12,
    waitedMs: 3_400,
    workers: 2,
  };
  const shown = print(report({ pools: [pool, { ...pool, server: 'http://quiet.test', waits: 0 }] }), { width: 200 });
  expect(shown).toContain(
    'Connections: api opened 4 connections to http://shop.test for 94 calls; 12 calls waited 3.4 s for a free one\n',
  );
  expect(shown).not.toContain('quiet.test');
});

test('a verdict picks its clusters, and its absence is told', () => {
  const product = print(report(), { verdict: 'product' });
  expect(product).toContain('sums up');
  expect(product).not.toContain('pays');
  expect(print(report(), { verdict: 'data' })).toContain(
    'No failure has the verdict data; there are 2 environment, 1 product.',
  );
  expect(print(report({ verdicts: {}, clusters: [], failures: [] }), { verdict: 'data' })).toContain(
    'No failure has the verdict data.',
  );
});

test('a limit counts tests, and the last line says how to see all', () => {
  const limited = print(report(), { limit: 1 });
  expect(limited).toContain('pays');
  expect(limited).not.toContain('refunds (');
  expect(limited).not.toContain('sums up');
  expect(limited).toContain('2 more failing tests: `--limit 3` shows all.');
});

test('no line is wider than a narrow terminal', () => {
  const lines = print(report(), { width: 44 }).split('\n');
  expect(lines.filter(line => line.length > 44)).toEqual([]);
  expect(lines).toContain('  connect ECONNREFUSED 127.0.0.1:4010');
});

test('many reasons are cut', () => {
  const reasons = ['one', 'two', 'three', 'four', 'five', 'six'];
  expect(print(report({ failures: [failure('pays', 'c1', { reasons })] }))).toContain(
    '          four\n          and 2 more reasons',
  );
});

describe('the state of a run is told in words', () => {
  const cases: [RunReport['run']['state'], string][] = [
    [
      'lost',
      'Its runner died before the end. 2 of 5 tests had ended and are kept; 1 had started and is lost, 2 never started.',
    ],
    [
      'interrupted',
      'It was stopped from outside. 2 of 5 tests had ended and are kept; 1 had started and was stopped, 2 never started.',
    ],
    ['running', 'It is still running, so this is what is known now. 2 of 5 tests have ended.'],
    ['planned', 'Its first test has not started yet.'],
  ];
  test.each(cases)('%s', (state, sentence) => {
    const counts = { ...none, planned: 5, finished: 2, passed: 2, lost: 1, notRun: 2 };
    const { run } = report();
    const { status: _, durationMs: __, ...open } = run;
    const text = print(report({ run: { ...open, state, shards: 2, commit: { hash: 'abc', branch: 'main' } }, counts }));
    expect(text).toContain(`Run run-1 ${state} (shop, 2026-02-03 04:05:06, 2 shards, main)\n${sentence}`);
    expect(text).toContain('5 tests: 2 passed, 2 not run, 1 lost');
  });

  test('finished, by what the runner said', () => {
    expect(resultWord({ state: 'finished', status: 'timedout' })).toBe('timed out');
    expect(resultWord({ state: 'finished', status: 'passed' })).toBe('passed');
    expect(resultWord({ state: 'finished' })).toBe('finished');
  });
});

test('errors outside of tests are told with their place', () => {
  const errors = [
    { message: 'SyntaxError: x\n at y', location: { file: 'a.spec.ts', line: 3, column: 1 } },
    { message: 'second' },
  ];
  const text = print(report({ errors }), { limit: 1 });
  expect(text).toContain('2 errors outside of tests\n  ✘ SyntaxError: x (a.spec.ts:3)\n  and 1 more');
});

test('counts, verdicts and delivery leave out what is not there', () => {
  expect(countsSentence({ ...none, planned: 1, finished: 1, passed: 1 })).toBe('1 test: 1 passed');
  expect(countsSentence(none)).toBe('0 tests: none');
  expect(
    countsSentence({
      ...none,
      planned: 9,
      passed: 1,
      failed: 2,
      flaky: 1,
      skipped: 1,
      blocked: 2,
      muted: 1,
      notRun: 1,
    }),
  ).toBe('9 tests: 1 passed, 2 failed, 1 flaky, 1 skipped, 2 blocked, 1 muted, 1 not run');
  expect(verdictsList({ test: 1, product: 1, environment: 3 })).toBe('3 environment, 1 product, 1 test');
  expect(
    deliverySentence({
      events: 10,
      kept: 7,
      gaps: 2,
      rejected: 1,
      rejectedReasons: [{ reason: 'not JSON', lines: 1 }],
    }),
  ).toBe('7 of 10 events kept, 2 never arrived, 1 line was no event (1 × not JSON)');
});

test('tests that left something open are named, with where it was opened', () => {
  const server = { thing: 'server', name: 'on port 4000', at: 'a.spec.ts:3', closed: false } as const;
  const page = { thing: 'page', name: '', closed: true } as const;
  const leaks = Array.from({ length: 22 }, (_, i) => ({ test: `t${i}`, title: `test ${i}`, left: [server, page] }));
  const shown = print(report({ leaks }), { width: 200 });
  expect(shown).toContain('Left open: 22 tests left 44 things open: 22 pages, 22 servers; 22 not closed\n');
  expect(shown).toContain('  test 0: a server on port 4000 (a.spec.ts:3), a page\n');
  expect(shown).toContain('and 2 more');
  expect(print(report({}))).not.toContain('Left open');
});
