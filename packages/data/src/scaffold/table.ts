/** A table as its database describes it, in words that are the same for all. */
import type { Queryable } from '@quality-hub/protocol';

export type ColumnType =
  | 'integer'
  | 'decimal'
  | 'float'
  | 'boolean'
  | 'text'
  | 'date'
  | 'timestamp'
  | 'time'
  | 'uuid'
  | 'json'
  | 'binary'
  | 'unknown';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** As the database says it. */
  readonly told: string;
  readonly nullable: boolean;
  /** The database fills it where nothing is given. */
  readonly hasDefault: boolean;
  /** The database alone fills it: a counter, or what it computes. */
  readonly isGenerated: boolean;
  /** Of a text, in characters; of bytes. */
  readonly length?: number;
  /** What numbers can be. */
  readonly min?: number;
  readonly max?: number;
  /** Digits behind the point. */
  readonly scale?: number;
  /** The only values there are. */
  readonly values?: readonly string[];
}

export interface TableReference {
  readonly columns: readonly string[];
  readonly table: string;
  readonly targets: readonly string[];
}

export interface TableModel {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly key: readonly string[];
  /** Besides the key. */
  readonly uniques: readonly (readonly string[])[];
  readonly references: readonly TableReference[];
  /** Conditions, as the database writes them. */
  readonly checks: readonly string[];
}

/** Reads all tables of the current schema. */
export type ReadTables = (database: Queryable) => Promise<readonly TableModel[]>;

/** Lists of names come as one text: drivers differ in what they make of lists. */
export function names(text: unknown): readonly string[] {
  return text === null || text === undefined || text === '' ? [] : String(text).split('\u001f');
}

/** What a table of any dialect is put together from. */
export interface TablePieces {
  readonly tables: readonly string[];
  readonly columns: readonly (Column & { readonly table: string })[];
  readonly constraints: readonly {
    readonly table: string;
    readonly kind: 'key' | 'unique' | 'reference' | 'check';
    readonly columns: readonly string[];
    readonly target?: string;
    readonly targets?: readonly string[];
    readonly text?: string;
  }[];
}

export function tablesFrom({ tables, columns, constraints }: TablePieces): readonly TableModel[] {
  return tables.map(name => {
    const own = constraints.filter(({ table }) => table === name);
    const key = own.find(({ kind }) => kind === 'key')?.columns ?? [];
    const uniques = own.filter(({ kind }) => kind === 'unique').map(one => one.columns);
    return {
      name,
      columns: columns.filter(({ table }) => table === name).map(({ table: _, ...column }) => column),
      key,
      uniques: uniques.filter(
        (one, index) => uniques.findIndex(other => other.join() === one.join()) === index && one.join() !== key.join(),
      ),
      references: own
        .filter(({ kind }) => kind === 'reference')
        .map(one => ({ columns: one.columns, table: one.target ?? '', targets: one.targets ?? [] })),
      checks: own.flatMap(({ kind, text }) => (kind === 'check' && text !== undefined ? [text] : [])),
    };
  });
}

/** Parents before their children; tables of a circle as they were given. */
export function creationOrder(tables: readonly TableModel[]): readonly TableModel[] {
  const left = [...tables];
  const order: TableModel[] = [];
  while (left.length > 0) {
    const waits = (table: TableModel): boolean =>
      table.references.some(one => one.table !== table.name && left.some(({ name }) => name === one.table));
    const index = Math.max(
      0,
      left.findIndex(table => !waits(table)),
    );
    order.push(...left.splice(index, 1));
  }
  return order;
}
