/** What a driver says of its table, in the words of the port. */
import type { Lease, LeaseQueued, LeaseTable, LeaseWaiter } from '@quality-hub/protocol';
import { findDeadlock } from './deadlock.ts';
import { type HeldLease, inTheWay, obstaclesOf, type QueuedWish, type Standing, type Wish } from './standing.ts';

interface Asked {
  readonly now: number;
  /** Everybody who waits. */
  readonly waiters: readonly QueuedWish[];
  readonly ticket?: string;
}

/** Why a wish was not granted. */
export function queuedAnswer(wish: Wish, standing: Standing, { now, waiters, ticket }: Asked): LeaseQueued {
  const way = inTheWay(obstaclesOf(wish, standing));
  const ends = [...way.leases, ...way.waiters].map(({ expiresAt }) => expiresAt);
  const deadlock = ticket === undefined ? undefined : findDeadlock(wish.owner, waiters, standing);
  return {
    granted: false,
    ...(ticket === undefined ? {} : { ticket }),
    ahead: way.waiters.length,
    holders: way.leases.map(toLease),
    againInMs: Math.max(1, Math.min(...ends) - now),
    ...(deadlock ? { deadlock } : {}),
  };
}

/**
 * Greater than every token before it, also where those are forgotten: a table that was deleted, or a server that has lost its
 * last second, goes on with the time. What remembers tokens for longer than the table does not refuse whoever comes next.
 */
export function nextToken(last: number, now: number): number {
  return Math.max(last + 1, Math.floor(now));
}

/** Who holds and who waits for names that begin with `prefix`, in the order in which they are given. */
export function tableOf(leases: readonly HeldLease[], waiters: readonly QueuedWish[], prefix: string): LeaseTable {
  const isAsked = ({ claims }: Pick<Lease, 'claims'>): boolean => claims.some(({ name }) => name.startsWith(prefix));
  return { leases: leases.filter(isAsked).map(toLease), waiters: waiters.filter(isAsked).map(toWaiter) };
}

/** Without what only drivers know. */
export function toLease({ id, claims, owner, token, grantedAt, expiresAt }: HeldLease): Lease {
  return { id, claims, owner, token, grantedAt, expiresAt };
}

function toWaiter({ ticket, claims, owner, since }: QueuedWish): LeaseWaiter {
  return { ticket, claims, owner, since };
}
