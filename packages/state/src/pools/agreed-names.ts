/** The members of a pool as all workers of a run have them: the list of whoever was first. */
import type { KeyValueDriver } from '@quality-hub/protocol';
import { poolPrefix } from './pool-notes.ts';

/**
 * A query, a file or a service may answer each worker another list; the first one counts. Names only: a payload may hold what
 * must not be kept.
 */
export async function agreedNames(
  store: KeyValueDriver,
  pool: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const key = `${poolPrefix(pool)}members`;
  const found = await store.get(key);
  if (found !== undefined) return JSON.parse(found.value) as string[];
  if ((await store.set(key, JSON.stringify(names), { ifVersion: 0 })) !== undefined) return names;
  return JSON.parse((await store.get(key))?.value ?? JSON.stringify(names)) as string[];
}
