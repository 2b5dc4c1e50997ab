/** The servers that rounds need: those of the variables, else new ones that end with the soak. */
import { startServers } from '../bench/db/servers.ts';

const ADDRESSES = { QH_POSTGRES_URL: 'postgres', QH_MARIADB_URL: 'mariadb' } as const;

/** Starts them where a variable of `needed` is not set; gives what stops them again. */
export async function withServers(needed: readonly string[]): Promise<() => Promise<void>> {
  if (needed.every(name => process.env[name])) return async () => {};
  const servers = await startServers();
  for (const [variable, name] of Object.entries(ADDRESSES)) process.env[variable] ??= servers[name];
  return () => servers.stop();
}
