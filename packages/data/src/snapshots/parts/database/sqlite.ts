/** Tables of SQLite. There a value has a type, not a column: each text begins with a letter that says which. */
import type { Queryable, Transaction } from '@quality-hub/protocol';
import { batchesOf, LONG, pagesByPosition, type SnapshotDialect } from './dialect.ts';
import { fillingOrder, type Table } from './tables.ts';

const MOST_PARAMETERS = 10_000;
const MOST_ROWS = 200;

export const sqliteDialect: SnapshotDialect = {
  lettered: true,

  async tables(database) {
    const { rows } = await database.query<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1",
    );
    return Promise.all(rows.map(({ name }) => readTable(database, name)));
  },

  async refusals(database, tables) {
    const { rows } = await database.query<{ name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL%' ORDER BY 1",
    );
    const chosen = new Set(tables.map(({ name }) => name));
    return rows
      .filter(({ name }) => chosen.has(name))
      .map(({ name }) => `${name} is a virtual table, whose rows are in tables of its own making`);
  },

  prepare: async () => async () => undefined,

  async *rows(transaction, { name, columns, key }) {
    const texts = columns.map((column, index) => `${readingOf(quoted(column.name))} AS c${index}`).join(', ');
    const order = (key.length > 0 ? key : columns.map(column => column.name)).map(quoted).join(', ');
    const select = `SELECT ${texts} FROM ${quoted(name)} ORDER BY ${order}`;
    yield* pagesByPosition(transaction, select, columns.length);
  },

  async counters(database, tables) {
    if (!(await hasSequences(database))) return {};
    const chosen = new Set(tables.map(({ name }) => name));
    const { rows } = await database.query<{ name: string; seq: number | string }>(
      'SELECT name, seq FROM sqlite_sequence ORDER BY 1',
    );
    return Object.fromEntries(rows.filter(({ name }) => chosen.has(name)).map(({ name, seq }) => [name, String(seq)]));
  },

  load: (database, { tables, counters }) =>
    database.transaction(async transaction => {
      await transaction.query('PRAGMA defer_foreign_keys = ON');
      const triggers = await withoutTriggers(transaction, tables);
      const order = fillingOrder(tables) as typeof tables;
      for (const { name } of order.toReversed()) await transaction.query(`DELETE FROM ${quoted(name)}`, [], LONG);
      for (const table of order) {
        const most = Math.min(MOST_ROWS, Math.max(1, Math.floor(MOST_PARAMETERS / table.columns.length)));
        for await (const batch of batchesOf(table.rows(), most))
          await transaction.query(insertOf(table, batch.length), batch.flat().map(boundValue), LONG);
      }
      if (await hasSequences(transaction)) {
        for (const { name } of tables) await transaction.query('DELETE FROM sqlite_sequence WHERE name = ?', [name]);
        for (const [name, seq] of Object.entries(counters as Readonly<Record<string, string>>))
          await transaction.query('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)', [name, BigInt(seq)]);
      }
      await triggers();
    }, LONG),
};

async function readTable(database: Queryable, name: string): Promise<Table> {
  const { rows: columns } = await database.query<{ name: string; type: string; notnull: number; pk: number }>(
    'SELECT name, type, "notnull", pk FROM pragma_table_xinfo(?) WHERE hidden = 0 ORDER BY cid',
    [name],
  );
  const { rows: references } = await database.query<{ id: number; to: string }>(
    'SELECT DISTINCT id, "table" AS "to" FROM pragma_foreign_key_list(?) ORDER BY id',
    [name],
  );
  return {
    name,
    columns: columns.map(({ name, type, notnull }) => ({ name, type, nullable: notnull === 0 })),
    key: columns
      .filter(({ pk }) => pk > 0)
      .sort((a, b) => a.pk - b.pk)
      .map(column => column.name),
    references: references.map(({ id, to }) => ({ name: String(id), to })),
  };
}

/** `i` a whole number, `r` a number, `t` a text, `b` bytes as hex digits; `z` a text with zeros, which Node 22 cuts off there. */
function readingOf(column: string): string {
  const hasZero = `instr(CAST(${column} AS BLOB), x'00')`;
  return `CASE typeof(${column}) WHEN 'integer' THEN 'i' || ${column} WHEN 'real' THEN 'r' || printf('%!.17g', ${column})
    WHEN 'text' THEN CASE WHEN ${hasZero} THEN 'z' || hex(${column}) ELSE 't' || ${column} END
    WHEN 'blob' THEN 'b' || hex(${column}) END`;
}

function boundValue(text: string | null): unknown {
  if (text === null) return null;
  const rest = text.slice(1);
  if (text[0] === 'i') return BigInt(rest);
  if (text[0] === 'r') return rest.endsWith('Inf') ? Number(`${rest}inity`) : Number(rest);
  if (text[0] === 'z') return Buffer.from(rest, 'hex').toString('utf8');
  return text[0] === 'b' ? Buffer.from(rest, 'hex') : rest;
}

function insertOf({ name, columns }: Table, rows: number): string {
  const row = `(${columns.map(() => '?').join(', ')})`;
  return `INSERT INTO ${quoted(name)} (${columns.map(column => quoted(column.name)).join(', ')}) VALUES ${Array(rows).fill(row).join(', ')}`;
}

/** Dropped and made again in the transaction: they would act on each row once more. */
async function withoutTriggers(transaction: Transaction, tables: readonly Table[]): Promise<() => Promise<void>> {
  const chosen = new Set(tables.map(({ name }) => name));
  const { rows } = await transaction.query<{ name: string; t: string; sql: string }>(
    "SELECT name, tbl_name AS t, sql FROM sqlite_schema WHERE type = 'trigger' ORDER BY rowid",
  );
  const triggers = rows.filter(({ t }) => chosen.has(t));
  for (const { name } of triggers) await transaction.query(`DROP TRIGGER ${quoted(name)}`);
  return async () => {
    for (const { sql } of triggers) await transaction.query(sql);
  };
}

async function hasSequences(database: Queryable): Promise<boolean> {
  const { rows } = await database.query("SELECT 1 AS one FROM sqlite_schema WHERE name = 'sqlite_sequence'");
  return rows.length > 0;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
