/** Tables of PostgreSQL: every value as the server's own text, which it reads back exactly. */
import type { Queryable, Transaction } from '@quality-hub/protocol';
import type { Json } from '../../../ledger/ledger.ts';
import { batchesOf, LONG, nextPageRows, type SnapshotDialect, textRow } from './dialect.ts';
import { fillingOrder, lateReferences, type Table } from './tables.ts';

const BATCH_ROWS = 1_000;

/** Tables of the current schema; of a partitioned table the whole, not its partitions. */
const OWN_TABLES = `t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p') AND NOT t.relispartition`;

interface Sequence {
  readonly name: string;
  /** What the next row gets. */
  readonly next: string;
}

export const postgresDialect: SnapshotDialect = {
  isolation: 'repeatable read',

  async tables(database) {
    const { rows: columns } = await database.query<{ t: string; name: string; type: string; nullable: boolean }>(
      `SELECT t.relname AS t, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable
       FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid
       WHERE ${OWN_TABLES} AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY t.relname, a.attnum`,
    );
    const { rows: keys } = await database.query<{ t: string; name: string }>(
      `SELECT t.relname AS t, a.attname AS name FROM pg_class t
       JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
       JOIN LATERAL unnest(i.indkey::smallint[]) WITH ORDINALITY AS k(attnum, place) ON true
       JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
       WHERE ${OWN_TABLES} ORDER BY t.relname, k.place`,
    );
    const { rows: references } = await database.query<{ t: string; name: string; to: string }>(
      `SELECT t.relname AS t, c.conname AS name, p.relname AS to FROM pg_class t
       JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype = 'f' AND c.conparentid = 0
       JOIN pg_class p ON p.oid = c.confrelid WHERE ${OWN_TABLES} ORDER BY t.relname, c.conname`,
    );
    const { rows: tables } = await database.query<{ name: string }>(
      `SELECT t.relname AS name FROM pg_class t WHERE ${OWN_TABLES} ORDER BY t.relname`,
    );
    return tables.map(({ name }) => ({
      name,
      columns: columns.filter(({ t }) => t === name).map(({ name, type, nullable }) => ({ name, type, nullable })),
      key: keys.filter(({ t }) => t === name).map(key => key.name),
      references: references.filter(({ t }) => t === name).map(({ name, to }) => ({ name, to })),
    }));
  },

  refusals: async () => [],

  async prepare(transaction) {
    // They end with the transaction.
    await transaction.query(
      "SET LOCAL timezone = 'UTC'; SET LOCAL datestyle = 'ISO'; SET LOCAL intervalstyle = 'postgres'; SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL lc_monetary = 'C'",
    );
    return async () => undefined;
  },

  async *rows(transaction, table) {
    const columns = table.columns.map(({ name }, index) => `${quoted(name)}::text AS c${index}`);
    const order = table.key.length > 0 ? ` ORDER BY ${table.key.map(quoted).join(', ')}` : '';
    await transaction.query(
      `DECLARE qh_rows NO SCROLL CURSOR FOR SELECT ${['1 AS one', ...columns].join(', ')} FROM ${quoted(table.name)}${order}`,
      [],
      LONG,
    );
    for (let limit = nextPageRows([]); ; ) {
      const { rows } = await transaction.query(`FETCH ${limit} FROM qh_rows`, [], LONG);
      if (rows.length === 0) break;
      const page = rows.map(row => textRow(row, table.columns.length));
      yield page;
      limit = nextPageRows(page);
    }
    await transaction.query('CLOSE qh_rows');
  },

  async counters(database, tables) {
    const { rows } = await database.query<{ name: string; increment: string }>(
      `SELECT s.relname AS name, seqincrement::text AS increment FROM pg_class s JOIN pg_sequence ON seqrelid = s.oid
       JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
       JOIN pg_class t ON t.oid = d.refobjid
       WHERE ${OWN_TABLES} AND t.relname = ANY($1) ORDER BY 1`,
      [tables.map(({ name }) => name)],
    );
    const counters: Record<string, string> = {};
    for (const { name, increment } of rows) {
      const { rows: next } = await database.query<{ next: string }>(
        `SELECT (last_value + CASE WHEN is_called THEN ${increment} ELSE 0 END)::text AS next FROM ${quoted(name)}`,
      );
      counters[name] = String(next[0]?.next);
    }
    return counters;
  },

  load: (database, { tables, counters }) =>
    database.transaction(async transaction => {
      const undo = await postgresDialect.prepare(transaction);
      const order = fillingOrder(tables) as typeof tables;
      const late = await madeDeferred(transaction, lateReferences(order));
      const triggers = await withoutTriggers(transaction, tables);
      const all = tables.map(({ name }) => quoted(name)).join(', ');
      if (tables.length > 0) await transaction.query(`TRUNCATE ${all}`, [], LONG);
      for (const table of order)
        for await (const batch of batchesOf(table.rows(), BATCH_ROWS))
          await transaction.query(insertOf(table), [JSON.stringify(batch)], LONG);
      // Undone where the transaction is, as `setval` would not be.
      for (const { name, next } of sequencesOf(counters))
        await transaction.query(`ALTER SEQUENCE ${quoted(name)} RESTART WITH ${next}`);
      await transaction.query('SET CONSTRAINTS ALL IMMEDIATE', [], LONG);
      await late();
      await triggers();
      await undo();
    }, LONG),
};

