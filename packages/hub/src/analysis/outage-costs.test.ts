import type { CallEvidence, Evidence } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import { openHub } from '../hub.ts';
import { newHubFolder } from '../testing/new-hub-folder.ts';
import { at, record, SampleWriter } from '../testing/sample-run.ts';

function call(outcome: CallEvidence['outcome'], durationMs: number, dependency = 'payments'): Evidence {
  return { kind: 'call', dependency, operation: 'POST /charges', outcome, attempts: 1, durationMs };
}

function breaker(to: 'open' | 'closed'): Evidence {
  const from = to === 'open' ? 'closed' : 'half-open';
  return { kind: 'breaker', dependency: 'payments', from, to, reason: '2 in a row' };
}

const down: Evidence = { kind: 'health', dependency: 'payments', state: 'down' };
const BLOCKED = [{ type: 'qh:blocked', description: 'payments is down' }];

test('the report and the digest tell what was down, what it cost and what was saved', async () => {
  const folder = newHubFolder();
  new SampleWriter(folder)
    .begin(['finds out', 'finds out too', 'is refused', 'copes', 'is blocked', 'was well'])
    .attempt('was well', { status: 'passed' })
    .evidence('was well', [record(1, call('ok', 10), 500)])
    .attempt('finds out', { startMs: 1_000, status: 'failed', errors: [{ message: 'Error: timeout' }] })
    .evidence('finds out', [record(2, call('timeout', 4_000), 6_000)])
    .attempt('finds out too', { startMs: 1_000, status: 'failed', errors: [{ message: 'Error: timeout' }] })
    .evidence('finds out too', [record(3, call('failed', 2_000), 7_000), record(4, breaker('open'), 7_000)])
    .attempt('is refused', { startMs: 7_500, status: 'failed', errors: [{ message: 'Error: open' }] })
    .evidence('is refused', [record(5, call('refused', 2), 7_600), record(6, call('failed', 9, 'mail'), 7_700)])
    .attempt('copes', { startMs: 7_500, status: 'passed' })
    .evidence('copes', [record(7, call('refused', 2), 7_600), record(8, call('aborted', 5), 7_700)])
    .attempt('is blocked', { startMs: 8_000, status: 'skipped', expectedStatus: 'skipped', annotations: BLOCKED })
    .evidence('is blocked', [record(9, down, 8_000)])
    .evidence('was well', [record(10, breaker('closed'), 9_000), record(11, call('failed', 999), 60_000)])
    .end('failed');
  await using hub = openHub({ folder });
  await hub.catchUp();
  const report = await hub.report('latest');
  expect(report.outages).toEqual([
    {
      dependency: 'payments',
      from: at(2_000),
      to: at(9_000),
      reason: '2 in a row',
      failedTests: 3,
      blockedTests: 1,
      failedCalls: 2,
      refusedCalls: 2,
      costMs: 6_000,
      // Three of them would have waited 3 s each; both refusals took 2 ms.
      savedMs: 8_996,
    },
  ]);
  expect((await hub.digest(report.run.id)).outages).toEqual(report.outages);
  expect(report.verdicts).toEqual({ environment: 3 });
  expect(report.clusters).toMatchObject([{ title: 'payments is down', tests: 3 }]);
  expect(report.counts).toMatchObject({ failed: 3, blocked: 1, passed: 2 });
});

test('a run in which nothing was down has no outages', async () => {
  const folder = newHubFolder();
  new SampleWriter(folder)
    .begin(['a'])
    .attempt('a', { status: 'passed' })
    .evidence('a', [record(1, call('failed', 5)), record(2, breaker('closed'))])
    .end();
  await using hub = openHub({ folder });
  await hub.catchUp();
  expect((await hub.report('latest')).outages).toEqual([]);
});
