/** Opens the SQLite driver in the child processes of the contract suite. */
import { openSqliteDriver } from '../drivers/sqlite.ts';

export const openStore = (path: string) => openSqliteDriver({ path, waitMs: 20_000 });
