/** One of several processes that ask for the same value at the same time. */
import { setTimeout } from 'node:timers/promises';
import { openCache } from '@quality-hub/state/cache';
import { openSqliteState } from '@quality-hub/state/sqlite';

const [path = '', asks = '', startAt = ''] = process.argv.slice(2);
const state = await openSqliteState({ path, waitMs: 20_000 });
const cache = await openCache({ shared: state });
await setTimeout(Math.max(0, Number(startAt) - Date.now()));
const load = async (): Promise<string> => {
  await setTimeout(200);
  return 'x'.repeat(10_000);
};
const begun = performance.now();
await Promise.all(Array.from({ length: Number(asks) }, () => cache.getOrLoad('catalogue', load)));
const { loads, misses } = cache.statistics();
process.stdout.write(JSON.stringify({ loads, misses, ms: performance.now() - begun }));
await state.store.close();
await state.leases.close();
