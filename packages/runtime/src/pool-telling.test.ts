import { expect, test } from 'vitest';
import { openWorker } from './testing/open-workers.ts';
import { paymentService } from './testing/payment-service.ts';

test('connections are told by client and server, each once', async () => {
  const service = await paymentService();
  const { runtime } = await openWorker({
    config: {
      clients: { payments: { baseURL: service.url, connection: { connections: 1 } } },
      databases: { shop: { kind: 'sqlite', url: ':memory:' } },
    },
  });
  expect(runtime.poolEvidence()).toEqual([]);
  const payments = runtime.client('payments');
  await Promise.all([payments.get('/a'), payments.get('/b'), payments.extend({ timeoutMs: 5_000 }).get('/c')]);
  await runtime.database('shop').query('select 1');
  await runtime.database('shop').query('select 1');
  const pool = { kind: 'pool', dependency: 'payments', server: service.url, broken: 0 };
  expect(runtime.poolEvidence()).toEqual([
    { ...pool, opened: 1, reused: 2, waits: 2, waitedMs: expect.any(Number) },
    expect.objectContaining({ kind: 'pool', dependency: 'shop', opened: 1, reused: 1, waits: 0 }),
  ]);
  expect(runtime.poolEvidence()).toEqual([]);
  await payments.get('/d');
  expect(runtime.poolEvidence()).toEqual([{ ...pool, opened: 0, reused: 1, waits: 0, waitedMs: 0 }]);
});
