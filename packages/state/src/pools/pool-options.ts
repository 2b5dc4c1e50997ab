/** What a pool is made of: its members, how they are chosen, and what is done with them before and after they are lent. */
import type { HeldLease } from '../locks/held-lease.ts';

/** One thing that is lent: an account, a device, a tenant. What else it holds is up to the suite. */
export type Member = Readonly<Record<string, unknown>>;

export type PoolStrategy = 'round-robin' | 'least-recently-used' | 'sticky' | 'random';

/** What functions of a pool are given. */
export interface PoolContext {
  /** Aborts when the lease is lost, or when there is no more time. */
  readonly signal: AbortSignal;
}

/** What the functions of a pool may do and when, and its numbers. */
export interface PoolRules<M extends object = Member, Context = PoolContext> {
  /** Property that names a member, in messages and between workers. @default the first of name, id, login, user, email */
  readonly name?: keyof M & string;
  /**
   * Which of the free members is lent. `round-robin`: the next one in their order; `least-recently-used`: who has rested
   * longest; `sticky`: the one that this worker had before; `random`: by `seed` and test, the same in every run.
   * @default 'round-robin'
   */
  readonly strategy?: PoolStrategy;
  /** Of `random`. @default 1 */
  readonly seed?: number;
  /** Whether a member is well, asked before it is lent: false or a sentence says that it is not. What it throws says so too. */
  readonly check?: (member: M, context: Context) => unknown;
  /** Tries to make a bad member good again; `check` is asked once more after it. */
  readonly repair?: (member: M, reason: string, context: Context) => unknown;
  /** Puts a member back as it was, when it comes back, and before it is lent again after its worker was killed. */
  readonly reset?: (member: M, context: Context) => unknown;
  /** Makes one more member, while there are fewer than `max` and none is free. */
  readonly make?: (context: Context) => M | Promise<M>;
  /** Removes a member that was made, when the last worker that uses the pool ends. */
  readonly remove?: (member: M, context: Context) => unknown;
  /** Made before the first is lent, where there is `make`; with fewer than these that are well, the pool says so. @default 0 */
  readonly min?: number;
  /** With `make`: never more members than these. @default 100 */
  readonly max?: number;
  /** How long a bad member is kept back, in milliseconds. @default 600000 */
  readonly quarantineMs?: number;
  /** Longest time of one `check`, `repair`, `reset`, `make` or `remove`, in milliseconds. @default 30000 */
  readonly stepMs?: number;
  /** After so many milliseconds of waiting the pool says that it is too small. @default 10000 */
  readonly starvedMs?: number;
  /** How long a member stays lent to a worker that was killed, and its place in the queue taken, in milliseconds. @default 15000 */
  readonly ttlMs?: number;
  /** Longest wait for a member, in milliseconds; never more than the running test has left. @default 300000 */
  readonly waitMs?: number;
}

/** Which member is wanted, and for how long to wait. */
export interface LendOptions {
  /** A label that the member must have, or several. A member has them in its property `labels`. */
  readonly label?: string | readonly string[];
  /** This very member, by its name. */
  readonly member?: string;
  readonly waitMs?: number;
  /** Ends the wait at once, with its reason. */
  readonly signal?: AbortSignal;
}

/** The lease of a member. */
export interface MemberLease extends Pick<HeldLease, 'token' | 'signal' | 'isHeld' | 'assertHeld' | 'headers'> {
  readonly pool: string;
  readonly member: string;
  /** Keeps the member back from everybody, for `quarantineMs` of the pool; the reason is shown to whoever asks why. */
  quarantine(reason: string): Promise<void>;
  /** Resets the member and gives it back. Safe to call twice; the fixture does it when the test ends. */
  release(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export type Lent<M extends object = Member> = Readonly<M> & { readonly lease: MemberLease };
