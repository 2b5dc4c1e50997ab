/** Opens the database that a URL or a path names, with its schema up to date. */
import { migrate } from './migrations.ts';
import type { TroubledDatabase } from './port.ts';
import { openPostgres } from './postgres.ts';
import { openSqlite } from './sqlite.ts';

/** `postgres://…` is PostgreSQL; all else is the path of a SQLite file. */
export async function openDatabase(where: string): Promise<TroubledDatabase> {
  const database = /^postgres(ql)?:\/\//.test(where) ? await openPostgres(where) : openSqlite(where);
  try {
    await migrate(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
