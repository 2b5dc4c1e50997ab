/** Empties every table, and lets keys be counted from the beginning again. */
import { IsolationError } from '../errors.ts';
import { writerFor } from '../sql.ts';
import type { DatabaseLease, SqlDatabase } from '../sql-database.ts';
import { deletionOrder, type Reference } from './table-order.ts';

export interface TruncateOptions {
  /** Tables that stay as they are: those of the migrations, lists of countries. */
  readonly keep?: readonly string[];
}

/** @throws {IsolationError} where a kept table refers to one that would be emptied (`QH_DB_ISOLATION`). */
export async function truncateAll(database: SqlDatabase, { keep = [] }: TruncateOptions = {}): Promise<void> {
  const lease = await database.lease();
  try {
    const { tables, references } = await READERS[database.dialect](lease);
    const kept = new Set(keep);
    const emptied = tables.filter(table => !kept.has(table));
    refuseDangling(database.name, references, { kept, emptied: new Set(emptied) });
    if (emptied.length > 0) await EMPTIERS[database.dialect](lease, deletionOrder(emptied, references));
  } finally {
    await lease.release();
  }
}

interface Structure {
  readonly tables: readonly string[];
  readonly references: readonly Reference[];
}

function refuseDangling(
  database: string,
  references: readonly Reference[],
  { kept, emptied }: { kept: ReadonlySet<string>; emptied: ReadonlySet<string> },
): void {
  const dangling = references.filter(({ from, to }) => kept.has(from) && emptied.has(to));
  if (dangling.length === 0) return;
  const words = dangling.map(({ from, to }) => `"${from}" refers to "${to}"`).join(', ');
  throw new IsolationError(
    `"${database}" cannot keep tables that refer to emptied ones: ${words}`,
    'Keep the tables they refer to as well, or keep neither',
  );
}

const READERS: Readonly<Record<SqlDatabase['dialect'], (lease: DatabaseLease) => Promise<Structure>>> = {
  postgres: async lease => ({
    tables: await names(
      lease,
      'SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1',
    ),
    references: await references(
      lease,
      `SELECT child.relname AS child, parent.relname AS parent FROM pg_constraint
       JOIN pg_class child ON child.oid = conrelid JOIN pg_class parent ON parent.oid = confrelid
       WHERE contype = 'f' AND connamespace = current_schema()::regnamespace`,
    ),
  }),
  mysql: async lease => ({
    tables: await names(
      lease,
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY 1",
    ),
    references: await references(
      lease,
      'SELECT table_name AS child, referenced_table_name AS parent FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE()',
    ),
  }),
  sqlite: async lease => ({
    tables: await names(
      lease,
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1",
    ),
    references: await references(
      lease,
      `SELECT DISTINCT child.name AS child, key."table" AS parent
       FROM sqlite_schema child JOIN pragma_foreign_key_list(child.name) key WHERE child.type = 'table'`,
    ),
  }),
};

const EMPTIERS: Readonly<
  Record<SqlDatabase['dialect'], (lease: DatabaseLease, tables: readonly string[]) => Promise<void>>
> = {
  /** One statement takes them all, whatever refers to what. */
  async postgres(lease, tables) {
    const { quote } = writerFor('postgres');
    await lease.query(`TRUNCATE ${tables.map(quote).join(', ')} RESTART IDENTITY`);
  },
  /** TRUNCATE counts keys from the beginning; it is refused where a foreign key leads to the table, empty or not. */
  async mysql(lease, tables) {
    const { quote } = writerFor('mysql');
    await lease.query('SET SESSION foreign_key_checks = 0');
    try {
      for (const table of tables) await lease.query(`TRUNCATE TABLE ${quote(table)}`);
    } finally {
      await lease.query('SET SESSION foreign_key_checks = 1');
    }
  },
  async sqlite(lease, tables) {
    const { quote } = writerFor('sqlite');
    await lease.query('BEGIN IMMEDIATE');
    try {
      // For tables that refer to each other in a circle: looked at when the transaction ends.
      await lease.query('PRAGMA defer_foreign_keys = ON');
      for (const table of tables) await lease.query(`DELETE FROM ${quote(table)}`);
      const counted = await names(lease, "SELECT name FROM sqlite_schema WHERE name = 'sqlite_sequence'");
      if (counted.length > 0)
        await lease.query(`DELETE FROM sqlite_sequence WHERE name IN (${tables.map(() => '?').join(', ')})`, tables);
      await lease.query('COMMIT');
    } catch (error) {
      await lease.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  },
};

async function names(lease: DatabaseLease, sql: string): Promise<readonly string[]> {
  const { rows } = await lease.query<{ name: string }>(sql);
  return rows.map(({ name }) => name);
}

async function references(lease: DatabaseLease, sql: string): Promise<readonly Reference[]> {
  const { rows } = await lease.query<{ child: string; parent: string }>(sql);
  return rows.map(({ child, parent }) => ({ from: child, to: parent }));
}
