import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secret } from '@quality-hub/config';
import type { Member } from '@quality-hub/state/sharing';
import { isSecret } from '@quality-hub/telemetry';
import { type LocalServer, startServer } from '@quality-hub/testkit';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openRuntime } from '../open-runtime.ts';
import type { Runtime } from '../runtime.ts';
import type { QualityHubConfig } from '../sections.ts';
import { readCsv } from './read-csv.ts';

const folder = mkdtempSync(join(tmpdir(), 'qh-sharing-'));
let server: LocalServer;
let answer = '[]';
let runtime: Runtime | undefined;
let runs = 0;

beforeAll(async () => {
  server = await startServer((_, response) => {
    response.end(answer);
  });
});
afterAll(() => server.close());
afterEach(() => runtime?.close());

async function lease(cashiers: unknown, more: QualityHubConfig = {}): Promise<Readonly<Record<string, unknown>>> {
  await runtime?.close();
  runtime = await openRuntime({
    config: {
      clients: { default: { baseURL: server.url } },
      databases: { shop: { kind: 'sqlite', url: join(folder, 'shop.db') } },
      pools: { cashiers: cashiers as readonly Member[] },
      ...more,
    },
    configPath: join(folder, 'quality-hub.config.ts'),
    worker: 'w-1',
    runId: `run-${++runs}`,
    stateFile: join(folder, 'state.db'),
  });
  const { pools } = (await runtime.sharing()).for({ owner: { id: 'a' } });
  const lent = await pools.lease('cashiers');
  await pools.close();
  return lent;
}

test('members come from a list, a file, a query, a service and a function', async () => {
  expect(await lease([{ login: 'c1' }])).toMatchObject({ login: 'c1' });
  writeFileSync(join(folder, 'members.json'), '[{ "login": "c2" }]');
  expect(await lease({ file: 'members.json' })).toMatchObject({ login: 'c2' });
  writeFileSync(join(folder, 'members.csv'), '\uFEFFlogin,labels,note\r\n"c3",admin; till,"says ""hi"", twice"\r\n');
  expect(await lease({ file: './members.csv' })).toMatchObject({
    login: 'c3',
    labels: ['admin', 'till'],
    note: 'says "hi", twice',
  });
  const query = { database: 'shop', sql: 'SELECT ? AS login', params: ['c4'] };
  expect(await lease({ query })).toMatchObject({ login: 'c4' });
  answer = '[{ "login": "c5" }]';
  expect(await lease({ url: '/cashiers' })).toMatchObject({ login: 'c5' });
  expect(await lease({ url: { client: 'default', path: '/cashiers' } })).toMatchObject({ login: 'c5' });
  const load = async ({ client }: { client: () => { get(path: string): Promise<{ json(): object[] }> } }) =>
    (await client().get('/cashiers')).json();
  expect(await lease({ load })).toMatchObject({ login: 'c5' });
});

test('a secret of a member is read when it is lent, and is in its box', async () => {
  process.env.QH_TEST_CASHIER = 'a-password-of-cashiers';
  const more = { secrets: { refs: { cashier: 'env:QH_TEST_CASHIER' } } };
  const lent = await lease(
    [{ login: 'c1', password: secret('cashier'), more: [{ pin: { $secret: 'cashier' } }] }],
    more,
  );
  const { password, more: others } = lent as { password: unknown; more: { pin: unknown }[] };
  expect([isSecret(password), isSecret(others[0]?.pin)]).toEqual([true, true]);
  expect(String(password)).toBe('[secret:cashier]');
  expect(JSON.stringify(await runtime?.store.list(''))).not.toContain('a-password');
});

test('what cannot be read, or is not as its schema says, is told', async () => {
  const code = 'QH_POOL_MEMBERS';
  await expect(lease({ file: 'none.json' })).rejects.toMatchObject({
    code,
    message: expect.stringContaining('none.json'),
  });
  answer = '{ "c1": {} }';
  await expect(lease({ url: '/x' })).rejects.toMatchObject({
    code,
    message: expect.stringContaining('expected a list'),
  });
  const schema = {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value: { login: string }) =>
        value.login.startsWith('c')
          ? { value: { ...value, seen: true } }
          : { issues: [{ message: 'no c', path: ['login'] }] },
    },
  };
  expect(await lease({ members: [{ login: 'c1' }], schema })).toMatchObject({ seen: true });
  await expect(lease({ members: [{ login: 'c1' }, { login: 'x' }], schema })).rejects.toThrow(
    'member 2 is not as its schema says: login: no c',
  );
  await expect(lease({ make: () => ({ login: 'x' }), schema })).rejects.toThrow(
    'what was made is not as its schema says',
  );
});

test('what was made is removed at the end, by a client of the configuration', async () => {
  const urls: string[] = [];
  await using tenants = await startServer((request, response) => {
    urls.push(`${request.method} ${request.url}`);
    response.end('{ "id": "t1" }');
  });
  const pool = {
    make: async ({ client }: { client: () => { post(path: string): Promise<{ json(): object }> } }) =>
      (await client().post('/tenants')).json(),
    remove: ({ id }: { id: string }, { client }: { client: () => { delete(path: string): Promise<unknown> } }) =>
      client().delete(`/tenants/${id}`),
  };
  await lease(pool, { clients: { default: { baseURL: tenants.url } } });
  await runtime?.close();
  expect(urls).toEqual(['POST /tenants', 'DELETE /tenants/t1']);
});

test('no call goes out while a lease is lost', async () => {
  await lease([{ login: 'c1' }]);
  const open = runtime as Runtime;
  const { locks } = (await open.sharing()).for({ owner: { id: 'b' } });
  const held = await locks.acquire('billing', { ttlMs: 1_000 });
  await open.leases.release({ id: held.id });
  await expect.poll(() => held.signal.aborted, { timeout: 30_000 }).toBe(true);
  await expect(open.client().get('/x')).rejects.toMatchObject({ code: 'QH_LOCK_LOST' });
  await expect(open.database('shop').query('SELECT 1')).rejects.toMatchObject({ code: 'QH_LOCK_LOST' });
  await locks.close();
  await held.release();
  expect((await open.client().get('/x')).status).toBe(200);
});

test('CSV as spreadsheets write it', async () => {
  expect(await readCsv('\uFEFF a ,labels\r\n1,\r\n\r\n"x\ny","one; two"\n')).toEqual([
    { a: '1', labels: [] },
    { a: 'x\ny', labels: ['one', 'two'] },
  ]);
  expect(await readCsv('')).toEqual([]);
  await expect(readCsv('a,b\n1\n')).rejects.toThrow('line 2 has 1 cells, expected 2 as in the first line');
  await expect(readCsv('a\n"x" y\n')).rejects.toThrow('a cell of line 2 cannot be read');
  await expect(readCsv('a\nx "y"\n')).rejects.toThrow('a cell of line 2 cannot be read');
  await expect(readCsv('a\n"x\ny\n')).rejects.toThrow('cannot be read: Quote Not Closed');
});
