/** The queue before a pool: whoever is at its head takes the first member that becomes free and fits. */
import type { Lease, LeaseOwner } from '@quality-hub/protocol';
import { LockTimeoutError, ownerWords } from '../locks/errors.ts';
import { HeldLease, type HoldOptions } from '../locks/held-lease.ts';
import { waitForLease } from '../locks/wait-for-lease.ts';
import { membersToTry, randomOf } from './choose-member.ts';
import type { MadePlace } from './made-members.ts';
import { type FreeMember, MemberQueue } from './member-queue.ts';
import type { Pool } from './pool.ts';
import { isWanted, type NamedMember, readSelection, type Selection, selectionText } from './pool-members.ts';
import { poolPrefix } from './pool-notes.ts';
import { type Borrower, POOL_TTL_MS, type PoolParts } from './pool-parts.ts';
import { poolTimeout, refuseHopeless, tellShort, tellStarved } from './pool-trouble.ts';

const WAIT_MS = 300_000;
/** A member that can be lent without anybody having given it back: one that was kept back, or one that was made. */
const LOOK_MS = 1_000;

/** Somebody who waits for a member, from the first try to the last. */
export interface Wait {
  readonly selection: Selection;
  readonly borrower: Borrower;
  /**
   * Its borrower as the queue knows it, with a new id each time that it comes: what else its test holds or waits for, or a
   * place that it has lost and the store still has, is no reason to think that it waits for itself.
   */
  atDoor: LeaseOwner;
  readonly beganAt: number;
  readonly deadlineAt: number;
  readonly signal: AbortSignal | undefined;
  /** Who was in the way first. */
  heldBy: LeaseOwner | undefined;
  /** What was said already, once for each wait. */
  readonly told: Set<'short' | 'starved'>;
}

/** A member whose lease is held, or a place to make one in. */
export interface Turn<M extends object> {
  readonly lease: HeldLease;
  readonly name: string;
  readonly member: NamedMember<M> | undefined;
  readonly place: MadePlace<M> | undefined;
  readonly isDirty: boolean;
}

export class PoolQueue<M extends object, Context> {
  readonly #pool: Pool<M, Context>;
  readonly #parts: PoolParts<M, Context>;
  readonly #prefix: string;
  #own: string | undefined;
  #waits = 0;

  constructor(pool: Pool<M, Context>, parts: PoolParts<M, Context>) {
    this.#pool = pool;
    this.#parts = parts;
    this.#prefix = poolPrefix(parts.name);
  }

  begin(
    selection: Selection,
    borrower: Borrower,
    given: { waitMs: number | undefined; signal: AbortSignal | undefined },
  ): Wait {
    const { clock, rules } = this.#parts;
    const beganAt = clock.now();
    const longestMs = given.waitMs ?? rules.waitMs ?? WAIT_MS;
    const deadlineAt = beganAt + Math.min(longestMs, borrower.remainingMs?.() ?? Number.POSITIVE_INFINITY);
    return {
      selection,
      borrower,
      atDoor: borrower.owner,
      beganAt,
      deadlineAt,
      signal: given.signal,
      heldBy: undefined,
      told: new Set(),
    };
  }

  /** Waits at the end of the queue for a member, and holds it then. */
  async next(wait: Wait): Promise<Turn<M>> {
    for (;;) {
      wait.atDoor = { ...wait.borrower.owner, id: `${wait.borrower.owner.id} at ${this.#parts.name} ${++this.#waits}` };
      const door = await this.#door(wait);
      try {
        const turn = await this.#atDoor(wait, door);
        if (turn !== undefined) return turn;
      } finally {
        // Where the store is away the place ends by itself: that is no reason to lose a member that is held by now.
        await door.release().catch(() => undefined);
      }
    }
  }

