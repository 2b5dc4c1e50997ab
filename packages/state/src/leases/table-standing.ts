/** A table that was read as a whole, or as far as it matters, as the judge of wishes sees it. */
import type { Entries } from './lease-rows.ts';
import type { HeldLease, QueuedWish, Standing } from './standing.ts';

export class TableStanding implements Standing {
  readonly #leases: readonly HeldLease[];
  /** In the order of their turns. */
  readonly waiters: readonly QueuedWish[];

  constructor({ leases, waiters }: Entries) {
    this.#leases = leases;
    this.waiters = waiters;
  }

  leasesOn(name: string): readonly HeldLease[] {
    return this.#leases.filter(({ claims }) => claims.some(claim => claim.name === name));
  }

  waitersOn(name: string): readonly QueuedWish[] {
    return this.waiters.filter(({ claims }) => claims.some(claim => claim.name === name));
  }

  leasesOf(ownerId: string): readonly HeldLease[] {
    return this.#leases.filter(({ owner }) => owner.id === ownerId);
  }
}
