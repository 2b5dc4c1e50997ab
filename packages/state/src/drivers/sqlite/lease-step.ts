/** One step on the table of leases, inside of a transaction. */
import type { AcquireLease, Lease, LeaseGranted, LeaseQueued } from '@quality-hub/protocol';
import { checkPermits, checkTicket, type FullClaim } from '../../leases/claim-rules.ts';
import { nextToken, queuedAnswer, toLease } from '../../leases/lease-answers.ts';
import { bodyOf, entriesOf } from '../../leases/lease-rows.ts';
import { canBeGranted, type HeldLease, type QueuedWish, whoseTurn } from '../../leases/standing.ts';
import type { LeaseStatements } from './lease-statements.ts';
import { SqliteStanding } from './sqlite-standing.ts';

export interface Freed {
  /** Whose turn may have come. */
  readonly waiters: readonly QueuedWish[];
  readonly names: readonly string[];
}

interface Place {
  readonly id: string;
  /** Where this process is woken; made when somebody has to wait. */
  bell(): string;
}

interface Counters {
  readonly last_token: number;
  readonly last_turn: number;
  readonly clock: number;
}

export class LeaseStep {
  readonly #sql: LeaseStatements;
  readonly #now: number;
  readonly #freed = new Set<string>();
  #counters: Counters;

  constructor(sql: LeaseStatements, now: number) {
    this.#sql = sql;
    this.#now = now;
    this.#counters = sql.counters.get() as unknown as Counters;
    // The clock was put back: what is held keeps the time that it had left, and is not held for an hour more.
    const backMs = this.#counters.clock - now;
    if (backMs > 0) {
      sql.moveBack.run(backMs, backMs);
      this.#count({});
    }
    const ended = sql.ended.all(now);
    if (ended.length === 0) return;
    const { leases, waiters } = entriesOf(ended);
    for (const lease of leases) this.#remove(lease.id, lease.claims);
    for (const waiter of waiters) this.#remove(waiter.ticket, waiter.claims);
  }

  acquire(claims: readonly FullClaim[], options: AcquireLease, { id, bell }: Place): LeaseGranted | LeaseQueued {
    const { owner, ttlMs, ticket, tryOnce = false } = options;
    const mine = ticket === undefined ? undefined : this.#entry(id);
    if (mine) checkTicket(claims, mine.claims);
    if (mine && 'token' in mine) return { granted: true, lease: toLease(mine) };
    const rows = new SqliteStanding(this.#sql);
    checkPermits(claims, name => claimsOn(name, rows));
    const turn = mine?.turn ?? Number.POSITIVE_INFINITY;
    const [now, expiresAt] = [this.#now, this.#now + ttlMs];
    if (canBeGranted({ owner, claims, turn }, rows)) {
      const token = nextToken(this.#counters.last_token, now);
      this.#count({ last_token: token });
      if (mine) this.#sql.grant.run(token, now, expiresAt, id);
      else this.#insert(id, { is_waiter: 0, number: token, expiresAt, bell: null }, { claims, owner });
      return { granted: true, lease: { id, claims, owner, token, grantedAt: now, expiresAt } };
    }
    if (tryOnce) return queuedAnswer({ owner, claims, turn }, rows, { now, waiters: [] });
    const place = mine?.turn ?? this.#counters.last_turn + 1;
    if (mine) this.#sql.prolong.run(expiresAt, bell(), id);
    else {
      this.#count({ last_turn: place });
      this.#insert(id, { is_waiter: 1, number: place, expiresAt, bell: bell() }, { claims, owner });
    }
    // Read anew: this wish is in the queue now.
    const after = new SqliteStanding(this.#sql);
    return queuedAnswer({ owner, claims, turn: place }, after, { now, waiters: after.waitersInCircles(), ticket: id });
  }

  cancel(ticket: string): boolean {
    const entry = this.#entry(ticket);
    if (!entry || 'token' in entry) return false;
    this.#remove(ticket, entry.claims);
    return true;
  }

  renew(id: string, ttlMs: number): Lease | undefined {
    const entry = this.#entry(id);
    if (!entry || !('token' in entry)) return undefined;
    this.#sql.prolong.run(this.#now + ttlMs, null, id);
    this.#count({});
    return toLease({ ...entry, expiresAt: this.#now + ttlMs });
  }

  release(id: string): boolean {
    const entry = this.#entry(id);
    if (!entry || !('token' in entry)) return false;
    this.#remove(id, entry.claims);
    return true;
  }

  all(): readonly unknown[] {
    return this.#sql.all.all();
  }

  /** After the step: who can go on because of it. */
  whoIsFreed(): Freed | undefined {
    if (this.#freed.size === 0) return undefined;
    return { waiters: whoseTurn(this.#freed, new SqliteStanding(this.#sql)), names: [...this.#freed] };
  }

  #entry(id: string): HeldLease | QueuedWish | undefined {
    const row = this.#sql.entry.get(id);
    if (row === undefined) return undefined;
    const { leases, waiters } = entriesOf([row]);
    return leases[0] ?? waiters[0];
  }

  #insert(
    id: string,
    {
      is_waiter,
      number,
      expiresAt,
      bell,
    }: { is_waiter: 0 | 1; number: number; expiresAt: number; bell: string | null },
    { claims, owner }: Pick<HeldLease, 'claims' | 'owner'>,
  ): void {
    this.#sql.insert.run(id, is_waiter, owner.id, bodyOf(claims, owner), number, this.#now, expiresAt, bell);
    for (const { name } of claims) this.#sql.insertName.run(name, id);
  }

  #remove(id: string, claims: readonly FullClaim[]): void {
    this.#sql.remove.run(id);
    this.#sql.removeNames.run(id);
    for (const { name } of claims) this.#freed.add(name);
  }

  /** With every lease and every place that gets a time: so it is seen when the clock is put back. */
  #count(change: Partial<Counters>): void {
    this.#counters = { ...this.#counters, clock: this.#now, ...change };
    this.#sql.count.run(this.#counters.last_token, this.#counters.last_turn, this.#counters.clock);
  }
}

function* claimsOn(name: string, rows: SqliteStanding): Iterable<FullClaim> {
  for (const { claims } of rows.leasesOn(name)) yield* claims.filter(claim => claim.name === name);
  for (const { claims } of rows.waitersOn(name)) yield* claims.filter(claim => claim.name === name);
}
