import { expect, test } from 'vitest';
import { openHub } from '../hub.ts';
import { newHubFolder } from '../testing/new-hub-folder.ts';
import { traffic } from '../testing/sample-attempt.ts';
import { at, planned, record, SampleWriter } from '../testing/sample-run.ts';

test('a test that is refused where another had written before was interfered with', async () => {
  const folder = newHubFolder();
  const used = (request: string, status: number, seq: number, atMs: number) =>
    record(seq, traffic(request, status), atMs);
  new SampleWriter(folder)
    .begin(['uses the coupon', 'comes too late', 'comes later still'])
    .attempt('uses the coupon', { status: 'passed' })
    .evidence('uses the coupon', [used('PUT /cart/coupon', 200, 1, 50), used('POST /orders', 201, 2, 60)], {
      startMs: 0,
    })
    .attempt('comes too late', {
      startMs: 100,
      status: 'failed',
      errors: [{ message: 'Error: expect(received).toBe(expected)\n\nExpected: 200\nReceived: 409' }],
    })
    .evidence('comes too late', [used('PUT /cart/coupon', 409, 3, 150)], { startMs: 100 })
    .attempt('comes later still', { startMs: 200, status: 'failed', errors: [{ message: 'Error: other' }] })
    .evidence('comes later still', [used('GET /orders', 200, 4, 250)], { startMs: 200 })
    .end('failed');
  await using hub = openHub({ folder });
  await hub.catchUp();
  const { failures } = await hub.report('latest');
  const late = failures.find(({ identity }) => identity.titlePath[0] === 'comes too late');
  expect(late).toMatchObject({ verdict: 'interference' });
  expect(late?.reasons[0]).toBe(
    'PUT /cart/coupon answered 409, and "[chromium] › orders.spec.ts › uses the coupon" had written there before (PUT at 2026-11-21T10:00:00.050Z)',
  );
});

test('a write of which only the steps tell counts when a check has accepted it', async () => {
  const folder = newHubFolder();
  const path = '/cart/coupon';
  const call = {
    id: 1,
    title: 'PUT',
    category: 'pw:api',
    params: { method: 'PUT', url: path },
    startedAt: at(10),
    durationMs: 5,
  };
  const check = { id: 2, title: 'Expect "toBeOK"', category: 'expect', startedAt: at(16), durationMs: 1 };
  const writer = new SampleWriter(folder).begin(['first', 'unchecked', 'late']);
  const steps = (title: string, list: (typeof call | typeof check)[]) =>
    writer.spool.append({ kind: 'test.steps', test: planned(title).test, retry: 0, startedAt: at(0), steps: list });
  steps('first', [call, check]);
  steps('unchecked', [call]);
  writer.attempt('first', { status: 'passed' }).attempt('unchecked', { status: 'passed' });
  const errors = [{ message: 'Error: expect(received).toBe(expected)\n\nExpected: 200\nReceived: 409' }];
  writer.attempt('late', { startMs: 100, status: 'failed', errors });
  writer.evidence('late', [record(1, traffic(`PUT ${path}`, 409), 150)], { startMs: 100 }).end('failed');
  await using hub = openHub({ folder });
  await hub.catchUp();
  const [failure] = (await hub.report('latest')).failures;
  expect(failure?.verdict).toBe('interference');
  expect(failure?.reasons[0]).toContain(
    'and "[chromium] › orders.spec.ts › first" had written there before (PUT at 2026-11-21T10:00:00.015Z)',
  );
});

test('a test that reads what another has changed was interfered with, but not at a place of its own', async () => {
  const folder = newHubFolder();
  const errors = [{ message: 'Error: expect(received).toBe(expected)\n\nExpected: 1250\nReceived: 1300' }];
  new SampleWriter(folder)
    .begin(['changes', 'reads the price', 'reads its cart'])
    .attempt('changes', { status: 'passed' })
    .evidence(
      'changes',
      [record(1, traffic('PATCH /api/products/TEA', 200), 10), record(2, traffic('PUT /api/users/me', 200), 20)],
      { startMs: 0 },
    )
    .attempt('reads the price', { startMs: 100, status: 'failed', errors })
    .evidence('reads the price', [record(3, traffic('GET /products/TEA', 200), 110)], { startMs: 100 })
    .attempt('reads its cart', { startMs: 200, status: 'failed', errors })
    .evidence('reads its cart', [record(4, traffic('GET /api/users/me', 200), 210)], { startMs: 200 })
    .end('failed');
  await using hub = openHub({ folder });
  await hub.catchUp();
  const verdicts = (await hub.report('latest')).failures.map(one => [one.identity.titlePath[0], one.verdict]);
  expect(verdicts).toEqual([
    ['reads its cart', 'product'],
    ['reads the price', 'interference'],
  ]);
});
