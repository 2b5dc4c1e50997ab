/** The rows of the SQLite file as the judge of wishes sees them; each is read once in a step. */
import type { LeaseOwner } from '@quality-hub/protocol';
import type { FullClaim } from '../../leases/claim-rules.ts';
import type { HeldLease, QueuedWish, Standing } from '../../leases/standing.ts';
import type { LeaseStatements } from './lease-statements.ts';

export interface Row {
  readonly id: string;
  readonly is_waiter: 0 | 1;
  readonly body: string;
  readonly number: number;
  readonly since: number;
  readonly expires_at: number;
  readonly bell: string | null;
}

interface Body {
  readonly claims: readonly FullClaim[];
  readonly owner: LeaseOwner;
}

export interface Entries {
  readonly leases: readonly HeldLease[];
  readonly waiters: readonly QueuedWish[];
}

const NONE: Entries = { leases: [], waiters: [] };

export class LeaseRows implements Standing {
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

/** In the order of the rows. */
export function entriesOf(rows: readonly unknown[]): Entries {
  const leases: HeldLease[] = [];
  const waiters: QueuedWish[] = [];
  for (const row of rows as readonly Row[]) {
    if (row.is_waiter) waiters.push(waiterOf(row));
    else leases.push(leaseOf(row));
  }
  return { leases, waiters };
}

export function bodyOf(claims: readonly FullClaim[], owner: LeaseOwner): string {
  return JSON.stringify({ claims, owner } satisfies Body);
}

function leaseOf({ id, body, number, since, expires_at }: Row): HeldLease {
  return { ...(JSON.parse(body) as Body), id, token: number, grantedAt: since, expiresAt: expires_at };
}

function waiterOf({ id, body, number, since, expires_at, bell }: Row): QueuedWish {
  const place = { ticket: id, turn: number, since, expiresAt: expires_at };
  return { ...(JSON.parse(body) as Body), ...place, ...(bell === null ? {} : { bell }) };
}
