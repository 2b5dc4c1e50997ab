/** Tables of PostgreSQL. */
import type { Column, ColumnType, ReadTables } from './table.ts';
import { names, tablesFrom } from './table.ts';

const OWN = `t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p') AND NOT t.relispartition`;

const TYPES: Readonly<Record<string, ColumnType>> = {
  int2: 'integer',
  int4: 'integer',
  int8: 'integer',
  numeric: 'decimal',
  money: 'unknown',
  float4: 'float',
  float8: 'float',
  bool: 'boolean',
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  citext: 'text',
  name: 'text',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'timestamp',
  time: 'time',
  uuid: 'uuid',
  json: 'json',
  jsonb: 'json',
  bytea: 'binary',
};

/** Largest numbers of the types; those of eight bytes as far as JavaScript counts. */
const LARGEST: Readonly<Record<string, number>> = {
  int2: 32_767,
  int4: 2_147_483_647,
  int8: Number.MAX_SAFE_INTEGER,
};

interface ColumnRow {
  readonly t: string;
  readonly name: string;
  readonly type: string;
  readonly told: string;
  readonly nullable: boolean;
  readonly preset: boolean;
  readonly generated: boolean;
  readonly mod: number;
  readonly labels: string | null;
}

interface ConstraintRow {
  readonly t: string;
  readonly kind: 'p' | 'u' | 'f' | 'c';
  readonly columns: string | null;
  readonly target: string | null;
  readonly targets: string | null;
  readonly text: string;
}

export const readPostgres: ReadTables = async database => {
  const { rows: tables } = await database.query<{ name: string }>(
    `SELECT t.relname AS name FROM pg_class t WHERE ${OWN} ORDER BY t.relname`,
  );
  const { rows: columns } = await database.query<ColumnRow>(
    `SELECT t.relname AS t, a.attname AS name, coalesce(b.typname, y.typname) AS type, format_type(a.atttypid, a.atttypmod) AS told,
       NOT a.attnotnull AS nullable, a.atthasdef AS preset, a.atttypmod AS mod,
       (a.attidentity <> '' OR a.attgenerated <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%', false)) AS generated,
       (SELECT string_agg(e.enumlabel, chr(31) ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = coalesce(b.oid, y.oid)) AS labels
     FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid JOIN pg_type y ON y.oid = a.atttypid
     LEFT JOIN pg_type b ON b.oid = y.typbasetype AND y.typtype = 'd'
     LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum
     WHERE ${OWN} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY t.relname, a.attnum`,
  );
  const { rows: constraints } = await database.query<ConstraintRow>(
    `SELECT t.relname AS t, c.contype AS kind, p.relname AS target, pg_get_constraintdef(c.oid) AS text,
       (SELECT string_agg(a.attname, chr(31) ORDER BY k.place) FROM unnest(c.conkey) WITH ORDINALITY AS k(num, place)
          JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num) AS columns,
       (SELECT string_agg(a.attname, chr(31) ORDER BY k.place) FROM unnest(c.confkey) WITH ORDINALITY AS k(num, place)
          JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.num) AS targets
     FROM pg_class t JOIN pg_constraint c ON c.conrelid = t.oid AND c.contype IN ('p', 'u', 'f', 'c') AND c.conparentid = 0
     LEFT JOIN pg_class p ON p.oid = c.confrelid WHERE ${OWN} ORDER BY t.relname, c.conname`,
  );
  // A unique index need not be a constraint; one of a part of the rows, or of an expression, says less.
  const { rows: indexes } = await database.query<{ t: string; columns: string }>(
    `SELECT t.relname AS t, (SELECT string_agg(a.attname, chr(31) ORDER BY k.place)
         FROM unnest(i.indkey::smallint[]) WITH ORDINALITY AS k(num, place)
         JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.num WHERE k.place <= i.indnkeyatts) AS columns
     FROM pg_class t JOIN pg_index i ON i.indrelid = t.oid
     WHERE ${OWN} AND i.indisunique AND NOT i.indisprimary AND i.indpred IS NULL AND i.indexprs IS NULL`,
  );
  return tablesFrom({
    tables: tables.map(({ name }) => name),
    columns: columns.map(row => ({ table: row.t, ...columnFrom(row) })),
    constraints: [
      ...constraints.map(({ t, kind, columns: own, target, targets, text }) => ({
        table: t,
        kind: KINDS[kind],
        columns: names(own),
        ...(target === null ? {} : { target }),
        targets: names(targets),
        text: text.replace(/^CHECK \(([^]*)\)(?: NOT VALID)?$/, '$1'),
      })),
      ...indexes.map(({ t, columns: own }) => ({ table: t, kind: 'unique' as const, columns: names(own) })),
    ],
  });
};

const KINDS = { p: 'key', u: 'unique', f: 'reference', c: 'check' } as const;

function columnFrom({ name, type, told, nullable, preset, generated, mod, labels }: ColumnRow): Column {
  const largest = LARGEST[type];
  const plain = { name, told, nullable, hasDefault: preset || generated, isGenerated: generated };
  if (labels !== null) return { ...plain, type: 'text', values: names(labels) };
  const isText = type === 'varchar' || type === 'bpchar';
  // The modifier of a numeric is (digits << 16 | digits behind the point) + 4.
  const digits = type === 'numeric' && mod > 4 ? { whole: (mod - 4) >> 16, scale: (mod - 4) & 0x7ff } : undefined;
  return {
    ...plain,
    type: told.endsWith('[]') ? 'unknown' : (TYPES[type] ?? 'unknown'),
    ...(isText && mod > 4 ? { length: mod - 4 } : {}),
    ...(largest === undefined ? {} : { min: -largest, max: largest }),
    ...(digits
      ? {
          scale: digits.scale,
          max: largestOf(digits.whole - digits.scale),
          min: -largestOf(digits.whole - digits.scale),
        }
      : {}),
  };
}

/** 999 of three digits; as far as JavaScript counts. */
export function largestOf(digits: number): number {
  return digits > 15 ? Number.MAX_SAFE_INTEGER : 10 ** digits - 1;
}
