/** Opens the SQLite driver in the child processes of the contract suite. */
import { openSqliteDriver, openSqliteState } from '../drivers/sqlite.ts';

export const openStore = (path: string) => openSqliteDriver({ path, waitMs: 20_000 });

export const openLeases = async (path: string) => {
  const { leases, store } = await openSqliteState({ path, waitMs: 20_000 });
  await store.close();
  return leases;
};
