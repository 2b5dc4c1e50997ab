import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTcpProxy } from '@quality-hub/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { postgresUrl } from '../../testing/database-servers.ts';
import { openDatabase } from '../open-database.ts';
import type { DatabaseOptions } from '../options.ts';
import type { SqlDatabase } from '../sql-database.ts';

let folder: string;
const opened: SqlDatabase[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qh-pool-'));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map(database => database.close()));
  rmSync(folder, { recursive: true, force: true });
});

function open(options: Partial<DatabaseOptions> = {}): SqlDatabase {
  const database = openDatabase({ name: 'shop', kind: 'sqlite', url: join(folder, 'shop.db'), ...options });
  opened.push(database);
  return database;
}

test('a connection that nobody needs is closed, down to those that are kept', async () => {
  const database = open({ pool: { idleMs: 30, min: 1 } });
  await database.warmUp();
  const leases = await Promise.all([database.lease(), database.lease(), database.lease()]);
  await Promise.all(leases.map(lease => lease.release()));
  expect(database.statistics()).toMatchObject({ size: 3, idle: 3 });
  await expect.poll(() => database.statistics().size).toBe(1);
  expect(database.statistics()).toMatchObject({ opened: 3, closed: 2, broken: 0 });
});

test('who waits longer than allowed is told how many connections there are', async () => {
  const database = open({ pool: { size: 2, waitMs: 30 } });
  const leases = [await database.lease(), await database.lease()];
  await expect(database.query('SELECT 1')).rejects.toMatchObject({
    code: 'QH_DB_POOL_WAIT',
    database: 'shop',
    message: expect.stringMatching(/^All 2 connections to "shop" were in use for \d+ ms$/),
  });
  expect(database.statistics()).toMatchObject({ waiting: 0, waits: 1 });
  await Promise.all(leases.map(lease => lease.release()));
  await database.query('SELECT 1');
});

test('what the test has left ends the wait for a connection and for a statement', async () => {
  let leftMs = 60_000;
  const database = open({ pool: { size: 1 }, remainingMs: () => leftMs });
  const lease = await database.lease();
  leftMs = 20;
  await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'QH_DB_POOL_WAIT' });
  leftMs = 0;
  await expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'QH_DB_TIMEOUT' });
  await expect(lease.query('SELECT 1')).rejects.toMatchObject({
    code: 'QH_DB_TIMEOUT',
    message: 'There was no time left for select on "shop"',
  });
  await lease.release();
});

test('a database in memory has one connection, whatever was asked for', async () => {
  const database = open({ url: ':memory:', pool: { size: 8 } });
  await database.query('CREATE TABLE things (id INTEGER)');
  await Promise.all(Array.from({ length: 10 }, (_, id) => database.query('INSERT INTO things VALUES (?)', [id])));
  expect((await database.query('SELECT count(*) AS n FROM things')).rows).toEqual([{ n: 10 }]);
  expect(database.statistics().size).toBe(1);
});

test('close turns those away who wait, and drops what is not given back in time', async () => {
  const database = open({ pool: { size: 1 } });
  await database.lease();
  const waiting = expect(database.query('SELECT 1')).rejects.toMatchObject({ code: 'QH_DB_CLOSED' });
  await database.close();
  await waiting;
  expect(database.statistics().size).toBe(0);
});

test('a file that cannot be opened is told with its path', async () => {
  const database = open({ url: join(folder, 'no', 'such', 'folder.db') });
  await expect(database.query('SELECT 1')).rejects.toMatchObject({
    code: 'QH_DB_UNREACHABLE',
    message: expect.stringContaining(join(folder, 'no', 'such', 'folder.db')),
  });
  await expect(database.warmUp()).rejects.toMatchObject({ code: 'QH_DB_UNREACHABLE' });
});

test.skipIf(postgresUrl === undefined)(
  'connections that are kept are made again by themselves after they broke (needs QH_POSTGRES_URL)',
  async () => {
    const url = postgresUrl ?? '';
    const { hostname, port } = new URL(url);
    await using proxy = await startTcpProxy({ host: hostname, port: Number(port) });
    const database = open({ kind: 'postgres', url: proxy.url(url), pool: { min: 3 } });
    await database.warmUp();
    expect(database.statistics()).toMatchObject({ size: 3, idle: 3, opened: 3 });
    await proxy.refuse();
    proxy.reset();
    await expect.poll(() => database.statistics().size).toBe(0);
    await proxy.normal();
    await expect.poll(() => database.statistics().idle, { timeout: 5_000 }).toBe(3);
    expect(database.statistics().broken).toBe(3);
  },
);
