/** `pools.lease('cashiers')`: the pools of one borrower. */
import { closestName } from '@quality-hub/protocol';
import { PoolNameError } from '../locks/errors.ts';
import type { Pool } from './pool.ts';
import type { LendOptions, Lent, Member } from './pool-options.ts';
import type { Borrower } from './pool-parts.ts';

/** Members by the names of their pools. */
export type PoolMembers = Readonly<Record<string, object>>;

export interface Pools<Members extends PoolMembers = Readonly<Record<string, Member>>> {
  /**
   * A member that nobody else has, until its lease is released: the fixture does that when the test ends. Who waits is served
   * in the order in which they came.
   *
   * @throws {PoolTimeoutError} (`QH_POOL_TIMEOUT`) names who has the members, and since when.
   * @throws {PoolEmptyError} (`QH_POOL_EMPTY`) where waiting is of no use: no such label, or all are kept back, with reasons.
   * @throws {PoolMembersError} (`QH_POOL_MEMBERS`) @throws {PoolNameError} (`QH_POOL_NAME`)
   */
  lease<Name extends keyof Members & string>(name: Name, options?: LendOptions): Promise<Lent<Members[Name]>>;
  /** Lends a member for as long as `work` takes. */
  with<Name extends keyof Members & string, T>(
    name: Name,
    work: (member: Lent<Members[Name]>) => T | Promise<T>,
    options?: LendOptions,
  ): Promise<T>;
}

export class BorrowedPools implements Pools {
  readonly #pools: ReadonlyMap<string, Pool<Member, never>>;
  readonly #borrower: Borrower;
  readonly #lent = new Set<Lent<Member>>();

  constructor(pools: ReadonlyMap<string, Pool<Member, never>>, borrower: Borrower) {
    this.#pools = pools;
    this.#borrower = borrower;
  }

  async lease(name: string, options: LendOptions = {}): Promise<Lent<Member>> {
    const pool = this.#pools.get(name);
    if (pool === undefined) {
      const names = [...this.#pools.keys()];
      const meant = closestName(name, names);
      const there = names.length === 0 ? '; the configuration has none' : `; there is ${names.join(', ')}`;
      throw new PoolNameError(name, meant === undefined ? there : `; did you mean ${meant}?`);
    }
    const lent = await pool.lend(options, this.#borrower);
    this.#lent.add(lent);
    return lent;
  }

  async with<T>(name: string, work: (member: Lent<Member>) => T | Promise<T>, options?: LendOptions): Promise<T> {
    const lent = await this.lease(name, options);
    try {
      const result = await work(lent);
      lent.lease.assertHeld();
      return result;
    } finally {
      await lent.lease.release();
      this.#lent.delete(lent);
    }
  }

  /** Resets and gives back all that was lent. */
  async close(): Promise<void> {
    const all = [...this.#lent];
    this.#lent.clear();
    const results = await Promise.allSettled(all.map(({ lease }) => lease.release()));
    await this.#borrower.history?.written();
    const failed = results.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }
}
