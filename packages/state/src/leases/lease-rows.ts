/** Leases and places in a queue as stores keep them: one row each, alike for both. */
import type { LeaseOwner } from '@quality-hub/protocol';
import type { FullClaim } from './claim-rules.ts';
import type { HeldLease, QueuedWish } from './standing.ts';

export interface Row {
  readonly id: string;
  readonly is_waiter: 0 | 1;
  /** Claims and owner, as JSON. */
  readonly body: string;
  /** The token of a lease, the turn of a place. */
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
