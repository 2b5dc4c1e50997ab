/** Finds out whether a transaction isolated the test at all: others may write beside it, or it may have been committed. */
import type { HeldTransaction, SqlDatabase } from '../sql-database.ts';

/** What `application_name` says of connections that this package makes, where the address does not say otherwise. */
const OWN_NAME = 'quality-hub';
const OTHERS_OF_POSTGRES = `SELECT count(*) AS n FROM pg_stat_activity
  WHERE datname = current_database() AND backend_type = 'client backend'
  AND pid <> pg_backend_pid() AND application_name <> '${OWN_NAME}'`;

/** Others come and go slowly; a look costs as much as the rollback. */
const LOOK_AGAIN_MS = 1_000;

/** Watches one database for all tests of a worker. Never fails: it is a courtesy. */
export class StrangerWatch {
  readonly #database: SqlDatabase;
  readonly #now: () => number;
  #lookedMs = Number.NEGATIVE_INFINITY;
  #outsiders: readonly string[] = [];

  constructor(database: SqlDatabase, now: () => number = () => performance.now()) {
    this.#database = database;
    this.#now = now;
  }

  /** Looks now, and once more when the returned function is called: sentences about what a rollback will not undo. */
  async begin(held: HeldTransaction): Promise<() => Promise<readonly string[]>> {
    const { dialect, name } = this.#database;
    const before = dialect === 'sqlite' ? await number(held, 'PRAGMA data_version', 'data_version') : undefined;
    return async () => {
      if (held.over)
        return [`The transaction around the test on "${name}" was ended by the server: what came after it was refused`];
      if (dialect === 'sqlite') return sqliteWarnings(this.#database, held, before);
      const committed = dialect === 'mysql' ? await committedWarnings(name, held) : [];
      return [...committed, ...(await this.#lookForOthers(held))];
    };
  }

  async #lookForOthers(held: HeldTransaction): Promise<readonly string[]> {
    if (this.#now() - this.#lookedMs < LOOK_AGAIN_MS) return this.#outsiders;
    this.#lookedMs = this.#now();
    const { dialect, name } = this.#database;
    const count =
      dialect === 'postgres' ? await number(held, OTHERS_OF_POSTGRES, 'n') : await this.#othersOfMysql(held);
    this.#outsiders = outsiders(name, count);
    return this.#outsiders;
  }

  /** There a connection does not say who made it: all but those of our pool. */
  async #othersOfMysql(held: HeldTransaction): Promise<number | undefined> {
    const { size } = this.#database.statistics();
    const all = await number(
      held,
      'SELECT count(*) AS n FROM information_schema.processlist WHERE db = DATABASE()',
      'n',
    );
    return all === undefined ? undefined : all - size;
  }
}

async function committedWarnings(name: string, held: HeldTransaction): Promise<readonly string[]> {
  const open = await number(held, 'SELECT @@in_transaction AS n', 'n');
  if (open !== 0) return [];
  return [`A statement has committed the transaction around the test on "${name}" (DDL does): what was written stays`];
}

/** SQLite counts the commits of other connections. */
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
