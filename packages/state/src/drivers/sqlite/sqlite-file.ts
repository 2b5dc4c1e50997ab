/** The file of the SQLite driver: opens it, makes its table, and turns what SQLite says into sentences. */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { sqliteFileTrouble } from '@quality-hub/protocol';
import { StateError, type StateErrorCode } from '../../errors.ts';
import { type LeaseStatements, prepareLeases } from './lease-statements.ts';

/** How long SQLite waits by itself, with the whole process: a neighbour's write takes far less. */
const BUSY_MS = 5;
const PAGE_BYTES = 4_096;

const ALIVE = '(expires_at IS NULL OR expires_at > ';

export interface StateStatements {
  readonly get: StatementSync;
  readonly set: StatementSync;
  readonly setIf: StatementSync;
  readonly remove: StatementSync;
  readonly list: StatementSync;
  readonly sweep: StatementSync;
}

export interface StateFile {
  readonly isOpen: boolean;
  readonly statements: StateStatements;
  /** Made with the first lease: most processes use none. */
  readonly leases: LeaseStatements;
  close(): void;
}

/** Throws what Node and SQLite throw; {@link stateErrorOf} says it in words. */
export function openStateFile(path: string, maxBytes: number): StateFile {
  const sqlite = process.getBuiltinModule?.('node:sqlite');
  if (!sqlite) {
    throw new StateError(
      'QH_STATE_UNSUPPORTED',
      `Node ${process.versions.node} has no node:sqlite, so ${path} cannot be shared`,
      "Use Node 22.19 or newer, or state: { kind: 'memory' }",
    );
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // SQLite gives its log files the mode of the file itself.
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
  const database = new sqlite.DatabaseSync(path, { timeout: BUSY_MS });
  try {
    prepareFile(database, maxBytes);
    const statements = prepareStatements(database);
    let leases: LeaseStatements | undefined;
    return {
      statements,
      get leases() {
        leases ??= prepareLeases(database);
        return leases;
      },
      get isOpen() {
        return database.isOpen;
      },
      close: () => {
        if (database.isOpen) database.close();
      },
    };
  } catch (error) {
    database.close();
    throw error;
  }
}

function prepareFile(database: DatabaseSync, maxBytes: number): void {
  const mode = database.prepare('PRAGMA journal_mode').get()?.journal_mode;
  if (mode !== 'wal') database.exec('PRAGMA journal_mode = WAL');
  database.exec(
    `PRAGMA synchronous = NORMAL; PRAGMA cache_size = -512; PRAGMA max_page_count = ${Math.ceil(maxBytes / PAGE_BYTES)};
    PRAGMA journal_size_limit = 1048576`,
  );
  // A version is the number of its row: AUTOINCREMENT never gives one twice, not even after a deletion.
  database.exec(
    `CREATE TABLE IF NOT EXISTS entries
      (version INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, value TEXT NOT NULL, expires_at REAL);
    CREATE INDEX IF NOT EXISTS entries_by_end ON entries (expires_at) WHERE expires_at IS NOT NULL`,
  );
}

function prepareStatements(database: DatabaseSync): StateStatements {
  return {
    get: database.prepare(`SELECT value, version FROM entries WHERE key = ? AND ${ALIVE} ?)`),
    set: database.prepare('INSERT OR REPLACE INTO entries (key, value, expires_at) VALUES (?, ?, ?) RETURNING version'),
    setIf: database.prepare(
      `INSERT OR REPLACE INTO entries (key, value, expires_at) SELECT ?, ?, ?
      WHERE coalesce((SELECT version FROM entries WHERE key = ? AND ${ALIVE} ?)), 0) = ? RETURNING version`,
    ),
    remove: database.prepare(`DELETE FROM entries WHERE key = ? AND ${ALIVE} ?) AND version = coalesce(?, version)`),
    list: database.prepare(
      `SELECT key, value, version FROM entries WHERE key >= ? AND key < ? AND ${ALIVE} ?) ORDER BY key`,
    ),
    sweep: database.prepare('DELETE FROM entries WHERE expires_at <= ?'),
  };
}

/** What SQLite or the file system said, as one sentence with a remedy. */
export function stateErrorOf(path: string, error: unknown, waitedMs: number): StateError {
  const said = error instanceof Error ? error.message : String(error);
  const make = (code: StateErrorCode, message: string, hint: string) => new StateError(code, message, hint, error);
  switch (sqliteFileTrouble(error)) {
    case 'busy':
      return make(
        'QH_STATE_BUSY',
        `Another program holds ${path}: no access within ${waitedMs / 1000} s`,
        'Close the program that has the file open',
      );
    case 'damaged':
      return make(
        'QH_STATE_CORRUPT',
        `${path} is damaged or no database (${said})`,
        'Delete it while no run is on: it holds only what running workers share',
      );
    case 'full':
      return make(
        'QH_STATE_FULL',
        `${path} is full (${said})`,
        'Make room on the disk, or give entries a shorter lifetime',
      );
    case 'no-access':
      return make(
        'QH_STATE_OPEN',
        `Cannot open ${path} (${said})`,
        'Give write access to it, or name another folder in QUALITY_HUB_DIR',
      );
    case 'other':
      return make('QH_STATE', `${path} cannot be used (${said})`, 'Delete it while no run is on, and try again');
  }
}
