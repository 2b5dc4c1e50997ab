/** Uses a database for one piece of work. Node 22 has no `await using`. */
import type { SqlDatabase } from '../sql-database.ts';

/** @throws what `work` throws; the database is closed by then. */
export async function closeAfter(database: SqlDatabase, work: (database: SqlDatabase) => Promise<void>): Promise<void> {
  try {
    await work(database);
  } finally {
    await database.close();
  }
}
