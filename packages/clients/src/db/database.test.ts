/** What is told of queries, what a policy is asked, and what the drivers' traps are. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CallOptions, Policy } from '@quality-hub/resilience';
import { startTcpProxy } from '@quality-hub/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createDatabase, mariadbUrl, postgresUrl } from '../testing/database-servers.ts';
import { openDatabase } from './open-database.ts';
import type { DatabaseOptions } from './options.ts';
import type { QueryRecord } from './record.ts';
import type { SqlDatabase } from './sql-database.ts';

let folder: string;
let records: QueryRecord[];
const opened: SqlDatabase[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qh-database-'));
  records = [];
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map(database => database.close()));
  rmSync(folder, { recursive: true, force: true });
});

function open(options: Partial<DatabaseOptions> = {}): SqlDatabase {
  const database = openDatabase({
    name: 'shop',
    kind: 'sqlite',
    url: join(folder, 'shop.db'),
    observe: record => records.push(record),
    ...options,
  });
  opened.push(database);
  return database;
}

describe('records', () => {
  test('a statement is told with its facts, and its plan on demand', async () => {
    const db = open();
    await db.query('CREATE TABLE users (id INTEGER PRIMARY KEY, password TEXT)');
    await db.query('INSERT INTO users (id, password) VALUES (?, ?)', [1, 'correct horse']);
    await db.query("SELECT * FROM users WHERE id = ? AND 'a' = 'a'", [1]);
    const [created, inserted, selected] = records;
    expect(inserted).toMatchObject({
      database: 'shop',
      dialect: 'sqlite',
      server: join(folder, 'shop.db'),
      operation: 'insert users',
      params: ['1', '[masked]'],
      outcome: 'ok',
      attempts: 1,
      rowCount: 1,
      inTransaction: false,
      slow: false,
    });
    expect(selected?.sql).toBe("SELECT * FROM users WHERE id = ? AND '?' = '?'");
    expect(await selected?.plan?.()).toContain('SEARCH users USING INTEGER PRIMARY KEY');
    expect(created?.plan).toBeUndefined();
    expect(Date.parse(inserted?.startedAt ?? '')).toBeGreaterThan(Date.now() - 60_000);
  });

  test('failures, aborts and slow statements are told as such', async () => {
    const db = open({ slowMs: 0, mask: { text: text => text.replaceAll('absent', '[masked]') } });
    await expect(db.query('SELECT * FROM absent')).rejects.toMatchObject({ code: 'QH_DB_STATEMENT' });
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(db.query('SELECT 1', [], { signal })).rejects.toThrow('enough');
    expect(records.map(({ outcome, errorCode, slow }) => ({ outcome, errorCode, slow }))).toEqual([
      { outcome: 'failed', errorCode: 'QH_DB_STATEMENT', slow: true },
      { outcome: 'aborted', errorCode: undefined, slow: true },
    ]);
    expect(records[0]?.message).toBe('"shop" failed on select [masked]: no such table: [masked]');
  });

  test('a transaction is told, and each statement in it', async () => {
    const db = open();
    await db.transaction(async tx => {
      await tx.query('CREATE TABLE things (id INTEGER)');
      await tx.query('INSERT INTO things VALUES (1)');
    });
    expect(records.map(({ operation, inTransaction }) => [operation, inTransaction])).toEqual([
      ['create things', true],
      ['insert things', true],
      ['transaction', false],
    ]);
  });

  test('who listens and throws breaks nothing', async () => {
    const db = open({
      observe: () => {
        throw new Error('a listener');
      },
    });
    expect((await db.query('SELECT 1 AS n')).rows).toEqual([{ n: 1 }]);
  });
});

describe('a policy', () => {
  /** Tries up to three times, as a policy with retries would, and keeps what it was asked. */
  function threeTimes(asked: CallOptions[]): Policy {
    return {
      name: 'three',
      async execute(work, options = {}) {
        asked.push(options);
        for (let attempt = 1; ; attempt++) {
          try {
            return await work({ signal: options.signal ?? new AbortController().signal, attempt });
          } catch (error) {
            if (attempt === 3) throw error;
          }
        }
      },
    };
  }

  test('is told what is done, on which server, how long it may take and whether it may be repeated', async () => {
    const asked: CallOptions[] = [];
    const db = open({ policy: threeTimes(asked), remainingMs: () => 1_234 });
    await db.query('CREATE TABLE things (id INTEGER)');
    await db.query('SELECT * FROM things');
    await db.transaction(tx => tx.query('DELETE FROM things'));
    expect(
      asked.map(({ doing, idempotent, target, deadlineMs }) => ({ doing, idempotent, target, deadlineMs })),
    ).toEqual([
      { doing: 'create things', idempotent: false, target: db.server, deadlineMs: 1_234 },
      { doing: 'select things', idempotent: true, target: db.server, deadlineMs: 1_234 },
      { doing: 'transaction', idempotent: false, target: db.server, deadlineMs: 1_234 },
    ]);
  });

  test('retries alone: our own are not multiplied with its', async () => {
    const db = open({ url: join(folder, 'no', 'folder.db'), policy: threeTimes([]) });
    await expect(db.query('SELECT 1')).rejects.toMatchObject({ code: 'QH_DB_UNREACHABLE' });
    expect(records).toMatchObject([{ attempts: 3, outcome: 'failed' }]);
  });

  test('that refuses is told in the record', async () => {
    const refusing: Policy = {
      name: 'refusing',
      execute: async (_work, { onEvent } = {}) => {
        onEvent?.({ type: 'refused', by: 'breaker' });
        throw new Error('the breaker is open');
      },
    };
    await expect(open({ policy: refusing }).query('SELECT 1')).rejects.toThrow('the breaker is open');
    expect(records).toMatchObject([{ refusedBy: 'breaker', outcome: 'failed' }]);
  });
});

