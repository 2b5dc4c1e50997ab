import type { CallEvidence, Evidence } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import { openHub } from '../hub.ts';
import { newHubFolder } from '../testing/new-hub-folder.ts';
import { record, SampleWriter } from '../testing/sample-run.ts';

function call(outcome: CallEvidence['outcome'], dependency: string): Evidence {
  return { kind: 'call', dependency, operation: 'GET /', outcome, attempts: 1, durationMs: 5 };
}

function less(feature: string, detail: string): Evidence {
  return { kind: 'health', dependency: 'stars', state: 'degraded', feature, detail };
}

function breaker(to: 'open' | 'closed'): Evidence {
  const from = to === 'open' ? 'closed' : 'half-open';
  return { kind: 'breaker', dependency: 'payments', from, to, reason: '2 in a row' };
}

test('the report has a board of all dependencies, and what worked less well', async () => {
  const folder = newHubFolder();
  const database = { kind: 'database', database: 'shop', operation: 'select', durationMs: 900 } as const;
  new SampleWriter(folder)
    .begin(['a', 'b'])
    .attempt('a', { status: 'passed' })
    .evidence('a', [
      record(1, call('ok', 'api'), 1_000),
      record(2, call('failed', 'payments'), 2_000),
      record(3, breaker('open'), 2_000),
      record(4, less('recommendations', 'no answer'), 2_500),
      record(5, less('recommendations', 'no answer'), 2_600),
      record(6, { kind: 'health', dependency: 'mail', state: 'degraded', detail: 'slow' }, 2_700),
    ])
    .attempt('b', { status: 'passed' })
    .evidence('b', [
      record(7, call('refused', 'payments'), 3_000),
      record(8, breaker('closed'), 6_000),
      record(9, less('recommendations', 'cut off'), 6_100),
      record(10, less('ratings', 'cut off'), 6_100),
      record(11, database, 6_200),
      record(12, { ...database, errorCode: '57P01' }, 6_300),
      record(13, call('aborted', 'search'), 6_400),
    ])
    .end();
  await using hub = openHub({ folder });
  await hub.catchUp();
  const report = await hub.report('latest');
  const none = { calls: 0, failedCalls: 0, refusedCalls: 0, downMs: 0 };
  expect(report.dependencies).toEqual([
    { ...none, dependency: 'api', state: 'healthy', calls: 1 },
    { ...none, dependency: 'mail', state: 'degraded' },
    { ...none, dependency: 'payments', state: 'healthy', calls: 2, failedCalls: 1, refusedCalls: 1, downMs: 4_005 },
    { ...none, dependency: 'search', state: 'unknown', calls: 1 },
    { ...none, dependency: 'shop', state: 'healthy', calls: 2, failedCalls: 1 },
  ]);
  const told = [
    { feature: 'recommendations', dependency: 'stars', calls: 3, tests: 2, reason: 'cut off' },
    { feature: 'ratings', dependency: 'stars', calls: 1, tests: 1, reason: 'cut off' },
  ];
  expect(report.degraded).toEqual(told);
  expect((await hub.digest(report.run.id)).degraded).toEqual(told);
});
