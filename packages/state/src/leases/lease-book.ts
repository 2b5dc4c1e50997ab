/** The table of leases in the memory of one process, one step at a time. */
import type { AcquireLease, Lease, LeaseClaim, LeaseGranted, LeaseQueued, LeaseTable } from '@quality-hub/protocol';
import { checkAcquire, checkPermits, checkTicket, type FullClaim } from './claim-rules.ts';
import { nextToken, queuedAnswer, tableOf, toLease } from './lease-answers.ts';
import { canBeGranted, type HeldLease, type QueuedWish, type Standing, whoseTurn } from './standing.ts';

/** Told after a step: who may go on, and which names somebody let go. */
export type OnFreed = (waiters: readonly QueuedWish[], names: readonly string[]) => void;

interface OnName {
  readonly leases: Set<HeldLease>;
  readonly waiters: Set<QueuedWish>;
}

const NONE: OnName = { leases: new Set(), waiters: new Set() };

export class LeaseBook implements Standing {
  readonly #now: () => number;
  readonly #onFreed: OnFreed;
  readonly #leases = new Map<string, HeldLease>();
  readonly #waiters = new Map<string, QueuedWish>();
  readonly #names = new Map<string, OnName>();
  readonly #owners = new Map<string, Set<HeldLease>>();
  #lastToken = 0;
  #lastTurn = 0;
  #clock = Number.NEGATIVE_INFINITY;
  /** Nothing ends before. */
  #nextEnd = Number.POSITIVE_INFINITY;

  constructor(now: () => number, onFreed: OnFreed) {
    this.#now = now;
    this.#onFreed = onFreed;
  }

