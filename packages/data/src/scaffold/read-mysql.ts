/** Tables of MySQL and MariaDB. */
import { largestOf } from './read-postgres.ts';
import type { Column, ColumnType, ReadTables } from './table.ts';
import { tablesFrom } from './table.ts';

const TYPES: Readonly<Record<string, ColumnType>> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  bigint: 'integer',
  year: 'integer',
  decimal: 'decimal',
  float: 'float',
  double: 'float',
  char: 'text',
  varchar: 'text',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  enum: 'text',
  date: 'date',
  datetime: 'timestamp',
  timestamp: 'timestamp',
  time: 'time',
  uuid: 'uuid',
  json: 'json',
  binary: 'binary',
  varbinary: 'binary',
  blob: 'binary',
  tinyblob: 'binary',
  mediumblob: 'binary',
  longblob: 'binary',
};

/** Bits of the types. */
const BITS: Readonly<Record<string, number>> = { tinyint: 8, smallint: 16, mediumint: 24, int: 32, bigint: 53 };

interface ColumnRow {
  readonly t: string;
  readonly name: string;
  readonly type: string;
  readonly told: string;
  readonly nullable: string;
  readonly preset: string | null;
  readonly extra: string;
  readonly length: number | string | null;
  readonly digits: number | string | null;
  readonly scale: number | string | null;
}

export const readMysql: ReadTables = async database => {
  const { rows: tables } = await database.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = database() AND table_type = 'BASE TABLE' ORDER BY table_name`,
  );
  const { rows: columns } = await database.query<ColumnRow>(
    `SELECT table_name AS t, column_name AS name, data_type AS type, column_type AS told, is_nullable AS nullable,
       column_default AS preset, extra, character_maximum_length AS length, numeric_precision AS digits, numeric_scale AS scale
     FROM information_schema.columns WHERE table_schema = database() ORDER BY table_name, ordinal_position`,
  );
  const { rows: keys } = await database.query<{
    t: string;
    name: string;
    kind: string;
    col: string;
    target: string | null;
    target_col: string | null;
  }>(
    `SELECT k.table_name AS t, k.constraint_name AS name, c.constraint_type AS kind, k.column_name AS col,
       k.referenced_table_name AS target, k.referenced_column_name AS target_col
     FROM information_schema.key_column_usage k JOIN information_schema.table_constraints c
       ON c.constraint_schema = k.constraint_schema AND c.table_name = k.table_name AND c.constraint_name = k.constraint_name
     WHERE k.table_schema = database() ORDER BY k.table_name, k.constraint_name, k.ordinal_position`,
  );
  const grouped = new Map<string, (typeof keys)[number][]>();
  for (const row of keys) grouped.set(`${row.t}\n${row.name}`, [...(grouped.get(`${row.t}\n${row.name}`) ?? []), row]);
  const checks = await readChecks(database);
  const json = new Set(checks.flatMap(({ table, text }) => jsonColumn(table, text) ?? []));
  return tablesFrom({
    tables: tables.map(({ name }) => name),
    columns: columns.map(row => {
      const column = columnFrom(row);
      // MariaDB has no type for JSON: a check makes a text one.
      const isJson = json.has(`${row.t}\n${row.name}`);
      return { table: row.t, ...column, ...(isJson ? { type: 'json' as const } : {}) };
    }),
    constraints: [
      ...[...grouped.values()].flatMap(rows => {
        const [first] = rows;
        const kind = KINDS[first?.kind ?? ''];
        if (first === undefined || kind === undefined) return [];
        return {
          table: first.t,
          kind,
          columns: rows.map(({ col }) => col),
          ...(first.target === null ? {} : { target: first.target }),
          targets: rows.flatMap(({ target_col: target }) => target ?? []),
        };
      }),
      ...checks.filter(({ table, text }) => jsonColumn(table, text) === undefined),
    ],
  });
};

const KINDS: Readonly<Record<string, 'key' | 'unique' | 'reference'>> = {
  'PRIMARY KEY': 'key',
  UNIQUE: 'unique',
  'FOREIGN KEY': 'reference',
};

/** MariaDB names the table of a check itself, MySQL has it elsewhere. */
async function readChecks(database: Parameters<ReadTables>[0]) {
  const { rows } = await database.query<{ readonly v: string }>('SELECT version() AS v');
  const isMaria = /mariadb/i.test(rows[0]?.v ?? '');
  const own = isMaria
    ? `SELECT table_name AS t, check_clause AS text FROM information_schema.check_constraints WHERE constraint_schema = database()`
    : `SELECT c.table_name AS t, k.check_clause AS text FROM information_schema.check_constraints k
       JOIN information_schema.table_constraints c USING (constraint_schema, constraint_name) WHERE constraint_schema = database()`;
  const { rows: found } = await database.query<{ t: string; text: string }>(`${own} ORDER BY t, text`);
  return found.map(({ t, text }) => ({ table: t, kind: 'check' as const, columns: [], text }));
}

function jsonColumn(table: string, text: string): string | undefined {
  const [, column] = /^\(*json_valid\(`([^`]+)`\)\)*$/i.exec(text) ?? [];
  return column === undefined ? undefined : `${table}\n${column}`;
}

function columnFrom({ name, type, told, nullable, preset, extra, length, digits, scale }: ColumnRow): Column {
  const generated = /auto_increment|generated/i.test(extra) && !/default_generated/i.test(extra);
  const plain = {
    name,
    told,
    nullable: nullable === 'YES',
    hasDefault: generated || (preset !== null && preset !== 'NULL'),
    isGenerated: generated,
  };
  if (told === 'tinyint(1)') return { ...plain, type: 'boolean' };
  if (type === 'enum') return { ...plain, type: 'text', values: enumValues(told) };
  const bits = BITS[type];
  const unsigned = /unsigned/.test(told);
  const largest = bits === undefined ? undefined : 2 ** (unsigned || bits === 53 ? bits : bits - 1) - 1;
  const isDecimal = type === 'decimal' && digits !== null && scale !== null;
  const whole = isDecimal ? largestOf(Number(digits) - Number(scale)) : undefined;
  return {
    ...plain,
    type: TYPES[type] ?? 'unknown',
    ...(length === null || TYPES[type] === undefined ? {} : { length: Number(length) }),
    ...(largest === undefined ? {} : { min: unsigned ? 0 : -largest, max: largest }),
    ...(type === 'year' ? { min: 1901, max: 2155 } : {}),
    ...(whole === undefined ? {} : { scale: Number(scale), min: unsigned ? 0 : -whole, max: whole }),
  };
}

function enumValues(told: string): readonly string[] {
  return [...told.matchAll(/'((?:[^']|'')*)'/g)].map(([, value = '']) => value.replaceAll("''", "'"));
}