/** All rows of a batch in one parameter: there may be 65,535 of those, and any number of rows. */
function insertOf({ name, columns }: Table): string {
  if (columns.length === 0) return `INSERT INTO ${quoted(name)} SELECT FROM json_array_elements($1::json)`;
  const values = columns.map(({ type }, index) => `(r ->> ${index})::${type}`).join(', ');
  const into = columns.map(column => quoted(column.name)).join(', ');
  return `INSERT INTO ${quoted(name)} (${into}) OVERRIDING SYSTEM VALUE SELECT ${values} FROM json_array_elements($1::json) r`;
}

function sequencesOf(counters: Json): readonly Sequence[] {
  return Object.entries(counters as Record<string, string>).map(([name, next]) => {
    if (!/^-?\d+$/.test(next)) throw new TypeError(`The sequence ${name} was saved as ${next}`);
    return { name, next };
  });
}

/** Foreign keys of a circle are looked at when all rows are there. DDL is part of the transaction: a kill undoes it. */
async function madeDeferred(
  transaction: Transaction,
  late: readonly { readonly table: string; readonly key: string }[],
): Promise<() => Promise<void>> {
  const keys: typeof late = (
    await Promise.all(late.map(async each => ((await isDeferrable(transaction, each)) ? [] : [each])))
  ).flat();
  const alter = ({ table, key }: (typeof late)[number], how: string) =>
    transaction.query(`ALTER TABLE ${quoted(table)} ALTER CONSTRAINT ${quoted(key)} ${how}`);
  for (const each of keys) await alter(each, 'DEFERRABLE INITIALLY DEFERRED');
  await transaction.query('SET CONSTRAINTS ALL DEFERRED');
  return async () => {
    for (const each of keys) await alter(each, 'NOT DEFERRABLE');
  };
}

async function isDeferrable(
  transaction: Queryable,
  { table, key }: { readonly table: string; readonly key: string },
): Promise<boolean> {
  const { rows } = await transaction.query<{ yes: boolean }>(
    'SELECT condeferrable AS yes FROM pg_constraint WHERE conrelid = $1::regclass AND conname = $2',
    [quoted(table), key],
  );
  return rows[0]?.yes === true;
}

/** Triggers of the application would act on each row once more. */
async function withoutTriggers(transaction: Transaction, tables: readonly Table[]): Promise<() => Promise<void>> {
  const { rows } = await transaction.query<{ t: string; name: string; how: string }>(
    `SELECT t.relname AS t, g.tgname AS name, g.tgenabled AS how FROM pg_trigger g JOIN pg_class t ON t.oid = g.tgrelid
     WHERE ${OWN_TABLES} AND NOT g.tgisinternal AND g.tgenabled <> 'D' AND t.relname = ANY($1)`,
    [tables.map(({ name }) => name)],
  );
  const words: Readonly<Record<string, string>> = { O: 'ENABLE', A: 'ENABLE ALWAYS', R: 'ENABLE REPLICA' };
  for (const { t, name } of rows) await transaction.query(`ALTER TABLE ${quoted(t)} DISABLE TRIGGER ${quoted(name)}`);
  return async () => {
    for (const { t, name, how } of rows)
      await transaction.query(`ALTER TABLE ${quoted(t)} ${words[how]} TRIGGER ${quoted(name)}`);
  };
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
