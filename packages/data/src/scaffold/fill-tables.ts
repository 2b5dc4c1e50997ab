/** Puts generated rows into a database, or gives them to be written. */
import type { Faker } from '@faker-js/faker';
import type { Database } from '@quality-hub/protocol';
import { place, plainValue, quoted } from '../create/in-table.ts';
import { type GeneratedRow, makeRows, RowsError, together } from './make-rows.ts';
import { type FactoryModel, modelOf } from './model.ts';
import { creationOrder, type TableModel } from './table.ts';

/** Keys of a parent that children choose among. */
const KEYS = 10_000;
/** Values of one statement: SQLite takes 32,766, PostgreSQL 65,535. */
const VALUES = 10_000;
const ROWS = 500;

export interface FillOptions {
  readonly database: Database;
  /** All tables of the database. */
  readonly tables: readonly TableModel[];
  /** Which are filled. */
  readonly names: readonly string[];
  /** Rows of each. */
  readonly count: number;
  readonly faker: Faker;
  readonly mark: string;
  readonly signal?: AbortSignal;
}

export interface Filled {
  readonly table: string;
  readonly rows: number;
}

/**
 * Inserts `count` rows into each table, parents first, all of a table or none of it.
 *
 * @throws {RowsError} (`QH_DATA_ROWS`) if a table is not there, a parent has no rows, or rows cannot differ.
 */
export async function fillTables(options: FillOptions): Promise<readonly Filled[]> {
  const { database, signal } = options;
  const filled: Filled[] = [];
  for (const table of chosen(options)) {
    const source = await openSource(options, table);
    await database.transaction(async transaction => {
      for (const rows of batches(makeRows(source.model, source.options), table.columns.length)) {
        signal?.throwIfAborted();
        const columns = Object.keys(rows[0] ?? {});
        let n = 0;
        const values = rows.map(() => `(${columns.map(() => place(database, ++n)).join(', ')})`);
        const params = rows.flatMap(row => columns.map(column => plainValue(database, row[column])));
        const names = columns.map(column => quoted(database, column)).join(', ');
        await transaction.query(
          `INSERT INTO ${quoted(database, table.name)} (${names}) VALUES ${values.join(', ')}`,
          params,
        );
      }
    });
    filled.push({ table: table.name, rows: options.count });
  }
  return filled;
}

/** The same rows of one table, to be written to a file; keys that the database would count are made as well. */
export async function* generatedRows(options: FillOptions): AsyncGenerator<GeneratedRow> {
  const [table, ...more] = chosen(options);
  if (table === undefined || more.length > 0)
    throw new RowsError('Rows of one table go into a file', 'Name one table, or fill the database itself');
  const source = await openSource(options, table);
  yield* makeRows(source.model, { ...source.options, withMade: true });
}

function chosen({ tables, names }: FillOptions): readonly TableModel[] {
  const missing = names.filter(name => !tables.some(table => table.name === name));
  if (missing.length > 0) {
    throw new RowsError(
      `There is no table ${missing.join(', ')}`,
      `There are ${tables.map(({ name }) => name).join(', ')}`,
    );
  }
  return creationOrder(tables.filter(({ name }) => names.includes(name)));
}

async function openSource({ database, count, faker, mark }: FillOptions, table: TableModel) {
  const model = modelOf(table);
  const keys = new Map<string, readonly GeneratedRow[]>();
  for (const parent of model.parents) {
    const columns = parent.targets.map(column => quoted(database, column)).join(', ');
    const { rows } = await database.query(`SELECT ${columns} FROM ${quoted(database, parent.model)} LIMIT ${KEYS}`);
    keys.set(parent.model, rows);
  }
  const above = new Map<string, number>();
  for (const { name, unique, recipe } of model.fields) {
    if (!unique || recipe.kind !== 'integer') continue;
    const { rows } = await database.query<{ most: unknown }>(
      `SELECT max(${quoted(database, name)}) AS most FROM ${quoted(database, table.name)}`,
    );
    above.set(name, Number(rows[0]?.most ?? 0));
  }
  const taken = new Map<string, readonly GeneratedRow[]>();
  const sent = model.fields.filter(({ name }) => !model.made.includes(name)).map(({ name }) => name);
  for (const names of together(model, sent)) {
    const columns = names.map(column => quoted(database, column)).join(', ');
    const { rows } = await database.query(`SELECT ${columns} FROM ${quoted(database, table.name)}`);
    taken.set(names.join(), rows);
  }
  const options = {
    taken: (names: readonly string[]) => taken.get(names.join()) ?? [],
    faker,
    count,
    mark,
    keysOf: (parent: string) => keys.get(parent) ?? [],
    above: (field: string) => above.get(field) ?? 0,
  };
  return { model: model as FactoryModel, options };
}

function* batches(rows: Iterable<GeneratedRow>, columns: number): Generator<readonly GeneratedRow[]> {
  const size = Math.max(1, Math.min(ROWS, Math.floor(VALUES / Math.max(1, columns))));
  let batch: GeneratedRow[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
