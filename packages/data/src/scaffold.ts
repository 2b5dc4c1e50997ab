/** From a database or a JSON Schema to a first file of factories, and to rows in any number. A door of its own: few ask for it. */
import type { Database } from '@quality-hub/protocol';
import { readMysql } from './scaffold/read-mysql.ts';
import { readPostgres } from './scaffold/read-postgres.ts';
import { readSqlite } from './scaffold/read-sqlite.ts';
import type { ReadTables, TableModel } from './scaffold/table.ts';

export { seededFaker } from './random/seeded-faker.ts';
export { factoryFile } from './scaffold/factory-file.ts';
export { type Filled, type FillOptions, fillTables, generatedRows } from './scaffold/fill-tables.ts';
export { modelFromJsonSchema } from './scaffold/from-json-schema.ts';
export { type GeneratedRow, RowsError } from './scaffold/make-rows.ts';
export { type FactoryModel, modelOf } from './scaffold/model.ts';
export { creationOrder, type TableModel } from './scaffold/table.ts';

const READERS: Readonly<Record<Database['dialect'], ReadTables>> = {
  postgres: readPostgres,
  mysql: readMysql,
  sqlite: readSqlite,
};

/** All tables of the current schema, as they are now. */
export function readTables(database: Database): Promise<readonly TableModel[]> {
  return READERS[database.dialect](database);
}
