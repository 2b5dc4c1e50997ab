/** Tables of SQLite: types are names without force there, and checks stand in the text that made the table. */
import type { Column, ColumnType, ReadTables } from './table.ts';
import { tablesFrom } from './table.ts';

interface ColumnRow {
  readonly name: string;
  readonly type: string;
  readonly notnull: number;
  readonly dflt_value: string | null;
  readonly pk: number;
  readonly hidden: number;
}

export const readSqlite: ReadTables = async database => {
  const { rows: tables } = await database.query<{ name: string; sql: string }>(
    `SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
  );
  const pieces = await Promise.all(
    tables.map(async ({ name, sql }) => {
      const { rows: columns } = await database.query<ColumnRow>('SELECT * FROM pragma_table_xinfo(?)', [name]);
      const { rows: references } = await database.query<{
        id: number;
        seq: number;
        table: string;
        from: string;
        to: string | null;
      }>('SELECT id, seq, "table", "from", "to" FROM pragma_foreign_key_list(?) ORDER BY id, seq', [name]);
      const { rows: uniques } = await database.query<{ name: string; col: string }>(
        `SELECT l.name, i.name AS col FROM pragma_index_list(?) l, pragma_index_info(l.name) i
         WHERE l."unique" = 1 AND l.origin <> 'pk' AND l.partial = 0 ORDER BY l.name, i.seqno`,
        [name],
      );
      return { name, sql, columns, references, uniques };
    }),
  );
  const keyOf = (table: string): readonly string[] =>
    (pieces.find(({ name }) => name.toLowerCase() === table.toLowerCase())?.columns ?? [])
      .filter(({ pk }) => pk > 0)
      .sort((a, b) => a.pk - b.pk)
      .map(({ name }) => name);
  return tablesFrom({
    tables: tables.map(({ name }) => name),
    columns: pieces.flatMap(({ name: table, columns, sql }) =>
      columns.map(row => ({ table, ...columnFrom(row, isCounter(row, columns, sql)) })),
    ),
    constraints: pieces.flatMap(({ name: table, references, uniques, sql }) => [
      { table, kind: 'key' as const, columns: keyOf(table) },
      ...groupBy(uniques, row => row.name).map(rows => ({
        table,
        kind: 'unique' as const,
        columns: rows.map(({ col }) => col),
      })),
      ...groupBy(references, row => String(row.id)).map(rows => {
        const target = rows[0]?.table ?? '';
        const targets = rows.flatMap(({ to }) => to ?? []);
        return {
          table,
          kind: 'reference' as const,
          columns: rows.map(({ from }) => from),
          // The names of tables have no case.
          target: tables.find(({ name }) => name.toLowerCase() === target.toLowerCase())?.name ?? target,
          targets: targets.length > 0 ? targets : keyOf(target),
        };
      }),
      ...checksIn(sql).map(text => ({ table, kind: 'check' as const, columns: [], text })),
    ]),
  });
};

/** The one integer of a key counts by itself. */
function isCounter({ pk, type }: ColumnRow, columns: readonly ColumnRow[], sql: string): boolean {
  const isOnly = columns.filter(column => column.pk > 0).length === 1;
  return pk > 0 && isOnly && type.toUpperCase() === 'INTEGER' && !/\bWITHOUT\s+ROWID\b/i.test(sql);
}

function columnFrom({ name, type, notnull, dflt_value: preset, hidden, pk }: ColumnRow, isCounter: boolean): Column {
  const isGenerated = isCounter || hidden >= 2;
  const [, length] = /\(\s*(\d+)/.exec(type) ?? [];
  const meant = typeOf(type);
  return {
    name,
    told: type,
    type: meant,
    nullable: notnull === 0 && pk === 0,
    hasDefault: isGenerated || preset !== null,
    isGenerated,
    ...(meant === 'text' && length !== undefined ? { length: Number(length) } : {}),
    ...(meant === 'integer' ? { min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER } : {}),
  };
}

/** By the rules of affinity, after the names that people use. @see https://sqlite.org/datatype3.html#determination_of_column_affinity */
function typeOf(told: string): ColumnType {
  const type = told.toUpperCase();
  if (/BOOL/.test(type)) return 'boolean';
  if (/UUID/.test(type)) return 'uuid';
  if (/JSON/.test(type)) return 'json';
  if (/DATETIME|TIMESTAMP/.test(type)) return 'timestamp';
  if (/^DATE/.test(type)) return 'date';
  if (/^TIME/.test(type)) return 'time';
  if (/INT/.test(type)) return 'integer';
  if (/CHAR|CLOB|TEXT/.test(type)) return 'text';
  if (/BLOB/.test(type)) return 'binary';
  if (/REAL|FLOA|DOUB/.test(type)) return 'float';
  return /DEC|NUM/.test(type) ? 'decimal' : 'unknown';
}

/** What stands in the parentheses behind each `CHECK`, outside of texts and comments. */
export function checksIn(sql: string): readonly string[] {
  const checks: string[] = [];
  const plain = sql.replace(/--[^\n]*|\/\*[^]*?\*\//g, ' ');
  const outside = plain.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"/g, quoted => 'x'.repeat(quoted.length));
  for (const { index, 0: word } of outside.matchAll(/\bCHECK\s*\(/gi)) {
    const start = index + word.length;
    let depth = 1;
    let end = start;
    while (end < outside.length && depth > 0) {
      if (outside[end] === '(') depth++;
      if (outside[end] === ')') depth--;
      end++;
    }
    checks.push(plain.slice(start, end - 1).trim());
  }
  return checks;
}

function groupBy<T>(rows: readonly T[], key: (row: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const row of rows) groups.set(key(row), [...(groups.get(key(row)) ?? []), row]);
  return [...groups.values()];
}
