import { expect, test } from 'vitest';
import { openHub } from '../hub.ts';
import { traffic } from '../testing/sample-attempt.ts';
import { newHubFolder, record, SampleWriter } from '../testing/sample-run.ts';

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
    'PUT /cart/coupon answered 409, and "[chromium] › orders.spec.ts › uses the coupon" had written there before (PUT 200 at 2026-11-21T10:00:00.050Z)',
  );
});