describe('traps of SQLite', () => {
  test('several statements run all, and cannot share parameters', async () => {
    const db = open();
    await db.query("CREATE TABLE things (name TEXT); INSERT INTO things VALUES ('a;b'); -- the end;");
    expect((await db.query('SELECT name FROM things; ')).rows).toEqual([{ name: 'a;b' }]);
    await expect(db.query('DELETE FROM things WHERE name = ?; SELECT 1', ['x'])).rejects.toMatchObject({
      code: 'QH_DB_STATEMENT',
    });
  });

  test('booleans, dates, objects and bytes can be given', async () => {
    const db = open();
    const values = [true, new Date(0), { a: 1 }, Buffer.from('ab'), null];
    const { rows } = await db.query('SELECT ? AS flag, ? AS at, ? AS data, ? AS raw, ? AS empty', values);
    expect(rows).toEqual([
      { flag: 1, at: '1970-01-01T00:00:00.000Z', data: '{"a":1}', raw: Buffer.from('ab'), empty: null },
    ]);
  });

  test('a long read lets others run, and hears of an abort between two rows', async () => {
    const db = open();
    const stop = new AbortController();
    let ticks = 0;
    const timer = setInterval(() => {
      if (++ticks === 3) stop.abort(new Error('enough'));
    }, 1);
    const many = 'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 50000000) SELECT x FROM n';
    await expect(db.query(many, [], { signal: stop.signal })).rejects.toThrow('enough');
    clearInterval(timer);
    expect((await db.query('SELECT 1 AS n')).rows).toEqual([{ n: 1 }]);
  });

  test('a wait for a lock of another connection does not stop the thread, and hears of an abort', async () => {
    const [db, other] = [open(), open()];
    await db.query('CREATE TABLE things (id INTEGER)');
    const stop = new AbortController();
    await other.transaction(async tx => {
      await tx.query('INSERT INTO things VALUES (1)');
      setTimeout(() => stop.abort(new Error('enough')), 20);
      await expect(db.query('INSERT INTO things VALUES (2)', [], { signal: stop.signal })).rejects.toThrow('enough');
    });
    expect((await db.query('SELECT id FROM things')).rows).toEqual([{ id: 1 }]);
  });
});

