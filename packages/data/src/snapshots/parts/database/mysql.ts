/** Tables of MySQL and MariaDB: values as texts in UTC, bytes as hex digits. */
import type { Transaction } from '@quality-hub/protocol';
import { batchesOf, LONG, pagesByPosition, type SnapshotDialect } from './dialect.ts';
import { fillingOrder, type Table } from './tables.ts';

const MOST_PARAMETERS = 20_000;
const BYTES = /^(?:var)?binary|blob$|^bit|^geometry|point|linestring|polygon|^geomcollection|^geometrycollection/;

const SETTINGS = {
  time_zone: "'+00:00'",
  // A key of 0 is a value, and days that were taken once are taken again.
  sql_mode: "'NO_AUTO_VALUE_ON_ZERO'",
  foreign_key_checks: '0',
} as const;

export const mysqlDialect: SnapshotDialect = {
  isolation: 'repeatable read',

  async tables(database) {
    const { rows: tables } = await database.query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY 1",
    );
    const { rows: columns } = await database.query<{ t: string; name: string; type: string; nullable: string }>(
      `SELECT table_name AS t, column_name AS name, column_type AS type, is_nullable AS nullable
       FROM information_schema.columns WHERE table_schema = DATABASE() AND COALESCE(generation_expression, '') = ''
       ORDER BY table_name, ordinal_position`,
    );
    const { rows: keys } = await database.query<{ t: string; name: string }>(
      `SELECT table_name AS t, column_name AS name FROM information_schema.key_column_usage
       WHERE table_schema = DATABASE() AND constraint_name = 'PRIMARY' ORDER BY table_name, ordinal_position`,
    );
    const { rows: references } = await database.query<{ t: string; name: string; to: string }>(
      `SELECT table_name AS t, constraint_name AS name, referenced_table_name AS \`to\`
       FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE() ORDER BY 1, 2`,
    );
    return tables.map(({ name }) => ({
      name,
      columns: columns
        .filter(({ t }) => t === name)
        .map(({ name, type, nullable }) => ({ name, type, nullable: nullable === 'YES' })),
      key: keys.filter(({ t }) => t === name).map(key => key.name),
      references: references.filter(({ t }) => t === name).map(({ name, to }) => ({ name, to })),
    }));
  },

  async refusals(database, tables) {
    const { rows } = await database.query<{ t: string; name: string }>(
      'SELECT event_object_table AS t, trigger_name AS name FROM information_schema.triggers WHERE trigger_schema = DATABASE() ORDER BY 1, 2',
    );
    const { rows: engines } = await database.query<{ t: string; engine: string }>(
      "SELECT table_name AS t, engine AS engine FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND engine <> 'InnoDB' ORDER BY 1",
    );
    const chosen = new Set(tables.map(({ name }) => name));
    return [
      ...rows
        .filter(({ t }) => chosen.has(t))
        .map(
          ({ t, name }) =>
            `the trigger ${name} of ${t} would act on every row that comes back, and MySQL cannot switch it off`,
        ),
      ...engines
        .filter(({ t }) => chosen.has(t))
        .map(
          ({ t, engine }) =>
            `${t} is of the engine ${engine}, which has no transactions: a restore that is killed would leave half of it`,
        ),
    ];
  },

  async prepare(transaction) {
    const names = Object.keys(SETTINGS);
    const { rows } = await transaction.query(`SELECT ${names.map(name => `@@SESSION.${name} AS ${name}`).join(', ')}`);
    const set = (values: readonly string[]) =>
      transaction.query(`SET ${names.map((name, index) => `SESSION ${name} = ${values[index]}`).join(', ')}`);
    await set(Object.values(SETTINGS));
    const before = rows[0] ?? {};
    return async () => {
      await set(names.map(name => (name === 'foreign_key_checks' ? String(before[name]) : `'${before[name]}'`)));
    };
  },

  async *rows(transaction, { name, columns, key }) {
    const texts = columns.map((column, index) => `${readingOf(column)} AS c${index}`).join(', ');
    // Without a key all columns together are the order: rows that are equal in all of them may change places.
    const order = (key.length > 0 ? key : columns.map(column => column.name)).map(quoted).join(', ');
    const select = `SELECT ${texts} FROM ${quoted(name)} ORDER BY ${order}`;
    yield* pagesByPosition(transaction, select, columns.length);
  },

  async counters(database, tables) {
    const counters: Record<string, string> = {};
    for (const { name } of tables) {
      // The tables of the schema tell what was counted a day ago.
      const { rows } = await database.query(`SHOW CREATE TABLE ${quoted(name)}`);
      const next = /^\).*?\bAUTO_INCREMENT=(\d+)/m.exec(String(rows[0]?.['Create Table']))?.[1];
      if (next !== undefined) counters[name] = next;
    }
    return counters;
  },

  async load(database, { tables, counters }) {
    await database.transaction(async transaction => {
      const undo = await mysqlDialect.prepare(transaction);
      try {
        for (const { name } of tables) await transaction.query(`DELETE FROM ${quoted(name)}`, [], LONG);
        for (const table of fillingOrder(tables) as typeof tables) {
          const most = Math.max(1, Math.floor(MOST_PARAMETERS / table.columns.length));
          for await (const batch of batchesOf(table.rows(), most))
            await transaction.query(insertOf(table, batch.length), batch.flat(), LONG);
        }
        await refuseLostParents(transaction, tables);
      } finally {
        await undo();
      }
    }, LONG);
    // A statement like this commits whatever is open. Where it is not reached keys go on from where they were.
    for (const [name, next] of Object.entries(counters as Readonly<Record<string, string>>))
      await database.query(`ALTER TABLE ${quoted(name)} AUTO_INCREMENT = ${BigInt(next)}`);
  },
};

