/** One pool in one process: lends a member to one borrower at a time, over all processes. */
import { errorSentence } from '@quality-hub/protocol';
import type { HeldLease } from '../locks/held-lease.ts';
import { agreedNames } from './agreed-names.ts';
import { lentMember } from './lent-member.ts';
import { PoolGrowth } from './pool-growth.ts';
import { type NamedMember, namedMembers, selectionOf } from './pool-members.ts';
import { PoolNotes } from './pool-notes.ts';
import type { LendOptions, Lent, PoolContext } from './pool-options.ts';
import { type Borrower, type PoolParts, poolStep } from './pool-parts.ts';
import { PoolQueue, type Turn } from './pool-queue.ts';

const QUARANTINE_MS = 600_000;

export class Pool<M extends object, Context = PoolContext> {
  readonly name: string;
  readonly notes: PoolNotes;
  readonly growth: PoolGrowth<M, Context>;
  readonly #parts: PoolParts<M, Context>;
  readonly #queue: PoolQueue<M, Context>;
  #list: Promise<readonly NamedMember<M>[]> | undefined;

  constructor(parts: PoolParts<M, Context>) {
    this.#parts = parts;
    this.name = parts.name;
    this.notes = new PoolNotes(parts.store, parts.name, parts.now);
    this.growth = new PoolGrowth(parts);
    this.#queue = new PoolQueue(this, parts);
  }

  /**
   * @throws {PoolTimeoutError} (`QH_POOL_TIMEOUT`) @throws {PoolEmptyError} (`QH_POOL_EMPTY`)
   * @throws {PoolMembersError} (`QH_POOL_MEMBERS`)
   */
  async lend({ label, member, waitMs, signal }: LendOptions, borrower: Borrower): Promise<Lent<M>> {
    const wait = this.#queue.begin(selectionOf(label, member), borrower, { waitMs, signal });
    await this.growth.begin(borrower, (await this.#members()).length);
    for (;;) {
      const turn = await this.#queue.next(wait);
      const ready = await this.#ready(turn, borrower).catch(async (error: unknown) => {
        // It stood still meanwhile, and somebody else has the member: it waits for one again.
        const isLost = !turn.lease.isHeld;
        await turn.lease.release();
        if (isLost) return undefined;
        throw error;
      });
      if (ready === undefined) continue;
      this.#queue.tellGrant(wait, turn);
      return lentMember(this, ready, turn, borrower, this.#parts);
    }
  }

  /** All members there are now: those of the list, and those that were made. */
  async members(): Promise<readonly NamedMember<M>[]> {
    return [...(await this.#members()), ...(await this.growth.members())];
  }

  /** Keeps a member back from everybody for a time. */
  async quarantine(member: string, reason: string, { owner, history, observe }: Borrower): Promise<void> {
    const { quarantineMs = QUARANTINE_MS } = this.#parts.rules;
    await this.notes.quarantine(member, reason, owner.label ?? owner.id, quarantineMs);
    history?.add({ event: 'quarantined', names: [`${this.name}/${member}`], owner, detail: reason });
    observe?.({ kind: 'note', name: 'pool.quarantined', data: { pool: this.name, member, reason } });
  }

  close(): Promise<void> {
    return this.growth.close();
  }

  async #members(): Promise<readonly NamedMember<M>[]> {
    this.#list ??= this.#load();
    try {
      return await this.#list;
    } catch (error) {
      // A service that was away may answer the next one who asks.
      this.#list = undefined;
      throw error;
    }
  }

  async #load(): Promise<readonly NamedMember<M>[]> {
    const { load, rules, ownStore } = this.#parts;
    const members = namedMembers(this.name, await load(), rules.name);
    const all = members.map(({ name }) => name);
    const names = await agreedNames(ownStore, this.name, all);
    const byName = new Map(members.map(member => [member.name, member]));
    return names.flatMap(name => byName.get(name) ?? []);
  }

  /** The member of a turn: made, reset, checked, repaired and opened. Undefined where it is bad, and kept back now. */
  async #ready(turn: Turn<M>, borrower: Borrower): Promise<NamedMember<M> | undefined> {
    const { rules, open } = this.#parts;
    const { lease, place } = turn;
    const one = turn.member ?? (place && (await this.growth.make(place, borrower, lease.signal)));
    if (one === undefined) return undefined;
    const bad = await this.#whyBad(one, turn, borrower);
    if (bad === undefined) {
      await this.notes.lent(one.name, lease.token, rules.reset !== undefined);
      const opened = open === undefined ? one : { ...one, payload: await open(one.payload) };
      lease.assertHeld();
      return opened;
    }
    await this.quarantine(one.name, bad, borrower);
    await lease.release();
    return undefined;
  }

  async #whyBad(
    { name, payload }: NamedMember<M>,
    { lease, isDirty }: Turn<M>,
    borrower: Borrower,
  ): Promise<string | undefined> {
    const { reset, repair } = this.#parts.rules;
    // Its last holder was killed before it could give it back as it was.
    const left = isDirty && reset ? await this.#failure('reset', lease, context => reset(payload, context)) : undefined;
    const bad = left ?? (await this.#checked(payload, lease));
    if (bad === undefined || repair === undefined) return bad;
    const failed = await this.#failure('repair', lease, context => repair(payload, bad, context));
    const still = failed ?? (await this.#checked(payload, lease));
    const { history, owner } = borrower;
    if (still === undefined) history?.add({ event: 'repaired', names: [`${this.name}/${name}`], owner, detail: bad });
    return still;
  }

  async #checked(payload: M, lease: HeldLease): Promise<string | undefined> {
    const { check } = this.#parts.rules;
    if (check === undefined) return undefined;
    let answer: unknown;
    const failure = await this.#failure('check', lease, async context => {
      answer = await check(payload, context);
    });
    if (failure !== undefined) return failure;
    return answer === false ? 'its check says no' : typeof answer === 'string' ? answer : undefined;
  }

  async #failure(what: string, lease: HeldLease, work: (context: Context) => unknown): Promise<string | undefined> {
    try {
      await poolStep(this.#parts, what, async context => work(context), lease.signal);
      return undefined;
    } catch (error) {
      // It is not the member that is bad.
      lease.assertHeld();
      return `${what}: ${errorSentence(error)}`;
    }
  }
}
