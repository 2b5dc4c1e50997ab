import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { QualityHubConfig } from './index.ts';
import { openWorker, scratchFolder } from './testing/open-workers.ts';
import { paymentService } from './testing/payment-service.ts';

const policy = { retry: 0, breaker: { consecutive: 3, openMs: 300, per: 'host' } } as const;

/** Two workers of one run, and one of another. */
async function threeWorkers(health: string | undefined, openMs = 300) {
  const service = await paymentService();
  const stateFile = join(scratchFolder(), 'state.db');
  const breaker = { ...policy.breaker, openMs };
  const section = { baseURL: service.url, policy: { ...policy, breaker }, ...(health === undefined ? {} : { health }) };
  const config: QualityHubConfig = { clients: { payments: section } };
  const [one, two] = [await openWorker({ config, stateFile }), await openWorker({ config, stateFile })];
  const stranger = await openWorker({ config, stateFile, runId: 'run 2' });
  const fail = async () => {
    service.isDown = true;
    for (let call = 0; call < 3; call++)
      await one.runtime
        .client('payments')
        .get('/charges')
        .text()
        .catch(() => {});
  };
  return { service, one, two, stranger, fail };
}

test('who needs a dependency learns from the calls of another worker that it is down', async () => {
  const { service, one, two, stranger, fail } = await threeWorkers(undefined);
  expect(await two.runtime.readiness('payments')).toEqual({ ready: true });
  await fail();
  const blocked = { ready: false, dependency: 'payments', reason: expect.stringContaining('3') };
  const ask = async () => expect(await two.runtime.readiness('payments')).toMatchObject(blocked);
  await vi.waitFor(ask, { timeout: 250, interval: 10 });
  expect(two.seen).toMatchObject([{ kind: 'health', dependency: 'payments', state: 'down' }]);
  expect(one.seen.filter(({ kind }) => kind === 'breaker')).toMatchObject([{ from: 'closed', to: 'open' }]);
  expect(service.requests).toHaveLength(3);
  expect(await stranger.runtime.readiness('payments')).toEqual({ ready: true });
});

test('a call of another worker is refused within 250 ms of the opening', async () => {
  const { service, two, fail } = await threeWorkers(undefined, 60_000);
  service.isDown = false;
  await two.runtime.client('payments').get('/charges');
  await fail();
  await new Promise(resolve => setTimeout(resolve, 250));
  const sent = service.requests.length;
  await expect(two.runtime.client('payments').get('/charges').text()).rejects.toMatchObject({
    code: 'QH_BREAKER_OPEN',
  });
  expect(service.requests).toHaveLength(sent);
  expect(two.seen.at(-1)).toMatchObject({ kind: 'call', outcome: 'refused', dependency: 'payments' });
});

test('when its time is over, one worker asks the health path, and the rest runs when it is well', async () => {
  const { service, one, two, fail } = await threeWorkers('/health');
  await fail();
  expect(await two.runtime.readiness('payments')).toMatchObject({ ready: false });
  await new Promise(resolve => setTimeout(resolve, 320));
  service.isDown = false;
  service.requests.length = 0;
  const all = await Promise.all([one.runtime, two.runtime, two.runtime].map(runtime => runtime.readiness('payments')));
  expect(all.filter(({ ready }) => ready).length, JSON.stringify([all, one.seen, two.seen])).toBeGreaterThanOrEqual(1);
  expect(service.requests).toEqual(['GET /health']);
  expect(await one.runtime.readiness('payments')).toEqual({ ready: true });
  expect(await two.runtime.readiness('payments')).toEqual({ ready: true });
  expect(service.requests).toEqual(['GET /health']);
});

test('a health path that fails blocks before any call has failed', async () => {
  const { service, one, two } = await threeWorkers('/health');
  service.isDown = true;
  expect(await one.runtime.readiness('payments')).toMatchObject({
    ready: false,
    reason: expect.stringContaining('503'),
  });
  expect(await two.runtime.readiness('payments')).toMatchObject({ ready: false });
  expect(service.requests).toEqual(['GET /health']);
  expect(one.seen.map(({ kind }) => kind)).toEqual(['health']);
});

test('without a health path one test at a time is the try', async () => {
  const { service, one, two, fail } = await threeWorkers(undefined);
  await fail();
  await new Promise(resolve => setTimeout(resolve, 320));
  expect(await two.runtime.readiness('payments')).toEqual({ ready: true });
  expect(await one.runtime.readiness('payments')).toMatchObject({ ready: false });
  service.isDown = false;
  await two.runtime.client('payments').get('/charges');
  const isReady = async () => expect(await one.runtime.readiness('payments')).toEqual({ ready: true });
  await vi.waitFor(isReady, { timeout: 250, interval: 10 });
});

test('a database is asked itself', async () => {
  const { runtime } = await openWorker({ config: { databases: { shop: { kind: 'sqlite', url: ':memory:' } } } });
  expect(await runtime.readiness('shop')).toEqual({ ready: true });
  const missing = { kind: 'sqlite', url: join(scratchFolder(), 'no', 'such', 'folder.db') } as const;
  const other = await openWorker({ config: { databases: { shop: missing } } });
  expect(await other.runtime.readiness('shop')).toMatchObject({ ready: false, dependency: 'shop' });
});

