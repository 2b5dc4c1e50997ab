import { startServer } from '@quality-hub/testkit';
import { expect, onTestFinished, test } from 'vitest';
import type { QualityHubConfig } from './index.ts';
import { openWorker, scratchFolder } from './testing/open-workers.ts';
import { paymentService } from './testing/payment-service.ts';

/** Gives each who asks another token. */
async function tokenServer(): Promise<{ readonly url: string; readonly tokens: string[] }> {
  const tokens: string[] = [];
  const server = await startServer((_, response) => {
    tokens.push(`token-number-${tokens.length + 1}`);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: tokens.at(-1), token_type: 'bearer', expires_in: 600 }));
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  return { url: server.url, tokens };
}

test('an OAuth token of the configuration is fetched once for all workers of the run, and told without a secret', async () => {
  const [service, login] = await Promise.all([paymentService(), tokenServer()]);
  const config: QualityHubConfig = {
    clients: {
      payments: {
        baseURL: service.url,
        auth: {
          kind: 'oauth',
          issuer: login.url,
          endpoints: { token: `${login.url}/token` },
          clientId: 'suite',
          clientSecret: () => 'secret-of-the-suite',
        },
      },
    },
  };
  const stateFile = `${scratchFolder()}/state.db`;
  const first = await openWorker({ config, stateFile });
  const second = await openWorker({ config, stateFile });
  await first.runtime.client('payments').get('/charges');
  await second.runtime.client('payments').get('/charges');
  expect(login.tokens).toHaveLength(1);
  expect(service.authorizations).toEqual(['Bearer token-number-1', 'Bearer token-number-1']);
  expect(first.seen).toMatchObject([
    { kind: 'call', dependency: 'payments sign-in', operation: 'POST /token', outcome: 'ok', status: 200 },
    { kind: 'call', dependency: 'payments', operation: 'GET /charges', outcome: 'ok' },
  ]);
  expect(second.seen).toMatchObject([{ kind: 'call', dependency: 'payments' }]);
  expect(JSON.stringify([first.seen, second.seen])).not.toMatch(/secret-of-the-suite|token-number/);
});

test('auth is plain data or what signs already', async () => {
  const service = await paymentService();
  const { runtime } = await openWorker({
    config: {
      clients: {
        data: { baseURL: service.url, auth: { kind: 'bearer', token: 'one' } },
        made: { baseURL: service.url, auth: { kind: 'own', sign: () => ({ headers: { authorization: 'two' } }) } },
      },
    },
  });
  await runtime.client('data').get('/');
  await runtime.client('made').get('/');
  expect(service.authorizations).toEqual(['Bearer one', 'two']);
});

test('what cannot be together is refused', async () => {
  const config = {
    clients: {
      a: { transport: 'playwright', connection: { connections: 1 }, cookies: true },
      b: { transport: 'playwrite' },
      c: { auth: { kind: 'digest' } },
      d: { warmUp: 0.5 },
    },
  } as unknown as QualityHubConfig;
  const error = await openWorker({ config }).catch(thrown => thrown);
  expect(error).toMatchObject({ code: 'QH_CONFIG' });
  expect(error.problems).toEqual([
    expect.stringContaining('clients.a: connection is for undici'),
    expect.stringContaining('clients.a: transport playwright keeps cookies itself'),
    `clients.b: transport is "playwrite", expected 'undici' or 'playwright'`,
    expect.stringContaining('clients.c: there is no kind "digest"'),
    'clients.d: warmUp is 0.5, expected a number of connections',
    'clients.d: warmUp needs a baseURL, and transport undici',
  ]);
});

test('connections are opened before the first call where the section asks for it, and a server that is down fails nothing', async () => {
  const service = await paymentService();
  const { runtime } = await openWorker({
    config: {
      clients: {
        payments: { baseURL: service.url, warmUp: 2 },
        down: { baseURL: 'http://127.0.0.1:1', warmUp: 2 },
      },
    },
  });
  const opened = () => runtime.client('payments').statistics()[0]?.opened;
  await expect.poll(opened).toBe(2);
  // The requests that opened them have had their answers: the connections are free.
  await expect.poll(() => runtime.client('payments').statistics()[0]).toMatchObject({ requests: 2, open: 2, busy: 0 });
  expect(service.requests).toEqual(['OPTIONS /', 'OPTIONS /']);
  await new Promise(resolve => setImmediate(resolve));
  await Promise.all([runtime.client('payments').get('/a'), runtime.client('payments').get('/b')]);
  expect(opened()).toBe(2);
});

test('a server that never answers does not keep the worker from ending', async () => {
  const silent = await startServer(() => {});
  onTestFinished(() => silent[Symbol.asyncDispose]());
  const { runtime } = await openWorker({ config: { clients: { silent: { baseURL: silent.url, warmUp: 1 } } } });
  await expect.poll(() => runtime.client('silent').statistics()[0]?.busy).toBe(1);
  await runtime.close();
});
