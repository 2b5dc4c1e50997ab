/** A run with one failure of each usual kind, for tests and for the example of the documentation. */
import type { RecordedRun } from './record-run.ts';

export const BAD_DAY: RecordedRun = {
  runId: 'bad-day',
  end: 'failed',
  branch: 'main',
  tests: [
    { title: 'a buyer sees the catalogue', attempts: ['passed'] },
    {
      title: 'a card pays an order',
      attempts: ['failed', 'failed'],
      error: {
        message: 'Error: apiRequestContext.post: connect ECONNREFUSED 127.0.0.1:4010',
        location: { file: 'shop.spec.ts', line: 12, column: 3 },
      },
      evidence: [
        {
          kind: 'traffic',
          source: 'request',
          method: 'POST',
          url: 'http://127.0.0.1:4010/payments',
          failure: 'ECONNREFUSED',
          durationMs: 2,
        },
      ],
    },
    {
      title: 'a refund goes to the card',
      attempts: ['failed'],
      error: { message: 'Error: apiRequestContext.post: connect ECONNREFUSED 127.0.0.1:4010' },
      evidence: [
        {
          kind: 'traffic',
          source: 'request',
          method: 'POST',
          url: 'http://127.0.0.1:4010/payments',
          failure: 'ECONNREFUSED',
          durationMs: 2,
        },
      ],
    },
    {
      title: 'the total of a cart is the sum of its lines',
      attempts: ['failed', 'failed'],
      error: {
        message: 'Error: expect(received).toBe(expected) // Object.is equality\n\nExpected: 2500\nReceived: 2600',
        location: { file: 'shop.spec.ts', line: 40, column: 5 },
      },
      evidence: [
        {
          kind: 'traffic',
          source: 'request',
          method: 'GET',
          url: 'http://127.0.0.1:4000/api/cart',
          status: 200,
          durationMs: 8,
        },
        { kind: 'traffic.counts', requests: 4, failed: 0, byClass: { '2': 4 }, omitted: 0 },
      ],
    },
    { title: 'stock is counted down', attempts: ['failed', 'passed'], error: { message: 'Error: timed out' } },
    { title: 'a coupon is for later', attempts: ['skipped'] },
  ],
};

/** The smaller run of the example in docs/show-json.md. */
export const DOCUMENTED_RUN: RecordedRun = {
  ...BAD_DAY,
  runId: 'nightly-214',
  tests: BAD_DAY.tests.slice(0, 2),
  errors: [
    { message: 'Error: the log server did not stop', location: { file: 'global-teardown.ts', line: 9, column: 3 } },
  ],
};
