/** The state at a place that is told in one text: a file, or `redis://… prefix`. */
import type { KeyValueDriver, LeaseDriver } from '@quality-hub/protocol';

export async function openStateAt(
  place: string,
): Promise<{ readonly store: KeyValueDriver; readonly leases: LeaseDriver }> {
  const [url = '', prefix = ''] = place.split(' ');
  if (url.startsWith('redis')) {
    const { openRedisState } = await import('../drivers/redis.ts');
    return openRedisState({ url, prefix });
  }
  const { openSqliteState } = await import('../drivers/sqlite.ts');
  return openSqliteState({ path: place });
}