test('workers that end with their first failure count together: a breaker opens all the same', async () => {
  const service = await paymentService();
  service.isDown = true;
  const stateFile = join(scratchFolder(), 'state.db');
  const config: QualityHubConfig = { clients: { payments: { baseURL: service.url, policy } } };
  const fails = async () => {
    const { runtime, seen } = await openWorker({ config, stateFile });
    const error = await runtime
      .client('payments')
      .post('/charges')
      .text()
      .catch(thrown => thrown);
    await runtime.close();
    return { code: error.code, opened: seen.filter(({ kind }) => kind === 'breaker').length };
  };
  const ends = [await fails(), await fails(), await fails(), await fails(), await fails()];
  expect(ends.map(({ opened }) => opened)).toEqual([0, 0, 1, 0, 0]);
  expect(ends.map(({ code }) => code)).toEqual([
    'QH_HTTP_STATUS',
    'QH_HTTP_STATUS',
    'QH_HTTP_STATUS',
    'QH_BREAKER_OPEN',
    'QH_BREAKER_OPEN',
  ]);
  expect(service.requests).toHaveLength(3);
});

test('a call that goes well ends the row of failures', async () => {
  const service = await paymentService();
  const stateFile = join(scratchFolder(), 'state.db');
  const config: QualityHubConfig = { clients: { payments: { baseURL: service.url, policy } } };
  for (const isDown of [true, true, false, true, true]) {
    service.isDown = isDown;
    const { runtime, seen } = await openWorker({ config, stateFile });
    await runtime
      .client('payments')
      .post('/charges')
      .text()
      .catch(() => {});
    await runtime.close();
    expect(seen.map(({ kind }) => kind)).toEqual(['call']);
  }
});

test('workers that end with their first failing query count together, too', async () => {
  // A port that nobody listens at.
  const shop = { kind: 'postgres', url: 'postgres://nobody@127.0.0.1:1/shop', policy } as const;
  const stateFile = join(scratchFolder(), 'state.db');
  const config: QualityHubConfig = { databases: { shop } };
  const fails = async (): Promise<unknown> => {
    const { runtime } = await openWorker({ config, stateFile });
    const error = await runtime
      .database('shop')
      .query('select 1')
      .catch(thrown => thrown);
    await runtime.close();
    return error.code;
  };
  const codes = [await fails(), await fails(), await fails(), await fails()];
  expect(codes).toEqual(['QH_DB_UNREACHABLE', 'QH_DB_UNREACHABLE', 'QH_DB_UNREACHABLE', 'QH_BREAKER_OPEN']);
});

test('a query that the server refuses says that it is well, and ends the row of failures', async () => {
  const stateFile = join(scratchFolder(), 'state.db');
  const file = join(scratchFolder(), 'shop.db');
  const missing = join(scratchFolder(), 'no', 'such', 'folder.db');
  for (const url of [missing, missing, file, missing, missing]) {
    const shop = { kind: 'sqlite', server: 'the shop', url, policy } as const;
    const { runtime, seen } = await openWorker({ config: { databases: { shop } }, stateFile });
    await runtime
      .database('shop')
      .query('select 1')
      .catch(() => {});
    await runtime.close();
    expect(seen.map(({ kind }) => kind)).not.toContain('breaker');
  }
});

test('a health path with thresholds is asked on its schedule, and all workers see one board', async () => {
  const service = await paymentService();
  const stateFile = join(scratchFolder(), 'state.db');
  const health = { path: '/health', everyMs: 50, failAfter: 2, againMs: 10, retryMs: 60 };
  const config: QualityHubConfig = {
    clients: { payments: { baseURL: service.url, policy, health } },
    policies: { stars: {} },
  };
  const [one, two] = [await openWorker({ config, stateFile }), await openWorker({ config, stateFile })];
  const states = async () =>
    Object.fromEntries((await two.runtime.health()).map(({ dependency, state }) => [dependency, state]));
  const all = { api: 'unknown', payments: 'healthy', stars: 'unknown' };
  await vi.waitFor(async () => expect(await states()).toEqual(all), { timeout: 5_000, interval: 10 });
  service.isDown = true;
  await vi.waitFor(async () => expect(await states()).toEqual({ ...all, payments: 'down' }), {
    timeout: 5_000,
    interval: 10,
  });
  expect(await one.runtime.readiness('payments')).toMatchObject({
    ready: false,
    reason: expect.stringContaining('503'),
  });
  service.isDown = false;
  await vi.waitFor(async () => expect(await states()).toEqual(all), { timeout: 5_000, interval: 10 });
  const told = [...one.seen, ...two.seen].flatMap(seen => (seen.kind === 'health' ? [seen.state] : []));
  expect(told.filter(state => state === 'healthy')).toHaveLength(2);
  expect(told.filter(state => state === 'down').length).toBeGreaterThanOrEqual(1);
  // A policy that guards code of the suite can be needed as well.
  expect(await one.runtime.readiness('stars')).toEqual({ ready: true });
});