function readingOf({ name, type }: Table['columns'][number]): string {
  if (BYTES.test(baseOf(type))) return `HEX(${quoted(name)})`;
  // Six digits are all that a FLOAT shows of itself.
  if (baseOf(type) === 'float') return `CAST(CAST(${quoted(name)} AS DOUBLE) AS CHAR)`;
  return `CAST(${quoted(name)} AS CHAR)`;
}

function insertOf({ name, columns }: Table, rows: number): string {
  const row = `(${columns.map(({ type }) => (BYTES.test(baseOf(type)) ? 'UNHEX(?)' : '?')).join(', ')})`;
  const into = columns.map(column => quoted(column.name)).join(', ');
  return `INSERT INTO ${quoted(name)} (${into}) VALUES ${Array(rows).fill(row).join(', ')}`;
}

function baseOf(type: string): string {
  return type.toLowerCase().replace(/[ (].*$/, '');
}

/** Switched off, foreign keys are not looked at later either: rows of other tables may have been the parents. */
async function refuseLostParents(transaction: Transaction, tables: readonly Table[]): Promise<void> {
  const { rows } = await transaction.query<Readonly<Record<'name' | 't' | 'c' | 'pt' | 'pc', string>>>(
    `SELECT constraint_name AS name, table_name AS t, column_name AS c, referenced_table_name AS pt, referenced_column_name AS pc
     FROM information_schema.key_column_usage WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL
     ORDER BY table_name, constraint_name, ordinal_position`,
  );
  const inside = new Set(tables.map(({ name }) => name));
  const outward = rows.filter(({ t, pt }) => inside.has(t) && !inside.has(pt));
  for (const [, columns] of Map.groupBy(outward, ({ t, name }) => `${t} ${name}`)) {
    const [{ t, pt }] = columns as [(typeof columns)[number]];
    const { rows: lost } = await transaction.query(
      `SELECT 1 AS one FROM ${quoted(t)} child WHERE ${columns.map(({ c }) => `child.${quoted(c)} IS NOT NULL`).join(' AND ')}
       AND NOT EXISTS (SELECT 1 FROM ${quoted(pt)} parent WHERE ${columns.map(({ c, pc }) => `parent.${quoted(pc)} = child.${quoted(c)}`).join(' AND ')}) LIMIT 1`,
      [],
      LONG,
    );
    if (lost.length > 0) throw new Error(`Rows of ${t} refer to rows of ${pt} that are not there any more`);
  }
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