  leasesOn(name: string): Iterable<HeldLease> {
    return (this.#names.get(name) ?? NONE).leases;
  }

  waitersOn(name: string): Iterable<QueuedWish> {
    return (this.#names.get(name) ?? NONE).waiters;
  }

  leasesOf(ownerId: string): Iterable<HeldLease> {
    return this.#owners.get(ownerId) ?? NONE.leases;
  }

  /** @param id Of the lease, or of the place in the queue, where the options bring no ticket. */
  acquire(asked: readonly LeaseClaim[], options: AcquireLease, id: string): LeaseGranted | LeaseQueued {
    const claims = checkAcquire(asked, options);
    const now = this.#begin();
    const { owner, ttlMs, ticket = id, tryOnce = false } = options;
    const mine = this.#leases.get(ticket) ?? this.#waiters.get(ticket);
    if (mine) checkTicket(claims, mine.claims);
    const held = this.#leases.get(ticket);
    if (held) return { granted: true, lease: toLease(held) };
    checkPermits(claims, name => this.#saidOn(name));
    const queued = this.#waiters.get(ticket);
    const turn = queued?.turn ?? Number.POSITIVE_INFINITY;
    if (canBeGranted({ owner, claims, turn }, this)) {
      this.#lastToken = nextToken(this.#lastToken, now);
      const lease = { id: ticket, claims, owner, token: this.#lastToken, grantedAt: now, expiresAt: now + ttlMs };
      if (queued) this.#removeWaiter(queued);
      this.#addLease(lease);
      return { granted: true, lease: toLease(lease) };
    }
    if (tryOnce) return queuedAnswer({ owner, claims, turn }, this, { now, waiters: [...this.#waiters.values()] });
    const waiter = this.#queue(queued, { ticket, claims, owner, since: now, turn, expiresAt: now + ttlMs });
    return queuedAnswer(waiter, this, { now, waiters: [...this.#waiters.values()], ticket });
  }

  cancel(ticket: string): boolean {
    this.#begin();
    const waiter = this.#waiters.get(ticket);
    if (!waiter) return false;
    this.#removeWaiter(waiter);
    this.#tellFreed(waiter.claims);
    return true;
  }

  renew(id: string, ttlMs: number): Lease | undefined {
    const now = this.#begin();
    const lease = this.#leases.get(id);
    if (!lease) return undefined;
    const longer = { ...lease, expiresAt: now + ttlMs };
    this.#removeLease(lease);
    this.#addLease(longer);
    return toLease(longer);
  }

  release(id: string): boolean {
    this.#begin();
    const lease = this.#leases.get(id);
    if (!lease) return false;
    this.#removeLease(lease);
    this.#tellFreed(lease.claims);
    return true;
  }

  table(prefix: string): LeaseTable {
    this.#begin();
    const leases = [...this.#leases.values()].sort((a, b) => a.token - b.token);
    return tableOf(leases, [...this.#waiters.values()], prefix);
  }

  /** Lets go what is past its end. */
  #begin(): number {
    const now = this.#now();
    if (now < this.#clock) this.#moveBack(this.#clock - now);
    this.#clock = now;
    if (now < this.#nextEnd) return now;
    const freed: FullClaim[] = [];
    this.#nextEnd = Number.POSITIVE_INFINITY;
    for (const lease of this.#leases.values()) {
      if (lease.expiresAt > now) this.#nextEnd = Math.min(this.#nextEnd, lease.expiresAt);
      else {
        this.#removeLease(lease);
        freed.push(...lease.claims);
      }
    }
    for (const waiter of this.#waiters.values()) {
      if (waiter.expiresAt > now) this.#nextEnd = Math.min(this.#nextEnd, waiter.expiresAt);
      else {
        this.#removeWaiter(waiter);
        freed.push(...waiter.claims);
      }
    }
    if (freed.length > 0) this.#tellFreed(freed);
    return now;
  }

  /** The clock was put back: what is held keeps the time that it had left, and is not held for an hour more. */
  #moveBack(byMs: number): void {
    for (const lease of [...this.#leases.values()]) {
      this.#removeLease(lease);
      this.#addLease({ ...lease, grantedAt: lease.grantedAt - byMs, expiresAt: lease.expiresAt - byMs });
    }
    for (const waiter of [...this.#waiters.values()]) {
      this.#removeWaiter(waiter);
      this.#addWaiter({ ...waiter, since: waiter.since - byMs, expiresAt: waiter.expiresAt - byMs });
    }
  }

  #queue(queued: QueuedWish | undefined, wish: QueuedWish): QueuedWish {
    if (queued === undefined) {
      const waiter = { ...wish, turn: ++this.#lastTurn };
      this.#addWaiter(waiter);
      return waiter;
    }
    // In its place: a Set has no other way to change an element than to change what is in it.
    const place = queued as { -readonly [Key in keyof QueuedWish]: QueuedWish[Key] };
    place.expiresAt = wish.expiresAt;
    this.#nextEnd = Math.min(this.#nextEnd, wish.expiresAt);
    return queued;
  }

  *#saidOn(name: string): Iterable<FullClaim> {
    for (const { claims } of this.leasesOn(name)) yield* claims.filter(claim => claim.name === name);
    for (const { claims } of this.waitersOn(name)) yield* claims.filter(claim => claim.name === name);
  }

  #tellFreed(claims: readonly FullClaim[]): void {
    const names = claims.map(({ name }) => name);
    this.#onFreed(whoseTurn(names, this), names);
  }

  #addLease(lease: HeldLease): void {
    this.#leases.set(lease.id, lease);
    this.#nextEnd = Math.min(this.#nextEnd, lease.expiresAt);
    for (const { name } of lease.claims) this.#on(name).leases.add(lease);
    const owned = this.#owners.get(lease.owner.id);
    if (owned) owned.add(lease);
    else this.#owners.set(lease.owner.id, new Set([lease]));
  }

  #removeLease(lease: HeldLease): void {
    this.#leases.delete(lease.id);
    const owned = this.#owners.get(lease.owner.id);
    owned?.delete(lease);
    if (owned?.size === 0) this.#owners.delete(lease.owner.id);
    for (const { name } of lease.claims) this.#tidy(name, on => on.leases.delete(lease));
  }

  #addWaiter(waiter: QueuedWish): void {
    this.#waiters.set(waiter.ticket, waiter);
    this.#nextEnd = Math.min(this.#nextEnd, waiter.expiresAt);
    for (const { name } of waiter.claims) this.#on(name).waiters.add(waiter);
  }

  #removeWaiter(waiter: QueuedWish): void {
    this.#waiters.delete(waiter.ticket);
    for (const { name } of waiter.claims) this.#tidy(name, on => on.waiters.delete(waiter));
  }

  #on(name: string): OnName {
    const known = this.#names.get(name);
    if (known) return known;
    const on = { leases: new Set<HeldLease>(), waiters: new Set<QueuedWish>() };
    this.#names.set(name, on);
    return on;
  }

  #tidy(name: string, change: (on: OnName) => void): void {
    const on = this.#on(name);
    change(on);
    if (on.leases.size === 0 && on.waiters.size === 0) this.#names.delete(name);
  }
}
