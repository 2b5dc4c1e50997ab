/** Pools in memory, with time that tests let pass. */
import type { Evidence, KeyValueDriver, LeaseDriver } from '@quality-hub/protocol';
import { FakeClock } from '@quality-hub/testkit';
import { createMemoryDriver } from '../drivers/memory.ts';
import { createMemoryLeases } from '../drivers/memory-leases.ts';
import { Pool } from '../pools/pool.ts';
import type { PoolRules } from '../pools/pool-options.ts';
import { BorrowedPools } from '../pools/pools.ts';
import { prefixed } from '../prefixed.ts';

export interface Cashier {
  readonly login: string;
  readonly labels?: readonly string[];
}

export class PoolPlace {
  readonly clock = new FakeClock();
  /** A test may put others in their place, for pools that are made from then on. */
  leases: LeaseDriver;
  readonly store: KeyValueDriver = createMemoryDriver({ now: this.clock.now });
  readonly seen: Evidence[] = [];

  constructor() {
    const all = createMemoryLeases({ now: this.clock.now });
    const released: LeaseDriver['released'] = (names, options) => {
      // A file rings other processes for places in its queues alone; for names it is looked at from time to time.
      if (options.ticket === undefined) throw new Error('nobody would be woken');
      return all.released(names, options);
    };
    this.leases = { ...all, released };
  }

  readonly poolOf = (members: readonly Cashier[], rules: PoolRules<Cashier> = {}, run = 'r1'): Pool<Cashier> =>
    new Pool<Cashier>({
      name: 'cashiers',
      rules,
      load: async () => members,
      context: signal => ({ signal }),
      leases: this.leases,
      store: this.store,
      ownStore: prefixed(this.store, `run/${run}/`),
      run,
      clock: this.clock,
      now: this.clock.now,
    });

  /** The pools as one test sees them; with a pool of its own it is another worker. */
  readonly borrowed = (id: string, pool: Pool<Cashier>): BorrowedPools =>
    new BorrowedPools(new Map([['cashiers', pool as never]]), {
      owner: { id, label: `test ${id}`, test: `t-${id}` },
      observe: one => this.seen.push(one),
    });

  /** Lets time pass in small steps, and what it brings about happen. */
  readonly pass = async (ms: number): Promise<void> => {
    for (let gone = 0; gone < ms; gone += 500) {
      this.clock.advance(Math.min(500, ms - gone));
      await settle();
    }
  };
}

export async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await new Promise(setImmediate);
}

export const cashiers = (...logins: string[]): Cashier[] => logins.map(login => ({ login }));

export const loginOf = (lent: unknown): string => (lent as Cashier).login;
