/** Many rows of one shape in little memory: a column of numbers is an array of bytes, a text that comes often is kept once. */
import { type ColumnBuilder, makeColumn } from './column.ts';
import { roughSize } from './rough-size.ts';

export interface Columns<T extends object> extends Iterable<T> {
  readonly length: number;
  readonly names: readonly (keyof T & string)[];
  /** What the table takes, and about what its rows would take as objects. */
  readonly bytes: number;
  readonly rowBytes: number;
  /** The part of `rowBytes` that is saved, 0 to 1. */
  readonly saved01: number;
  /** The row as it was; undefined outside of the table. Fields that are undefined are not in it. */
  row(index: number): T | undefined;
  value<Name extends keyof T & string>(index: number, name: Name): T[Name] | undefined;
  /** All values of one column, in order. */
  column<Name extends keyof T & string>(name: Name): Iterable<T[Name] | undefined>;
  /** The rows whose value there is this one; a text is compared once, not in each row. */
  where<Name extends keyof T & string>(name: Name, value: T[Name]): Iterable<T>;
}

/** Sizes of rows are looked at so often: rows of one table are alike. */
const EVERY = 16;

/**
 * Reads all rows into columns. Only one row at a time is an object.
 *
 * Numbers, texts, booleans, null are packed; anything else is kept as it is.
 */
export async function columns<T extends object>(rows: AsyncIterable<T> | Iterable<T>): Promise<Columns<T>> {
  const builders = new Map<string, ColumnBuilder>();
  let length = 0;
  let rowBytes = 0;
  for await (const row of rows) {
    if (length % EVERY === 0) rowBytes += roughSize(row) * EVERY;
    for (const name of Object.keys(row)) {
      let builder = builders.get(name);
      if (builder === undefined) {
        builder = makeColumn();
        builders.set(name, builder);
      }
      builder.set(length, (row as Record<string, unknown>)[name]);
    }
    length++;
  }
  for (const builder of builders.values()) builder.end(length);
  // The last one of a few stands for fewer.
  return new ColumnTable<T>(
    builders,
    length,
    Math.round((rowBytes / Math.max(1, Math.ceil(length / EVERY) * EVERY)) * length),
  );
}

class ColumnTable<T extends object> implements Columns<T> {
  readonly length: number;
  readonly rowBytes: number;
  readonly #columns: ReadonlyMap<string, ColumnBuilder>;

  constructor(all: ReadonlyMap<string, ColumnBuilder>, length: number, rowBytes: number) {
    this.#columns = all;
    this.length = length;
    this.rowBytes = rowBytes;
  }

  get names(): readonly (keyof T & string)[] {
    return [...this.#columns.keys()] as (keyof T & string)[];
  }

  get bytes(): number {
    return [...this.#columns.values()].reduce((sum, column) => sum + column.bytes, 0);
  }

  get saved01(): number {
    return this.rowBytes === 0 ? 0 : Math.max(0, 1 - this.bytes / this.rowBytes);
  }

  row(index: number): T | undefined {
    if (!(index >= 0 && index < this.length)) return undefined;
    const row: Record<string, unknown> = {};
    for (const [name, column] of this.#columns) {
      const value = column.get(index);
      if (value !== undefined) row[name] = value;
    }
    return row as T;
  }

  value<Name extends keyof T & string>(index: number, name: Name): T[Name] | undefined {
    return this.#columns.get(name)?.get(index) as T[Name] | undefined;
  }

  *column<Name extends keyof T & string>(name: Name): Generator<T[Name] | undefined> {
    for (let index = 0; index < this.length; index++) yield this.value(index, name);
  }

  *where<Name extends keyof T & string>(name: Name, value: T[Name]): Generator<T> {
    const isSame = this.#columns.get(name)?.finder(value);
    if (isSame === undefined) return;
    for (let index = 0; index < this.length; index++) if (isSame(index)) yield this.row(index) as T;
  }

  *[Symbol.iterator](): Generator<T> {
    for (let index = 0; index < this.length; index++) yield this.row(index) as T;
  }
}
