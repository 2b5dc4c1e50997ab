/** Rows of a table as the records of a factory: created, found, removed and looked for by their columns. */
import type { Database } from '@quality-hub/protocol';
import { UnknownPartError } from '../errors.ts';
import type { DataContext } from './context.ts';

export interface TableOptions {
  /** Columns that name a row. @default ['id'] */
  readonly key?: readonly string[];
  /**
   * Columns that are sent and that no two rows have alike: a row whose answer got lost is found by them. Name only what carries the
   * namespace, or a row of somebody else may be found. @default such a row is not looked for
   */
  readonly findBy?: readonly string[];
}

type Row = Readonly<Record<string, unknown>>;

/** What a factory takes of it: `define('order', { …, ...inTable('shop', 'orders') })`. */
export interface TableParts {
  readonly create: { readonly db: (input: object, context: DataContext) => Promise<unknown> };
  readonly find?: (input: object, context: DataContext) => Promise<never>;
  readonly remove: (key: object, context: DataContext) => Promise<void>;
  readonly exists: (key: object, context: DataContext) => Promise<boolean>;
}

/**
 * @param database Its name in the configuration.
 * @param table Quoted, so that its letters count as they stand here.
 */
export function inTable(database: string, table: string, { key = ['id'], findBy }: TableOptions = {}): TableParts {
  const opened = ({ db }: DataContext): Database => db[database] as Database;
  const select = async (on: Database, where: Row): Promise<Row | undefined> => {
    const { text, params } = conditionOf(on, where);
    const { rows } = await on.query(`SELECT * FROM ${quoted(on, table)} WHERE ${text}`, params);
    return rows[0];
  };
  return {
    create: {
      db: async (input, context) => {
        const on = opened(context);
        const entries = Object.entries(input).filter(([, value]) => value !== undefined);
        const columns = entries.map(([column]) => quoted(on, column)).join(', ');
        const places = entries.map((_, index) => place(on, index + 1)).join(', ');
        const into = `INSERT INTO ${quoted(on, table)} ${entries.length === 0 && on.dialect !== 'mysql' ? 'DEFAULT VALUES' : `(${columns}) VALUES (${places})`}`;
        const params = entries.map(([, value]) => plainValue(on, value));
        if (on.dialect !== 'mysql') return (await on.query(`${into} RETURNING *`, params)).rows[0];
        const { insertId } = await on.query(into, params);
        return select(on, keyOfInserted(input as Row, key, insertId));
      },
    },
    ...(findBy === undefined
      ? {}
      : {
          find: async (input, context) =>
            (await select(
              opened(context),
              Object.fromEntries(findBy.map(column => [column, (input as Row)[column]])),
            )) as never,
        }),
    remove: async (by, context) => {
      const on = opened(context);
      const { text, params } = conditionOf(on, by as Row);
      await on.query(`DELETE FROM ${quoted(on, table)} WHERE ${text}`, params, { idempotent: true });
    },
    exists: async (by, context) => (await select(opened(context), by as Row)) !== undefined,
  };
}

function keyOfInserted(input: Row, key: readonly string[], insertId: unknown): Row {
  const known = Object.fromEntries(
    key.flatMap(column => (input[column] === undefined ? [] : [[column, input[column]]])),
  );
  const missing = key.filter(column => !(column in known));
  if (missing.length === 0) return known;
  if (missing.length === 1 && insertId !== undefined) return { ...known, [missing[0] as string]: insertId };
  throw new UnknownPartError(
    `The row has no ${missing.join(' and ')} to be found by`,
    'Give the key while it is built: this server tells one counter and nothing else',
  );
}

function conditionOf(on: Database, where: Row): { readonly text: string; readonly params: readonly unknown[] } {
  const params: unknown[] = [];
  const parts = Object.entries(where).map(([column, value]) => {
    if (value === null) return `${quoted(on, column)} IS NULL`;
    params.push(plainValue(on, value));
    return `${quoted(on, column)} = ${place(on, params.length)}`;
  });
  if (parts.length === 0) throw new UnknownPartError('Nothing names the row', 'Give inTable the columns of its key');
  return { text: parts.join(' AND '), params };
}

/** As drivers take it: SQLite knows no truth and no dates, and no driver lists and objects. */
export function plainValue({ dialect }: Pick<Database, 'dialect'>, value: unknown): unknown {
  if (value instanceof Date) return dialect === 'sqlite' ? value.toISOString() : value;
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'boolean') return dialect === 'postgres' ? value : Number(value);
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

export function quoted({ dialect }: Pick<Database, 'dialect'>, name: string): string {
  const quote = dialect === 'mysql' ? '`' : '"';
  return `${quote}${name.replaceAll(quote, quote + quote)}${quote}`;
}

export function place({ dialect }: Pick<Database, 'dialect'>, n: number): string {
  return dialect === 'postgres' ? `$${n}` : '?';
}
