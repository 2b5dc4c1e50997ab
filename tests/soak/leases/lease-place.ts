/** Where a history has its leases: a file, or a Redis. One text, for child processes. */
import type { KeyValueDriver, LeaseDriver } from '@quality-hub/protocol';
import { openRedisState } from '@quality-hub/state/redis';
import { openSqliteState } from '@quality-hub/state/sqlite';

export interface OpenPlace {
  readonly leases: LeaseDriver;
  readonly store: KeyValueDriver;
  close(): Promise<void>;
}

/** A call is not repeated for longer. */
const TIMEOUT_MS = 2_000;

export async function openPlace(place: string): Promise<OpenPlace> {
  const { store, leases } = place.startsWith('redis://')
    ? await openRedisState({ url: place, timeoutMs: TIMEOUT_MS })
    : await openSqliteState({ path: place, waitMs: 20_000 });
  return {
    leases,
    store,
    close: async () => {
      await leases.close();
      await store.close();
    },
  };
}
