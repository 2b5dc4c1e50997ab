import { join } from 'node:path';
import type { LeaseDriver } from '@quality-hub/protocol';
import {
  keyValueContract,
  type LeaseSource,
  leaseContract,
  sharedKeyValueContract,
  sharedLeaseContract,
} from '@quality-hub/testkit';
import { describe, test } from 'vitest';
import { openSqliteDriver, openSqliteState } from './drivers/sqlite.ts';
import { createMemoryDriver, createMemoryLeases, prefixed } from './index.ts';
import { scratchFolder } from './testing/scratch-folder.ts';

const suite = { describe, test };
const timed = (now: (() => number) | undefined) => (now === undefined ? {} : { now });

keyValueContract('memory', { open: async now => createMemoryDriver(timed(now)) }, suite);
keyValueContract(
  'sqlite',
  { open: now => openSqliteDriver({ path: join(scratchFolder(), 'state.db'), ...timed(now) }) },
  suite,
);
keyValueContract(
  'a part of a store',
  {
    open: async now => {
      const whole = createMemoryDriver(timed(now));
      // Neighbours that no call may see.
      for (const key of ['run', 'run/1', 'run/10/a', 'run/2/a']) await whole.set(key, 'of others');
      return prefixed(whole, 'run/1/');
    },
  },
  suite,
);
sharedKeyValueContract(
  'sqlite',
  {
    location: () => join(scratchFolder(), 'new', 'state.db'),
    module: new URL('./testing/open-store-child.ts', import.meta.url).href,
  },
  suite,
);

/** A driver whose clock the test moves. */
const onOwnClock = (open: (now: () => number) => Promise<LeaseDriver>): LeaseSource => ({
  open: async () => {
    let time = 1_000_000;
    return {
      leases: await open(() => time),
      elapse: async ms => {
        time += ms;
      },
    };
  },
});

leaseContract(
  'memory',
  onOwnClock(async now => createMemoryLeases({ now })),
  suite,
);
leaseContract(
  'sqlite',
  onOwnClock(async now => {
    const { store, leases } = await openSqliteState({ path: join(scratchFolder(), 'state.db'), now });
    await store.close();
    return leases;
  }),
  suite,
);
sharedLeaseContract(
  'sqlite',
  {
    location: () => join(scratchFolder(), 'new', 'state.db'),
    module: new URL('./testing/open-store-child.ts', import.meta.url).href,
  },
  suite,
);
