/** The tables of leases in the SQLite file, and every statement on them. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

/**
 * A lease and a place in the queue are alike: `number` is the token of the one and the turn of the other. `lease_names` has a
 * row for each claim, so that a step reads what concerns it, however long the table is.
 */
const TABLES = `
  CREATE TABLE IF NOT EXISTS lease_entries (
    id TEXT PRIMARY KEY, is_waiter INTEGER NOT NULL, owner_id TEXT NOT NULL, body TEXT NOT NULL, number INTEGER NOT NULL,
    since REAL NOT NULL, expires_at REAL NOT NULL, bell TEXT) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS lease_entries_by_end ON lease_entries (expires_at);
  CREATE INDEX IF NOT EXISTS lease_entries_by_owner ON lease_entries (owner_id, is_waiter);
  CREATE TABLE IF NOT EXISTS lease_names (name TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (name, id)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS lease_names_by_id ON lease_names (id);
  CREATE TABLE IF NOT EXISTS lease_counters (
    only INTEGER PRIMARY KEY CHECK (only = 1), last_token INTEGER NOT NULL, last_turn INTEGER NOT NULL, clock REAL NOT NULL);
  INSERT OR IGNORE INTO lease_counters VALUES (1, 0, 0, 0)`;

const COLUMNS = 'e.id, e.is_waiter, e.body, e.number, e.since, e.expires_at, e.bell';

export interface LeaseStatements {
  readonly begin: StatementSync;
  readonly commit: StatementSync;
  readonly rollback: StatementSync;
  readonly counters: StatementSync;
  readonly count: StatementSync;
  readonly moveBack: StatementSync;
  readonly ended: StatementSync;
  readonly entry: StatementSync;
  readonly onName: StatementSync;
  readonly ofOwner: StatementSync;
  readonly all: StatementSync;
  readonly whoHoldsAndWaits: StatementSync;
  readonly insert: StatementSync;
  readonly insertName: StatementSync;
  readonly grant: StatementSync;
  readonly prolong: StatementSync;
  readonly remove: StatementSync;
  readonly removeNames: StatementSync;
}

export function prepareLeases(database: DatabaseSync): LeaseStatements {
  database.exec(TABLES);
  const { prepare } = { prepare: (sql: string) => database.prepare(sql) };
  return {
    // The write lock at once: two that have read cannot both go on to write.
    begin: prepare('BEGIN IMMEDIATE'),
    commit: prepare('COMMIT'),
    rollback: prepare('ROLLBACK'),
    counters: prepare('SELECT last_token, last_turn, clock FROM lease_counters'),
    count: prepare('UPDATE lease_counters SET last_token = ?, last_turn = ?, clock = ?'),
    moveBack: prepare('UPDATE lease_entries SET since = since - ?, expires_at = expires_at - ?'),
    ended: prepare(`SELECT ${COLUMNS} FROM lease_entries e WHERE e.expires_at <= ?`),
    entry: prepare(`SELECT ${COLUMNS} FROM lease_entries e WHERE e.id = ?`),
    onName: prepare(
      `SELECT ${COLUMNS} FROM lease_names n JOIN lease_entries e ON e.id = n.id WHERE n.name = ? ORDER BY e.number`,
    ),
    ofOwner: prepare(`SELECT ${COLUMNS} FROM lease_entries e WHERE e.owner_id = ? AND e.is_waiter = 0`),
    all: prepare(`SELECT ${COLUMNS} FROM lease_entries e ORDER BY e.number`),
    whoHoldsAndWaits: prepare(
      `SELECT 1 FROM lease_entries l WHERE l.is_waiter = 0
      AND EXISTS (SELECT 1 FROM lease_entries w WHERE w.owner_id = l.owner_id AND w.is_waiter = 1) LIMIT 1`,
    ),
    insert: prepare('INSERT INTO lease_entries VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    insertName: prepare('INSERT INTO lease_names VALUES (?, ?)'),
    grant: prepare(
      'UPDATE lease_entries SET is_waiter = 0, number = ?, since = ?, expires_at = ?, bell = NULL WHERE id = ?',
    ),
    prolong: prepare('UPDATE lease_entries SET expires_at = ?, bell = coalesce(?, bell) WHERE id = ?'),
    remove: prepare('DELETE FROM lease_entries WHERE id = ?'),
    removeNames: prepare('DELETE FROM lease_names WHERE id = ?'),
  };
}
