import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startShop } from '../start-shop.ts';
import { connectSwitches, type Switches } from '../switches/client.ts';
import type { SwitchInput } from '../switches/schema.ts';
import { type OpenShop, openShop } from './open-shop.ts';
import { readSettings } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'shop-start-test-'));
const log = join(folder, 'shop.log');
const freePorts = { SHOP_PORT: '0', PAYMENTS_PORT: '0', SHOP_CONTROL_PORT: '0' };
const environment = {
  ...process.env,
  ...freePorts,
  SHOP_LOG_FILE: log,
  SHOP_DB: join(folder, 'shop.db'),
  PAYMENTS_TIMEOUT_MS: '1500',
};
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Status, or the code of the network error. */
async function ask(url: string, init: RequestInit = {}): Promise<number | string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000), ...init });
    await response.arrayBuffer();
    return response.status;
  } catch (error) {
    const { name, cause } = error as Error & { cause?: { code?: string } };
    return cause?.code ?? name;
  }
}

describe('an open shop', () => {
  let shop: OpenShop;
  let switches: Switches;
  beforeAll(async () => {
    shop = await openShop(readSettings(environment), environment);
    switches = connectSwitches(shop.controlUrl, shop.controlToken);
  });
  afterAll(() => shop.close());

  const during = async (wish: SwitchInput, work: () => Promise<void>) => {
    await switches.put('trouble', wish);
    try {
      await work();
    } finally {
      await switches.removeAll();
    }
  };

  test.each<[SwitchInput['fault'], number | string]>([
    [{ kind: 'error', status: 500 }, 500],
    [{ kind: 'error', status: 503 }, 503],
    [{ kind: 'rate-limit', retryAfterSeconds: 3 }, 429],
    [{ kind: 'reset' }, 'ECONNRESET'],
    [{ kind: 'hang' }, 'TimeoutError'],
    [{ kind: 'outage' }, 'ECONNREFUSED'],
  ])('with %j a request ends in %s', async (fault, expected) => {
    await during({ fault }, async () => expect(await ask(`${shop.url}/api/categories`)).toBe(expected));
    expect(await ask(`${shop.url}/api/categories`)).toBe(200);
  });

  test('latency delays the answer', async () => {
    await during({ fault: { kind: 'latency', ms: 150 } }, async () => {
      const start = performance.now();
      expect(await ask(`${shop.url}/health`)).toBe(200);
      expect(performance.now() - start).toBeGreaterThanOrEqual(145);
    });
  });

  test('a crash ends the process, and the next one keeps address, data and counts', async () => {
    await switches.put('calm', { route: 'GET /api/categories', fault: { kind: 'latency', ms: 0 } });
    await ask(`${shop.url}/api/categories`);
    await switches.put('crash', { route: 'GET /health', fault: { kind: 'crash', downMs: 50 }, when: { count: 1 } });
    expect(['UND_ERR_SOCKET', 'ECONNRESET']).toContain(await ask(`${shop.url}/health`));
    await expect.poll(() => ask(`${shop.url}/health`), { timeout: 10_000 }).toBe(200);
    const counts = (await switches.list()).map(({ id, struck }) => [id, struck]);
    expect(counts).toEqual([
      ['calm', 1],
      ['crash', 1],
    ]);
    await switches.removeAll();
  });

  test('an outage of the payments refuses connections until its time is over', async () => {
    await switches.put('outage', { service: 'payments', fault: { kind: 'outage' }, when: { untilMs: 300 } });
    expect(await ask(`${shop.paymentsUrl}/health`)).toBe('ECONNREFUSED');
    await expect.poll(() => ask(`${shop.paymentsUrl}/health`)).toBe(200);
    await switches.remove('outage');
  });

  test.each<[SwitchInput['fault'], string]>([
    [{ kind: 'outage' }, 'payment_unavailable'],
    [{ kind: 'reset' }, 'payment_unavailable'],
    [{ kind: 'error', status: 503 }, 'payment_unavailable'],
    [{ kind: 'hang' }, 'payment_timeout'],
  ])('payments with %j are %s for the buyer', async (fault, code) => {
    const send = async (path: string, body: object, token = '') => {
      const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) };
      const response = await fetch(shop.url + path, {
        method: path.includes('/cart/') ? 'PUT' : 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return response.json();
    };
    const account = { email: `buyer-${crypto.randomUUID()}@shop.example`, password: 'a good one' };
    await send('/api/users', { ...account, name: 'Buyer' });
    const { token } = await send('/api/sessions', account);
    await send('/api/cart/items/KETTLE', { quantity: 1 }, token);
    const { id } = await send('/api/orders', {}, token);
    await during({ service: 'payments', fault }, async () => {
      const answer = await send(`/api/orders/${id}/payments`, { method: 'card', card: '4242424242424242' }, token);
      expect(answer.error.code).toBe(code);
    });
  });

  test('the trace of the caller is in the log', async () => {
    const traceId = crypto.randomUUID().replaceAll('-', '');
    await ask(`${shop.url}/health`, { headers: { traceparent: `00-${traceId}-00f067aa0ba902b7-01` } });
    await expect.poll(() => readFileSync(log, 'utf8')).toContain(`"traceId":"${traceId}"`);
  });

  test('the control API refuses a wrong token, a wrong switch and an unknown name', async () => {
    expect(await ask(`${shop.controlUrl}/_switches`)).toBe(401);
    await expect(switches.put('x', { fault: { kind: 'outage' }, when: { count: 1 } })).rejects.toThrow('an outage is');
    await expect(switches.remove('nothing')).rejects.toThrow('No switch nothing');
  });
});

test('every wrong variable is named', () => {
  expect(() => readSettings({ SHOP_PORT: 'x', SHOP_HOST: '0.0.0.0', SHOP_DAY: '' })).toThrow(
    /SHOP_HOST: the shop can be broken.*SHOP_PORT/,
  );
});

test('a shop that cannot start says why', async () => {
  await expect(startShop({ database: join(folder, 'no', 'such', 'folder', 'shop.db') })).rejects.toThrow(
    /The shop cannot start: .*database/,
  );
});

test('the bad day has its switches on, and closing leaves nothing behind', async () => {
  const shop = await startShop({ day: 'bad', warehouseToken: 'a-token-for-the-test' });
  const names = (await shop.switches.list()).map(({ id }) => id);
  expect(names).toEqual(['payment-outage', 'price-bug', 'crashing-page']);
  const headers = { authorization: 'Bearer a-token-for-the-test' };
  expect(await ask(`${shop.url}/api/users/me`, { headers })).toBe(401);
  await shop.close();
  expect(await ask(`${shop.url}/health`)).toBe('ECONNREFUSED');
  expect(await ask(`${shop.controlUrl}/_switches`)).toBe('ECONNREFUSED');
});

test('a shop ends with the standard input of its parent', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '..', 'main.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, ...freePorts, SHOP_LOG_LEVEL: 'silent', SHOP_ENDS_WITH_STDIN: '1' },
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /open: (\S+)/.exec(String(line))?.[1] ?? '';
  expect(await ask(`${url}/health`)).toBe(200);
  child.stdin.end();
  await once(child, 'exit');
  expect(child.exitCode).toBe(0);
  expect(await ask(`${url}/health`)).toBe('ECONNREFUSED');
});
