/** One request's view of the database, with the troubles that are switched on for it. */
import type { Database, Queries, Snapshot, SqlValue, TroubledDatabase } from '../database/port.ts';

export interface DatabaseTroubles {
  /** A query of this length before the first one. */
  readonly slowQueryMs?: number | undefined;
  /** Every insert is sent twice. */
  readonly insertsTwice?: boolean | undefined;
  /** Reads outside a transaction come from here. */
  readonly reads?: Snapshot | undefined;
}

export function troubledView(database: TroubledDatabase, troubles: DatabaseTroubles): Database {
  let slowed: Promise<void> | undefined;
  const slow = () => {
    slowed ??= troubles.slowQueryMs ? database.slowQuery(troubles.slowQueryMs) : Promise.resolve();
    return slowed;
  };
  // Asked at each read: the troubles are found one by one, after this view is made.
  const reads = () => troubles.reads ?? database;
  const isDoubled = (sql: string) => troubles.insertsTwice === true && /^insert into/i.test(sql);
  const runOn = async (queries: Queries, sql: string, values?: readonly SqlValue[]) => {
    // The second insert must be a plain one: "on conflict" would swallow what we are after.
    if (isDoubled(sql)) await queries.run(sql, values);
    return queries.run(isDoubled(sql) ? sql.replace(/\son conflict.*$/is, '') : sql, values);
  };
  return {
    dialect: database.dialect,
    async all(sql, values) {
      await slow();
      return reads().all(sql, values);
    },
    async get(sql, values) {
      await slow();
      return reads().get(sql, values);
    },
    async run(sql, values) {
      await slow();
      if (isDoubled(sql)) return database.transaction(tx => runOn(tx, sql, values));
      return database.run(sql, values);
    },
    async transaction(work) {
      await slow();
      return database.transaction(tx =>
        work({ all: tx.all, get: tx.get, run: (sql, values) => runOn(tx, sql, values) }),
      );
    },
    close: () => database.close(),
  };
}
