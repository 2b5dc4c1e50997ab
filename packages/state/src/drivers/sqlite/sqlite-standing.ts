/** The rows of the SQLite file as the judge of wishes sees them; each is read once in a step. */
import { type Entries, entriesOf } from '../../leases/lease-rows.ts';
import type { HeldLease, QueuedWish, Standing } from '../../leases/standing.ts';
import type { LeaseStatements } from './lease-statements.ts';

const NONE: Entries = { leases: [], waiters: [] };

export class SqliteStanding implements Standing {
  readonly #sql: LeaseStatements;
  readonly #onName = new Map<string, Entries>();
  readonly #ofOwner = new Map<string, readonly HeldLease[]>();

  constructor(sql: LeaseStatements) {
    this.#sql = sql;
  }

  leasesOn(name: string): readonly HeldLease[] {
    return this.#on(name).leases;
  }

  waitersOn(name: string): readonly QueuedWish[] {
    return this.#on(name).waiters;
  }

  leasesOf(ownerId: string): readonly HeldLease[] {
    let known = this.#ofOwner.get(ownerId);
    if (known === undefined) {
      known = entriesOf(this.#sql.ofOwner.all(ownerId)).leases;
      this.#ofOwner.set(ownerId, known);
    }
    return known;
  }

  /** Everybody who waits, where a circle is possible at all: for that somebody has to hold and wait. */
  waitersInCircles(): readonly QueuedWish[] {
    if (this.#sql.whoHoldsAndWaits.get() === undefined) return NONE.waiters;
    return entriesOf(this.#sql.all.all()).waiters;
  }

  #on(name: string): Entries {
    let known = this.#onName.get(name);
    if (known === undefined) {
      const rows = this.#sql.onName.all(name);
      known = rows.length === 0 ? NONE : entriesOf(rows);
      this.#onName.set(name, known);
    }
    return known;
  }
}
