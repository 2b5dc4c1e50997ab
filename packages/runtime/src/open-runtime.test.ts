import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMask } from '@quality-hub/telemetry';
import { expect, test } from 'vitest';
import type { QualityHubConfig } from './index.ts';
import { openWorker, scratchFolder } from './testing/open-workers.ts';
import { paymentService } from './testing/payment-service.ts';

test('clients, databases and policies are found by their names, and tell what they did', async () => {
  const service = await paymentService();
  const config: QualityHubConfig = {
    clients: { default: { baseURL: service.url }, payments: { baseURL: service.url, policy: 'quick' } },
    databases: { shop: { kind: 'sqlite', url: ':memory:', slowMs: 0 } },
    policies: { quick: { timeoutMs: 500 } },
  };
  const { runtime, seen } = await openWorker({
    config,
    headersFor: () => ({ 'x-seen': 'run-1' }),
    mask: createMask({ values: ['top-secret'] }),
  });
  expect(runtime.clientNames).toEqual(['default', 'payments']);
  expect(runtime.databaseNames).toEqual(['shop']);
  expect(
    await runtime
      .client()
      .get('/orders/{id}', { params: { id: 7 } })
      .json(),
  ).toEqual({ ok: true, seen: 'run-1' });
  await runtime.client('payments').post('/charges', { json: {} });
  expect(service.requests).toEqual(['GET /orders/7', 'POST /charges']);
  expect(await runtime.policy('quick').execute(async () => 'done')).toBe('done');
  expect((await runtime.database('shop').query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await expect(runtime.database('shop').query("select 'top-secret' from nowhere")).rejects.toThrow();
  expect(seen).toMatchObject([
    { kind: 'call', dependency: 'api', operation: 'GET /orders/{id}', outcome: 'ok' },
    { kind: 'call', dependency: 'payments', operation: 'POST /charges', outcome: 'ok' },
    { kind: 'database', database: 'shop', durationMs: expect.any(Number) },
    { kind: 'database', database: 'shop', errorCode: expect.any(String) },
  ]);
  expect(JSON.stringify(seen)).not.toContain('top-secret');
});

test('without a configuration there is one client, with the base that it is given', async () => {
  const service = await paymentService();
  const { runtime } = await openWorker({ config: {}, baseURL: service.url });
  expect((await runtime.client().get('/')).status).toBe(200);
  expect(runtime.clientNames).toEqual(['default']);
});

test('a name that there is none of gets the one that was meant', async () => {
  const { runtime } = await openWorker({ config: { clients: { payments: {} }, policies: { quick: {} } } });
  const named = { code: 'QH_RUNTIME_NAME' };
  expect(() => runtime.client('paymets')).toThrow(
    expect.objectContaining({ ...named, message: 'There is no client "paymets"; did you mean payments?' }),
  );
  expect(() => runtime.database('shop')).toThrow(
    expect.objectContaining({ ...named, message: 'There is no database "shop"; the configuration names none' }),
  );
  expect(() => runtime.policy('slow')).toThrow(expect.objectContaining(named));
  await expect(runtime.readiness('mail')).rejects.toMatchObject({
    ...named,
    message: 'There is no dependency "mail"; there are api, payments, quick',
  });
});

test('everything that is wrong with a configuration is told at once', async () => {
  const config = {
    clients: {
      default: { baseUrl: 'http://x' },
      payments: { policy: 'qick', health: 'health' },
      mail: { policy: 'qick' },
    },
    databases: { shop: { kind: 'postgre', url: 'x' } },
    policies: { quick: {} },
    state: { kind: 'reddis' },
  } as unknown as QualityHubConfig;
  const error = await openWorker({ config, configPath: '/suite/quality-hub.config.ts' }).catch(thrown => thrown);
  expect(error).toMatchObject({ code: 'QH_CONFIG', path: '/suite/quality-hub.config.ts' });
  expect(error.problems).toEqual([
    expect.stringMatching(/^clients\.default: there is no option "baseUrl", did you mean "baseURL"/),
    'clients.payments: health is "health", expected a path such as /health',
    'clients.mail: policy is "qick", which is no policy; did you mean quick?',
    expect.stringMatching(/^databases\.shop: .*did you mean "postgres"/),
    expect.stringMatching(/^databases\.shop: .*url/),
    "state.kind is \"reddis\", expected 'sqlite', 'redis' or 'memory'",
  ]);
});

test('after its end it gives nothing away, and ending twice is ending once', async () => {
  const { runtime } = await openWorker({ config: {} });
  await Promise.all([runtime.close(), runtime.close()]);
  expect(() => runtime.client()).toThrow(expect.objectContaining({ code: 'QH_RUNTIME_CLOSED' }));
});

test('a store that cannot be opened costs what others would learn, and nothing else', async () => {
  const service = await paymentService();
  const stateFile = join(scratchFolder(), 'file', 'state.db');
  writeFileSync(join(stateFile, '..'), '');
  const { runtime, seen } = await openWorker({ config: {}, baseURL: service.url, stateFile });
  expect(seen).toMatchObject([
    { kind: 'note', name: 'state.not-shared', data: { trouble: expect.stringContaining(stateFile) } },
  ]);
  expect(runtime.state.shared).toBe(false);
  expect((await runtime.client().get('/')).status).toBe(200);
});

test('a feature that works less well is told', async () => {
  const { degrade } = await import('@quality-hub/resilience');
  const fallback = degrade('recommendations', ['bestseller']);
  const { runtime, seen } = await openWorker({ config: { policies: { shop: { fallback } } } });
  const work = () => Promise.reject(Object.assign(new Error('no answer'), { code: 'ECONNREFUSED' }));
  expect(await runtime.policy('shop').execute<string[]>(work)).toEqual(['bestseller']);
  expect(seen).toEqual([
    { kind: 'health', dependency: 'shop', state: 'degraded', feature: 'recommendations', detail: 'no answer' },
  ]);
});
