import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { startServer } from '@quality-hub/testkit';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { QualityHubConfig } from './index.ts';
import { openWorker, scratchFolder } from './testing/open-workers.ts';
import { paymentService } from './testing/payment-service.ts';

// Passed through by turbo as `QH_*_URL`, which the linter does not read.
const { env } = process;
const redis = env['QH_REDIS_URL'];

/** Workers on machines of their own: nothing is shared but the server. */
async function twoMachines(section: NonNullable<QualityHubConfig['clients']>[string], url: string) {
  const prefix = `test-${randomUUID()}`;
  const config: QualityHubConfig = {
    clients: { payments: section },
    state: { kind: 'redis', url, prefix },
  };
  const open = () => openWorker({ config, stateFile: join(scratchFolder(), 'state.db') });
  return [await open(), await open()] as const;
}

describe.skipIf(redis === undefined)('machines over Redis (needs QH_REDIS_URL)', () => {
  test('a breaker that one machine has opened is open on the other', async () => {
    const service = await paymentService();
    const breaker = { consecutive: 3, openMs: 60_000, per: 'host' } as const;
    const [one, two] = await twoMachines({ baseURL: service.url, policy: { retry: 0, breaker } }, redis ?? '');
    service.isDown = true;
    for (let call = 0; call < 3; call++)
      await one.runtime
        .client('payments')
        .get('/')
        .text()
        .catch(() => {});
    const sent = service.requests.length;
    const blocked = async () =>
      expect(await two.runtime.readiness('payments')).toMatchObject({ ready: false, dependency: 'payments' });
    await vi.waitFor(blocked, { timeout: 20_000, interval: 20 });
    expect(service.requests).toHaveLength(sent);
  });

  test('a token that one machine was given is used by the other', async () => {
    const service = await paymentService();
    let tokens = 0;
    const login = await startServer((_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ access_token: `token-${++tokens}`, token_type: 'bearer', expires_in: 3600 }));
    });
    onTestFinished(() => login[Symbol.asyncDispose]());
    const endpoints = { token: `${login.url}/token` };
    const clientSecret = () => 'secret-of-the-suite';
    const auth = { kind: 'oauth', issuer: login.url, endpoints, clientId: 'suite', clientSecret } as const;
    const [one, two] = await twoMachines({ baseURL: service.url, auth }, redis ?? '');
    await one.runtime.client('payments').get('/charges');
    await two.runtime.client('payments').get('/charges');
    expect(tokens).toBe(1);
    expect(service.authorizations).toEqual(['Bearer token-1', 'Bearer token-1']);
  });

  test('a lease is held for both, and the address may be a secret', async () => {
    const state = { kind: 'redis', url: (async () => redis) as never, prefix: `test-${randomUUID()}` } as const;
    const [one, two] = [await openWorker({ config: { state } }), await openWorker({ config: { state } })];
    expect(one.runtime.leases.shared).toBe(true);
    const held = await one.runtime.leases.acquire([{ name: 'a' }], { owner: { id: 'one' }, ttlMs: 60_000 });
    expect(held.granted).toBe(true);
    const asked = await two.runtime.leases.acquire([{ name: 'a' }], { owner: { id: 'two' }, ttlMs: 60_000 });
    expect(asked).toMatchObject({ granted: false, holders: [{ owner: { id: 'one' } }] });
  });
});

test('a Redis that is not there is told, and each worker keeps its own', async () => {
  const config: QualityHubConfig = { state: { kind: 'redis', url: 'redis://user:hidden-word@127.0.0.1:1' } };
  const { runtime, seen } = await openWorker({ config });
  expect(runtime.leases.shared).toBe(false);
  expect(seen).toMatchObject([{ kind: 'note', name: 'state.not-shared' }]);
  expect(JSON.stringify(seen)).toContain('Cannot connect to Redis on 127.0.0.1:1');
  expect(JSON.stringify(seen)).not.toContain('hidden-word');
});
