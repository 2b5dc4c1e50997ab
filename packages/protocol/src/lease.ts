/** Claims on names that several processes share: who may use a thing now, and who is next. The drivers are in `@quality-hub/state`. */
import type { Durability } from './key-value.ts';

/** One name that is wanted. A lease holds all its claims or none. */
export interface LeaseClaim {
  readonly name: string;
  /** `shared`: together with other `shared` ones, never beside an `exclusive` one. @default 'exclusive' */
  readonly mode?: 'exclusive' | 'shared';
  /** A semaphore: so many `exclusive` holders at once. All who claim the name must say the same. @default 1 */
  readonly permits?: number;
}

/** Who holds or waits, as others are told. */
export interface LeaseOwner {
  /** One caller: claims of one owner that wait for each other's are found as a deadlock. */
  readonly id: string;
  /** The run that it belongs to. */
  readonly run?: string;
  /** Identity key of the test. */
  readonly test?: string;
  /** In words: title of the test, worker and machine. */
  readonly label?: string;
}

export interface Lease {
  readonly id: string;
  readonly claims: readonly LeaseClaim[];
  readonly owner: LeaseOwner;
  /** Fencing token: greater than that of every lease which was granted before it in this store. */
  readonly token: number;
  /** When it was granted, and when it ends by itself, by the clock of the driver; milliseconds since 1970. */
  readonly grantedAt: number;
  readonly expiresAt: number;
}

export interface AcquireLease {
  readonly owner: LeaseOwner;
  /** Lifetime of the lease, and of the place in the queue, in milliseconds. */
  readonly ttlMs: number;
  /**
   * The place in the queue that an earlier call was given; it keeps its turn, and lives for another `ttlMs`. The ticket is the
   * id of the lease that it leads to: who asks again after the lease was granted hears of that same lease.
   */
  readonly ticket?: string;
  /** Does not queue: who cannot have it at once hears so. @default false */
  readonly tryOnce?: boolean;
}

export interface LeaseGranted {
  readonly granted: true;
  readonly lease: Lease;
}

export interface LeaseQueued {
  readonly granted: false;
  /** For the next call, and for `cancel`; undefined with `tryOnce`. */
  readonly ticket?: string;
  /** How many wait in front. */
  readonly ahead: number;
  /** Leases that are in the way now. */
  readonly holders: readonly Lease[];
  /** When the first of them ends by itself, in milliseconds from now: the latest time to ask again. */
  readonly againInMs: number;
  /** Owners who wait for each other in a circle, this one first; nobody of them can go on before one gives up. */
  readonly deadlock?: readonly LeaseOwner[];
}

/** A place in the queue, for people. */
export interface LeaseWaiter {
  readonly ticket: string;
  readonly claims: readonly LeaseClaim[];
  readonly owner: LeaseOwner;
  readonly since: number;
}

export interface LeaseTable {
  readonly leases: readonly Lease[];
  /** In the order of their turns. */
  readonly waiters: readonly LeaseWaiter[];
}

/**
 * Leases on names. Every call is one atomic step; the queue is fair, first come first served for each name; the clock is
 * the driver's own, so that clocks of machines may differ. A lease that is past its end is not there.
 */
export interface LeaseDriver {
  /** Other processes see what is held here. */
  readonly shared: boolean;
  readonly durability: Durability;
  acquire(claims: readonly LeaseClaim[], options: AcquireLease): Promise<LeaseGranted | LeaseQueued>;
  /** Gives the place in the queue back; false where there is none. */
  cancel(ticket: string): Promise<boolean>;
  /** The lease with its new end, or undefined where it is lost: it ran out, or was broken. */
  renew(lease: Pick<Lease, 'id'>, ttlMs: number): Promise<Lease | undefined>;
  /** Ends a lease, also one of somebody else; false where it is not held any more. */
  release(lease: Pick<Lease, 'id'>): Promise<boolean>;
  /** Who holds and who waits for names that begin with `prefix`; leases in the order of their tokens. */
  table(prefix: string): Promise<LeaseTable>;
  /**
   * Yields whenever one of `names` may have become free, until `signal` aborts. A wake-up may come for nothing; one that
   * is lost costs no more than `againInMs` of the queue. With the `ticket` of a place in the queue it yields when its turn may
   * have come, and not for those behind it: give it, so that a free name does not wake everybody.
   */
  released(
    names: readonly string[],
    options: { readonly signal: AbortSignal; readonly ticket?: string | undefined },
  ): AsyncIterable<string>;
  close(): Promise<void>;
}
