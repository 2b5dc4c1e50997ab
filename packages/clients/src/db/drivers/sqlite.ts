/** SQLite through `node:sqlite`, which is loaded with the first connection. Statements run in this thread. */
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { UnsupportedError } from '@quality-hub/protocol';
import type { Connection, ConnectOptions, Driver, RawResult } from '../driver.ts';
import type { AddressSource } from '../options.ts';
import { inNumberRange } from '../rows/numbers.ts';
import type { ServerLimits } from '../statement/limits.ts';
import { sqliteTrouble } from './sqlite-trouble.ts';

/** Waits between two looks at a lock, as SQLite's own busy handler has them; but the thread is free meanwhile. */
const LOCK_LOOKS_MS = [1, 2, 5, 10, 15, 20, 25];
/** A long answer lets others run, and hears of a cancellation, this often. */
const SLICE_MS = 10;
const ROWS_BETWEEN_LOOKS = 256;
const INSERTS = /^\s*(?:insert|replace)\b/i;

export function sqliteDriver(source: AddressSource, server: string): Driver {
  return {
    dialect: 'sqlite',
    server,
    maxSize: server === ':memory:' ? 1 : 1_000,
    connect: options => connectSqlite(source, options),
    setLimits: (connection, limits) => {
      (connection as SqliteConnection).limits = limits;
      return undefined;
    },
    // A transaction that reads first and writes later would fail where another one wrote in between; this one waits for its turn.
    begin: () => ['BEGIN IMMEDIATE'],
    explain: sql => `EXPLAIN QUERY PLAN ${sql}`,
    troubleOf: sqliteTrouble,
  };
}

async function connectSqlite(source: AddressSource, { limits, signal }: ConnectOptions): Promise<Connection> {
  const path = await source();
  const { DatabaseSync } = await import('node:sqlite').catch(cause => {
    throw new UnsupportedError(`Node ${process.version} has no SQLite (${cause.message})`, 'Use Node 22.19 or newer');
  });
  signal?.throwIfAborted();
  // Waits for locks are ours: SQLite's own would stop the whole thread.
  return new SqliteConnection(new DatabaseSync(path, { timeout: 0, enableForeignKeyConstraints: true }), limits);
}

class SqliteConnection implements Connection {
  readonly id = 0;
  limits: ServerLimits;
  readonly #database: DatabaseSync;
  #cancelled = false;
  #running = false;

  constructor(database: DatabaseSync, limits: ServerLimits) {
    this.#database = database;
    this.limits = limits;
  }

  get broken(): Error | undefined {
    return this.#database.isOpen ? undefined : new Error('The database file was closed');
  }

  async run(sql: string, params: readonly unknown[]): Promise<RawResult> {
    this.#cancelled = false;
    this.#running = true;
    try {
      const values = params.map(sent);
      let left = sql;
      for (;;) {
        const statement = await this.#whenFree(() => this.#database.prepare(left));
        // `prepare` takes the first statement and drops the others without a word.
        const rest = restBehind(left, statement.sourceSQL);
        if (rest !== '' && values.length > 0)
          throw badStatement('Several statements cannot share parameters: run them one by one');
        const result = await this.#whenFree(() => this.#runStatement(statement, values));
        if (rest === '') return result;
        left = left.slice(statement.sourceSQL.length);
      }
    } finally {
      this.#running = false;
    }
  }

  /** Heard between two rows, and while it waits for a lock; a statement that SQLite is busy with cannot be ended. */
  async cancel(): Promise<void> {
    if (this.#running) this.#cancelled = true;
  }

  ref(): void {}

  unref(): void {}

  async end(): Promise<void> {
    this.destroy();
  }

  destroy(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  /** Again and again while another connection holds the lock, as long as the limit allows. */
  async #whenFree<T>(work: () => T | Promise<T>): Promise<T> {
    const startedMs = performance.now();
    for (let look = 0; ; look++) {
      try {
        return await work();
      } catch (error) {
        const { trouble } = sqliteTrouble(error);
        if (trouble !== 'locked' || performance.now() - startedMs >= this.limits.lockMs) throw error;
      }
      await sleep(LOCK_LOOKS_MS[Math.min(look, LOCK_LOOKS_MS.length - 1)]);
      this.#stopIfCancelled();
    }
  }

  async #runStatement(statement: StatementSync, params: SQLInputValue[]): Promise<RawResult> {
    if (statement.columns().length === 0) {
      statement.setReadBigInts(true);
      const { changes, lastInsertRowid } = statement.run(...params);
      // It stays what it was when something else than an insert ran.
      const inserted = INSERTS.test(statement.sourceSQL) ? { insertId: inNumberRange(BigInt(lastInsertRowid)) } : {};
      return { rows: [], rowCount: Number(changes), ...inserted };
    }
    statement.setReadBigInts(true);
    const rows: Record<string, unknown>[] = [];
    let sliceEndMs = performance.now() + SLICE_MS;
    for (const row of statement.iterate(...params)) {
      rows.push(plain(row));
      if (rows.length % ROWS_BETWEEN_LOOKS !== 0 || performance.now() < sliceEndMs) continue;
      await nextTurn();
      this.#stopIfCancelled();
      sliceEndMs = performance.now() + SLICE_MS;
    }
    return { rows, rowCount: rows.length };
  }

  #stopIfCancelled(): void {
    if (!this.#cancelled) return;
    throw Object.assign(new Error('The statement was cancelled'), { code: 'QH_SQLITE_CANCELLED' });
  }
}

function plain(row: Record<string, unknown>): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const name in row) {
    const value = row[name];
    copy[name] =
      typeof value === 'bigint' ? inNumberRange(value) : value instanceof Uint8Array ? Buffer.from(value) : value;
  }
  return copy;
}

/** SQLite knows numbers, texts and bytes. */
function sent(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) return JSON.stringify(value);
  return value as SQLInputValue;
}

/** What stands behind the first statement, without comments and semicolons. */
function restBehind(sql: string, first: string): string {
  return sql
    .slice(first.length)
    .replace(/--[^\n]*|\/\*[\s\S]*?\*\/|;/g, '')
    .trim();
}

function badStatement(message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_INVALID_ARG_VALUE' });
}
