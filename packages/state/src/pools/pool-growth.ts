/** Members that a pool makes when it needs them, and removes when the last process of the run that uses it ends. */
import { errorSentence, type LeaseOwner } from '@quality-hub/protocol';
import { PoolMembersError } from '../locks/errors.ts';
import { HeldLease } from '../locks/held-lease.ts';
import { MadeMembers, type MadePlace } from './made-members.ts';
import { type NamedMember, namedMember } from './pool-members.ts';
import { poolPrefix } from './pool-notes.ts';
import { type Borrower, POOL_TTL_MS, type PoolParts, poolStep } from './pool-parts.ts';

const MAX_MADE = 100;

export class PoolGrowth<M extends object, Context> {
  readonly made: MadeMembers<M>;
  readonly #parts: PoolParts<M, Context>;
  #user: HeldLease | undefined;
  #begun: Promise<void> | undefined;

  constructor(parts: PoolParts<M, Context>) {
    this.#parts = parts;
    this.made = new MadeMembers(parts.ownStore, parts.name, parts.run);
  }

  /** How many members there may be; 0 where none can be made. */
  get max(): number {
    return this.#parts.rules.make === undefined ? 0 : (this.#parts.rules.max ?? MAX_MADE);
  }

  /** Name of a member in the table of leases. */
  nameOf(member: string): string {
    return `${poolPrefix(this.#parts.name)}member/${encodeURIComponent(member)}`;
  }

  async members(): Promise<readonly NamedMember<M>[]> {
    if (this.max === 0) return [];
    return (await this.made.read()).flatMap(place => this.#named(place) ?? []);
  }

  /** Before the first is lent: says that this process uses the pool, and makes what is wanting to `min`. Once. */
  begin(borrower: Borrower, given: number): Promise<void> {
    if (this.max === 0) return Promise.resolve();
    this.#begun ??= this.#begin(borrower, given);
    return this.#begun;
  }

  /** Makes the member of a place whose lease is held. @throws {PoolMembersError} (`QH_POOL_MEMBERS`) */
  async make(place: MadePlace<M>, { observe }: Borrower, signal: AbortSignal): Promise<NamedMember<M>> {
    const { rules, name: pool } = this.#parts;
    try {
      const payload = await poolStep(
        this.#parts,
        'make',
        async context => rules.make?.(context) as M | Promise<M>,
        signal,
      );
      namedMember(pool, payload, undefined, place);
      await this.made.fill(place, payload);
      observe?.({ kind: 'note', name: 'pool.made', data: { pool, member: place.name } });
      return this.#named({ ...place, payload }) as NamedMember<M>;
    } catch (error) {
      await this.made.drop(place).catch(() => undefined);
      throw new PoolMembersError(pool, `one more could not be made: ${errorSentence(error)}`, error);
    }
  }

  /**
   * Where nobody else of the run uses the pool any more, removes what was made for it.
   *
   * @throws {PoolMembersError} (`QH_POOL_MEMBERS`) that names what could not be removed.
   */
  async close(): Promise<void> {
    await this.#begun?.catch(() => undefined);
    const user = this.#user;
    if (user === undefined) return;
    await user.release();
    const { leases, run } = this.#parts;
    const owner: LeaseOwner = { id: `end of ${user.id}`, run, label: 'the end of the run' };
    const last = await leases.acquire([{ name: this.#userName }], { owner, ttlMs: POOL_TTL_MS, tryOnce: true });
    if (!last.granted) return;
    try {
      const places = await this.made.read();
      const results = await Promise.allSettled(places.map(place => this.#remove(place, owner)));
      const left = results.flatMap((result, index) =>
        result.status === 'rejected' ? [`${places[index]?.name}: ${errorSentence(result.reason)}`] : [],
      );
      if (left.length > 0)
        throw new PoolMembersError(this.#parts.name, `what was made could not be removed (${left.join('; ')})`);
    } finally {
      await leases.release(last.lease);
    }
  }

  get #userName(): string {
    return `${poolPrefix(this.#parts.name)}user/${encodeURIComponent(this.#parts.run)}`;
  }

  async #begin(borrower: Borrower, given: number): Promise<void> {
    const { leases: driver, clock, run, name, rules } = this.#parts;
    const askedAt = clock.now();
    const claim = { name: this.#userName, mode: 'shared' as const };
    const owner = { id: `${borrower.owner.id} uses ${name}`, run, label: borrower.owner.label ?? borrower.owner.id };
    const answer = await driver.acquire([claim], { owner, ttlMs: POOL_TTL_MS, tryOnce: true });
    if (answer.granted) {
      const hold = { driver, clock, ttlMs: POOL_TTL_MS, askedAt, names: [`pool/${name}`], fence: undefined };
      this.#user = new HeldLease(answer.lease, { ...hold, ended: () => {} });
    }
    const wanting = Math.min(rules.min ?? 0, this.max) - given - (await this.made.read()).length;
    await Promise.all(Array.from({ length: Math.max(0, wanting) }, () => this.#makeAhead(borrower, given)));
  }

  async #makeAhead(borrower: Borrower, given: number): Promise<void> {
    const { leases, clock, rules } = this.#parts;
    let place: MadePlace<M> | undefined;
    while (place === undefined) {
      // Other workers begin as well: what they make counts.
      const places = await this.made.read();
      if (given + places.length >= Math.min(rules.min ?? 0, this.max)) return;
      place = await this.made.take(places, () => true);
    }
    const { owner } = borrower;
    const claim = { name: this.nameOf(place.name) };
    const askedAt = clock.now();
    const answer = await leases.acquire([claim], { owner, ttlMs: POOL_TTL_MS, tryOnce: true });
    if (!answer.granted) return;
    const hold = { driver: leases, clock, ttlMs: POOL_TTL_MS, askedAt, names: [place.name], fence: undefined };
    const lease = new HeldLease(answer.lease, { ...hold, ended: () => {} });
    try {
      await this.make(place, borrower, lease.signal);
    } finally {
      await lease.release();
    }
  }

  async #remove(place: MadePlace<M>, owner: LeaseOwner): Promise<void> {
    const { leases, rules } = this.#parts;
    const free = await leases.acquire([{ name: this.nameOf(place.name) }], {
      owner,
      ttlMs: POOL_TTL_MS,
      tryOnce: true,
    });
    if (!free.granted) return;
    try {
      const { payload } = place;
      if (payload !== undefined)
        await poolStep(this.#parts, 'remove', async context => rules.remove?.(payload, context));
      await this.made.drop(place);
    } finally {
      await leases.release(free.lease);
    }
  }

  #named(place: MadePlace<M>): NamedMember<M> | undefined {
    const { payload } = place;
    return payload === undefined ? undefined : namedMember(this.#parts.name, payload, undefined, place);
  }
}
