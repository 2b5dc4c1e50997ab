/** Finds out whether a transaction isolated the test at all: others may write beside it, or it may have been committed. */
import type { HeldTransaction, SqlDatabase } from '../sql-database.ts';

/** What `application_name` says of connections that this package makes, where the address does not say otherwise. */
const OWN_NAME = 'quality-hub';

/**
 * Looks at the server now and once more when the returned function is called; sentences about what a rollback will not undo.
 * Never fails: it is a courtesy.
 */
export async function strangerReport(
  database: SqlDatabase,
  held: HeldTransaction,
): Promise<() => Promise<readonly string[]>> {
  const before = database.dialect === 'sqlite' ? await number(held, 'PRAGMA data_version', 'data_version') : undefined;
  return async () => {
    if (held.over)
      return [
        `The transaction around the test on "${database.name}" was ended by the server: what came after it was refused`,
      ];
    if (database.dialect === 'postgres') return postgresWarnings(database, held);
    if (database.dialect === 'mysql') return mysqlWarnings(database, held);
    // SQLite counts commits of other connections, seen from this one when its own transaction is over.
    return sqliteWarnings(database, held, before);
  };
}

async function postgresWarnings(database: SqlDatabase, held: HeldTransaction): Promise<readonly string[]> {
  const others = await number(
    held,
    `SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
     AND pid <> pg_backend_pid() AND application_name <> '${OWN_NAME}'`,
    'n',
  );
  return outsiders(database.name, others);
}

async function mysqlWarnings(database: SqlDatabase, held: HeldTransaction): Promise<readonly string[]> {
  const open = await number(held, 'SELECT @@in_transaction AS n', 'n');
  const { size } = database.statistics();
  const all = await number(held, 'SELECT count(*) AS n FROM information_schema.processlist WHERE db = DATABASE()', 'n');
  return [
    ...(open === 0
      ? [
          `A statement has committed the transaction around the test on "${database.name}" (DDL does): what was written stays`,
        ]
      : []),
    ...outsiders(database.name, all === undefined ? undefined : all - size),
  ];
}

async function sqliteWarnings(
  database: SqlDatabase,
  held: HeldTransaction,
  before: number | undefined,
): Promise<readonly string[]> {
  const after = await number(held, 'PRAGMA data_version', 'data_version');
  if (before === undefined || after === undefined || before === after) return [];
  return [`Another connection has written to "${database.name}" while the test ran: a rollback does not undo that`];
}

function outsiders(name: string, count: number | undefined): readonly string[] {
  if (count === undefined || count <= 0) return [];
  const are = count === 1 ? '1 other connection is' : `${count} other connections are`;
  return [
    `${are} open to "${name}": what they write is not undone, and they do not see what the test writes. The strategy "transaction" fits only code that runs through the connection of the test; use "template" or "truncate" for others`,
  ];
}

async function number(held: HeldTransaction, sql: string, column: string): Promise<number | undefined> {
  try {
    const { rows } = await held.query(sql);
    return Number(rows[0]?.[column]);
  } catch {
    return undefined;
  }
}