  tellGrant({ borrower, beganAt, heldBy }: Wait, { lease, name }: Turn<M>): void {
    const { owner, observe, history } = borrower;
    const waitedMs = Math.round(this.#parts.clock.now() - beganAt);
    const holder =
      heldBy === undefined
        ? {}
        : { holder: ownerWords(heldBy), ...(heldBy.test === undefined ? {} : { other: heldBy.test }) };
    history?.add({ event: 'granted', names: lease.names, owner, token: lease.token, waitedMs });
    observe?.({ kind: 'lease', resource: `${this.#parts.name}/${name}`, outcome: 'granted', waitedMs, ...holder });
  }

  /** One queue for each selection: who wants a rare member does not keep the others waiting. */
  async #door(wait: Wait): Promise<HeldLease> {
    const { leases: driver, clock, name, rules } = this.#parts;
    const { ttlMs = POOL_TTL_MS } = rules;
    const { atDoor: owner, deadlineAt, signal } = wait;
    const claims = [{ name: `${this.#prefix}door/${selectionText(wait.selection)}` }];
    const names = [`pool/${name}`];
    try {
      const granted = await waitForLease(claims, {
        driver,
        clock,
        owner,
        ttlMs,
        deadlineAt,
        names,
        signal,
      });
      const { lease, askedAt } = granted;
      return new HeldLease(lease, {
        driver,
        clock,
        ttlMs,
        askedAt,
        names,
        fence: undefined,
        ended: () => {},
      });
    } catch (error) {
      if (error instanceof LockTimeoutError) throw await poolTimeout(wait, this.#parts);
      throw error;
    }
  }

  async #atDoor(wait: Wait, door: HeldLease): Promise<Turn<M> | undefined> {
    const { leases: driver, clock, rules } = this.#parts;
    const { ttlMs = POOL_TTL_MS } = rules;
    // It gives all places but one back, so that heads of two queues never wait for each other: it holds no door.
    const owner = { ...wait.atDoor, id: `${wait.atDoor.id} first` };
    const queue = new MemberQueue({ driver, clock, owner, ttlMs, signal: wait.signal });
    try {
      while (door.isHeld) {
        wait.signal?.throwIfAborted();
        const turn = await this.#try(wait, door, queue);
        if (turn !== undefined) return turn;
        const leftMs = wait.deadlineAt - clock.now();
        if (leftMs <= 0) throw await poolTimeout(wait, this.#parts);
        tellStarved(wait, this.#parts);
        const free = await queue.next(Math.min(leftMs, LOOK_MS));
        const freed = free && (await this.#turnOf(free, wait.borrower));
        if (freed !== undefined) return freed;
      }
      // It stood still, and somebody else is at the head now.
      return undefined;
    } finally {
      await queue.leave();
    }
  }

  /**
   * A member whose lease is had; undefined where it is kept back by now, or gone. Only what is read after the lease was granted
   * is sure: whoever had it until then may have found that it is bad, or was killed and has left it dirty.
   */
  async #turnOf({ name, lease, askedAt }: FreeMember, borrower: Borrower): Promise<Turn<M> | undefined> {
    const facts = Promise.all([this.#pool.members(), this.#pool.notes.read()]);
    const [members, { bad, dirty }] = await facts.catch(async (error: unknown) => {
      await this.#parts.leases.release(lease).catch(() => undefined);
      throw error;
    });
    const member = members.find(one => this.#pool.growth.nameOf(one.name) === name);
    if (member === undefined || bad.has(member.name)) {
      await this.#parts.leases.release(lease);
      return undefined;
    }
    this.#own = member.name;
    const held = this.#held(lease, member.name, askedAt, borrower);
    return { lease: held, name: member.name, member, place: undefined, isDirty: dirty.has(member.name) };
  }

  async #try(wait: Wait, door: HeldLease, queue: MemberQueue): Promise<Turn<M> | undefined> {
    const { leases, rules, name } = this.#parts;
    const [members, { bad, lastLent }, table] = await Promise.all([
      this.#pool.members(),
      this.#pool.notes.read(),
      leases.table(this.#prefix),
    ]);
    const usable = members.filter(one => !bad.has(one.name));
    refuseHopeless(wait, { pool: name, members, bad, canGrow: this.#canGrow(wait) });
    tellShort(wait, { pool: name, usable: usable.length, min: rules.min ?? 0 });
    const holders = new Map(table.leases.flatMap(lease => lease.claims.map(({ name }) => [name, lease] as const)));
    const taken = new Set(members.flatMap(one => (holders.has(this.#pool.growth.nameOf(one.name)) ? [one.name] : [])));
    const view = { usable, taken, earlier: this.#earlier(table.leases, door.id), lastLent };
    const { strategy = 'round-robin', seed = 1 } = rules;
    const { owner } = wait.borrower;
    const choice = { strategy, own: this.#own, random: randomOf(`${seed} ${owner.test ?? owner.id}`) };
    for (const free of membersToTry(wait.selection, view, choice)) {
      if (queue.has(this.#pool.growth.nameOf(free))) continue;
      const taken = await this.#take(free, wait.borrower);
      const turn = taken && (await this.#turnOf(taken, wait.borrower));
      if (turn !== undefined) return turn;
    }
    const place = await this.#placeToMake(wait, members.length, made => holders.has(this.#pool.growth.nameOf(made)));
    if (place !== undefined) return place;
    const inTheWay = usable.filter(one => isWanted(wait.selection, one)).map(one => this.#pool.growth.nameOf(one.name));
    wait.heldBy ??= inTheWay.flatMap(busy => holders.get(busy)?.owner ?? [])[0];
    const free = await queue.join(inTheWay);
    return free && this.#turnOf(free, wait.borrower);
  }

  /** A place for one more, where the pool may grow, and somebody wants no member in particular. */
  async #placeToMake(wait: Wait, count: number, isHeld: (name: string) => boolean): Promise<Turn<M> | undefined> {
    if (!this.#canGrow(wait)) return undefined;
    const places = await this.#pool.growth.made.read();
    const beingMade = places.filter(place => place.payload === undefined && isHeld(place.name)).length;
    if (count + beingMade >= this.#pool.growth.max) return undefined;
    const place = await this.#pool.growth.made.take(places, isHeld);
    if (place === undefined) return undefined;
    const taken = await this.#take(place.name, wait.borrower);
    if (taken === undefined) return undefined;
    const lease = this.#held(taken.lease, place.name, taken.askedAt, wait.borrower);
    return { lease, name: place.name, member: undefined, place, isDirty: false };
  }

  async #take(member: string, { owner }: Borrower): Promise<FreeMember | undefined> {
    const { leases, clock, rules } = this.#parts;
    const askedAt = clock.now();
    const name = this.#pool.growth.nameOf(member);
    const answer = await leases.acquire([{ name }], { owner, ttlMs: rules.ttlMs ?? POOL_TTL_MS, tryOnce: true });
    return answer.granted ? { name, lease: answer.lease, askedAt } : undefined;
  }

  #held(lease: Lease, member: string, askedAt: number, { owner, fence, history, observe }: Borrower): HeldLease {
    const { leases: driver, clock, rules, name } = this.#parts;
    const names = [`${name}/${member}`];
    const ended: HoldOptions['ended'] = (event, why) => {
      const heldMs = Math.round(clock.now() - askedAt);
      const detail = why === undefined ? {} : { detail: why };
      history?.add({ event, names, owner, token: lease.token, heldMs, ...detail });
      if (event !== 'lost') return;
      observe?.({ kind: 'lease', resource: `${name}/${member}`, outcome: 'lost', waitedMs: 0, ...detail });
    };
    return new HeldLease(lease, { driver, clock, ttlMs: rules.ttlMs ?? POOL_TTL_MS, askedAt, names, fence, ended });
  }

  #canGrow({ selection: { member, labels } }: Wait): boolean {
    return this.#pool.growth.max > 0 && member === undefined && labels.length === 0;
  }

  #earlier(leases: readonly Lease[], own: string) {
    const begin = `${this.#prefix}door/`;
    const heads = leases.flatMap(({ id, claims: [claim], grantedAt, token }) => {
      const selection = claim?.name.startsWith(begin) ? readSelection(claim.name.slice(begin.length)) : undefined;
      return selection === undefined ? [] : [{ id, selection, since: grantedAt, token }];
    });
    const mine = heads.find(({ id }) => id === own)?.token ?? 0;
    return heads.filter(({ token }) => token < mine);
  }
}
