/** The shop's database on `node:sqlite`. One connection; transactions queue for it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LOCK_WAIT_MS, type Queries, type Snapshot, type SqlValue, type TroubledDatabase } from './port.ts';
import { createQueue } from './queue.ts';

export function openSqlite(path: string): TroubledDatabase {
  const connection = connect(path);
  const direct = queriesOn(connection);
  const queue = createQueue();
  return {
    dialect: 'sqlite',
    all: (sql, values) => queue.run(() => direct.all(sql, values)),
    get: (sql, values) => queue.run(() => direct.get(sql, values)),
    run: (sql, values) => queue.run(() => direct.run(sql, values)),
    transaction: work => queue.run(() => inTransaction(connection, direct, work)),
    lock: () => queue.run(async () => lockFrom(connect(path))),
    slowQuery: durationMs => queue.run(() => countFor(connection, durationMs)),
    snapshot: () => queue.run(async () => copyOf(connection)),
    close: () => queue.run(async () => connection.close()),
  };
}

function connect(path: string): DatabaseSync {
  const connection = new DatabaseSync(path, { timeout: LOCK_WAIT_MS });
  try {
    // A rollback journal, not WAL: there a lock stops readers too, which is what the lock switch is for.
    connection.exec('PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON');
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function queriesOn(connection: DatabaseSync): Queries {
  return {
    all: async <Row>(sql: string, values: readonly SqlValue[] = []) => connection.prepare(sql).all(...values) as Row[],
    get: async <Row>(sql: string, values: readonly SqlValue[] = []) =>
      connection.prepare(sql).get(...values) as Row | undefined,
    run: async (sql, values = []) => Number(connection.prepare(sql).run(...values).changes),
  };
}

async function inTransaction<T>(connection: DatabaseSync, tx: Queries, work: (tx: Queries) => Promise<T>): Promise<T> {
  connection.exec('BEGIN IMMEDIATE');
  try {
    const result = await work(tx);
    connection.exec('COMMIT');
    return result;
  } catch (error) {
    if (connection.isTransaction) connection.exec('ROLLBACK');
    throw error;
  }
}

function lockFrom(second: DatabaseSync): () => Promise<void> {
  try {
    second.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    second.close();
    throw error;
  }
  return async () => {
    second.exec('ROLLBACK');
    second.close();
  };
}

async function countFor(connection: DatabaseSync, durationMs: number): Promise<void> {
  const count = connection.prepare(
    'WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 50000) SELECT sum(x) FROM n',
  );
  const until = performance.now() + durationMs;
  while (performance.now() < until) {
    count.get();
    await nextTurn();
  }
}

function copyOf(connection: DatabaseSync): Snapshot {
  const folder = mkdtempSync(join(tmpdir(), 'shop-snapshot-'));
  const path = join(folder, 'copy.db');
  connection.prepare('VACUUM INTO ?').run(path);
  const copy = new DatabaseSync(path, { readOnly: true });
  const { all, get } = queriesOn(copy);
  return {
    all,
    get,
    async close() {
      copy.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
