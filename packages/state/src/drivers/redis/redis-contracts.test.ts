import { keyValueContract, leaseContract, sharedKeyValueContract, sharedLeaseContract } from '@quality-hub/testkit';
import { describe, test } from 'vitest';
import { openEmptyRedis, redisLocation, redisServers } from '../../testing/redis-servers.ts';

for (const { name, env, url } of redisServers) {
  if (url === undefined) {
    describe.skip(`${name} (needs ${env})`, () => test('the contracts', () => undefined));
    continue;
  }
  const suite = { describe, test };
  keyValueContract(
    name,
    {
      open: async now => {
        const { store, leases } = await openEmptyRedis(url, now ? { now } : {});
        await leases.close();
        return store;
      },
    },
    suite,
  );
  leaseContract(
    name,
    {
      open: async () => {
        let time = 1_000_000;
        const { store, leases } = await openEmptyRedis(url, { now: () => time });
        await store.close();
        return {
          leases,
          elapse: async ms => {
            time += ms;
          },
        };
      },
    },
    suite,
  );
  leaseContract(
    `${name} by its own clock`,
    {
      open: async () => {
        const { store, leases } = await openEmptyRedis(url);
        await store.close();
        return { leases, elapse: ms => new Promise(resolve => setTimeout(resolve, ms)) };
      },
    },
    suite,
  );
  const shared = {
    location: () => redisLocation(url),
    module: new URL('../../testing/open-redis-child.ts', import.meta.url).href,
  };
  sharedKeyValueContract(name, shared, suite);
  sharedLeaseContract(name, shared, suite);
}