describe.skipIf(postgresUrl === undefined)('traps of PostgreSQL (needs QH_POSTGRES_URL)', () => {
  const pg = (options: Partial<DatabaseOptions> = {}): SqlDatabase =>
    open({ kind: 'postgres', url: postgresUrl ?? '', ...options });

  test('days and instants are not moved by the time zone of this machine', async () => {
    const before = process.env['TZ'];
    process.env['TZ'] = 'America/New_York';
    try {
      const { rows } = await pg().query(
        "SELECT date '2026-03-01' AS day, timestamp '2026-03-01 23:30:00' AS plain, timestamptz '2026-03-01 23:30:00Z' AS zoned, $1::timestamp AS given, 'infinity'::timestamp AS ever",
        [new Date('2026-03-01T23:30:00Z')],
      );
      const instant = new Date('2026-03-01T23:30:00Z');
      expect(rows).toEqual([{ day: '2026-03-01', plain: instant, zoned: instant, given: instant, ever: 'infinity' }]);
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });

  test('a transaction whose failed statement was swallowed is not reported as committed', async () => {
    const failed = pg().transaction(async tx => {
      await tx.query('SELECT * FROM nothing').catch(() => undefined);
    });
    await expect(failed).rejects.toMatchObject({ code: 'QH_DB_TRANSACTION_OVER' });
  });

  test('the value of a conflict is in the message, masked', async () => {
    const db = pg({ mask: { text: text => text.replaceAll('s3cret', '[masked]') } });
    const lease = await db.lease();
    await lease.query('CREATE TEMPORARY TABLE tokens (token TEXT PRIMARY KEY)');
    await lease.query("INSERT INTO tokens VALUES ('s3cret')");
    await expect(lease.query("INSERT INTO tokens VALUES ('s3cret')")).rejects.toThrow(
      /Key \(token\)=\(\[masked\]\) already exists/,
    );
    await lease.query('DROP TABLE tokens');
    await lease.release();
  });

  test('wrong credentials are told as such, without the password', async () => {
    const url = new URL(postgresUrl ?? '');
    url.pathname = '/no_database_of_this_name';
    url.password = 'p4ssword-of-ann';
    const error = await pg({ url: url.href })
      .query('SELECT 1')
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'QH_DB_CREDENTIALS', serverCode: '3D000' });
    expect(String(error)).not.toContain('p4ssword');
  });

  test('a session that is ended on the server is dropped, and the pool goes on', async () => {
    const [db, other] = [pg({ pool: { size: 1 } }), pg()];
    const lease = await db.lease();
    await other.query('SELECT pg_terminate_backend($1)', [lease.connectionId]);
    await expect(lease.query('SELECT 1')).rejects.toMatchObject({ code: 'QH_DB_BROKEN' });
    await lease.release();
    expect((await db.query('SELECT 1 AS n')).rows).toEqual([{ n: 1 }]);
    expect(db.statistics()).toMatchObject({ broken: 1, opened: 2 });
  });

  test('an abort ends the making of a connection', async () => {
    const url = postgresUrl ?? '';
    const { hostname, port } = new URL(url);
    await using proxy = await startTcpProxy({ host: hostname, port: Number(port) });
    proxy.freeze();
    const db = pg({ url: proxy.url(url) });
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(db.query('SELECT 1', [], { signal: stop.signal })).rejects.toThrow('enough');
    expect(db.statistics()).toMatchObject({ size: 0, opened: 0, waiting: 0 });
    // One that nobody aborts ends by itself.
    await expect(
      pg({ url: proxy.url(url), connectTimeoutMs: 100, retries: 0 }).query('SELECT 1'),
    ).rejects.toMatchObject({
      code: 'QH_DB_UNREACHABLE',
    });
  });

  test('an address from a function is asked for with each connection', async () => {
    let asked = 0;
    const db = pg({
      url: async () => {
        asked++;
        return postgresUrl ?? '';
      },
    });
    const leases = await Promise.all([db.lease(), db.lease()]);
    await Promise.all(leases.map(lease => lease.release()));
    expect(asked).toBe(2);
  });

  test('health is degraded when the answer is late, and down when there is none', async () => {
    const url = postgresUrl ?? '';
    const { hostname, port } = new URL(url);
    await using proxy = await startTcpProxy({ host: hostname, port: Number(port) });
    const db = pg({ url: proxy.url(url), pool: { checkAfterMs: 60_000 } });
    await db.query('SELECT 1');
    proxy.slow({ latencyMs: 300 });
    expect(await db.health()).toMatchObject({ state: 'degraded', detail: expect.stringMatching(/^It took \d+ ms/) });
    proxy.freeze();
    expect(await db.health()).toMatchObject({ state: 'down', detail: 'No answer within 3000 ms' });
    await expect(db.health(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

describe.skipIf(mariadbUrl === undefined)('traps of MariaDB (needs QH_MARIADB_URL)', () => {
  test('an object given as a parameter stays one value, and a number fits into LIMIT', async () => {
    const place = await createDatabase('mysql');
    try {
      const db = open({ kind: 'mysql', url: place.url });
      await db.query('CREATE TABLE things (id INTEGER PRIMARY KEY AUTO_INCREMENT, name TEXT, at DATETIME, day DATE)');
      const { insertId } = await db.query('INSERT INTO things (name, at, day) VALUES (?, ?, ?)', [
        { name: 1 },
        new Date('2026-03-01T23:30:00Z'),
        '2026-03-01',
      ]);
      expect(insertId).toBe(1);
      const { rows } = await db.query('SELECT * FROM things LIMIT ? OFFSET ?', [1, 0]);
      expect(rows.map(row => ({ ...row }))).toEqual([
        { id: 1, name: '{"name":1}', at: new Date('2026-03-01T23:30:00Z'), day: '2026-03-01' },
      ]);
      await db.close();
    } finally {
      await place.drop();
    }
  });

  test('the time for making a connection holds for all of it, not for the handshake alone', async () => {
    const url = mariadbUrl ?? '';
    const { hostname, port } = new URL(url);
    await using proxy = await startTcpProxy({ host: hostname, port: Number(port) });
    // The handshake takes three times that, and the two questions behind it twice that each.
    proxy.slow({ latencyMs: 150 });
    const db = open({ kind: 'mysql', url: proxy.url(url), connectTimeoutMs: 600, retries: 0 });
    const startedMs = performance.now();
    await expect(db.query('SELECT 1')).rejects.toMatchObject({ code: 'QH_DB_UNREACHABLE' });
    expect(performance.now() - startedMs).toBeGreaterThan(500);
    expect(db.statistics()).toMatchObject({ size: 0, opened: 0 });
    await proxy.normal();
    expect((await db.query('SELECT 1 AS n')).rowCount).toBe(1);
  });

  test('an abort ends the making of a connection', async () => {
    const url = mariadbUrl ?? '';
    const { hostname, port } = new URL(url);
    await using proxy = await startTcpProxy({ host: hostname, port: Number(port) });
    const db = open({ kind: 'mysql', url: proxy.url(url) });
    for (const latencyMs of [100, 40]) {
      proxy.slow({ latencyMs });
      const stop = new AbortController();
      setTimeout(() => stop.abort(new Error('enough')), 150);
      await expect(db.query('SELECT 1', [], { signal: stop.signal })).rejects.toThrow('enough');
    }
    await expect.poll(() => proxy.counts().open).toBe(0);
  });

  test('a session that is killed on the server is dropped, and the pool goes on', async () => {
    const [db, other] = [
      open({ kind: 'mysql', url: mariadbUrl ?? '', pool: { size: 1 } }),
      open({ kind: 'mysql', url: mariadbUrl ?? '' }),
    ];
    const lease = await db.lease();
    await other.query(`KILL ${lease.connectionId}`);
    await expect(lease.query('SELECT 1')).rejects.toMatchObject({ code: 'QH_DB_BROKEN' });
    await lease.release();
    expect((await db.query('SELECT 1 AS n')).rowCount).toBe(1);
  });

  test('wrong credentials are told as such', async () => {
    const url = new URL(mariadbUrl ?? '');
    url.username = 'nobody_of_this_name';
    url.password = 'p4ssword-of-ann';
    const error = await open({ kind: 'mysql', url: url.href })
      .query('SELECT 1')
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'QH_DB_CREDENTIALS' });
    expect(String(error)).not.toContain('p4ssword');
  });
});
