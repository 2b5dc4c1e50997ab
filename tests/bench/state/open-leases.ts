/** The drivers that the benchmark compares; a place is one text, for child processes. */
import type { LeaseDriver } from '@quality-hub/protocol';
import { openRedisState } from '@quality-hub/state/redis';
import { openSqliteState } from '@quality-hub/state/sqlite';

export async function openLeases(place: string): Promise<LeaseDriver> {
  if (place.startsWith('{')) {
    const { store, leases } = await openRedisState(JSON.parse(place) as { url: string; prefix: string });
    await store.close();
    return leases;
  }
  const { store, leases } = await openSqliteState({ path: place, waitMs: 20_000 });
  await store.close();
  return leases;
}
