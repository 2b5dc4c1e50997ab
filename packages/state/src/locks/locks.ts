/** `locks.acquire('billing')`: named claims that several processes and machines keep to. */
import type { Lease, LeaseDriver, LeaseEvidence, LeaseOwner } from '@quality-hub/protocol';
import { LockDeadlockError, LockTimeoutError, ownerWords } from './errors.ts';
import type { Fence } from './fence.ts';
import { HeldLease } from './held-lease.ts';
import type { LockHistory } from './history.ts';
import { type LockClock, systemLockClock } from './lock-clock.ts';
import { claimsOf, type LockRequest, type LockWish } from './lock-request.ts';
import { waitForLease } from './wait-for-lease.ts';

/** How long a lease outlives a holder that was killed. */
const TTL_MS = 15_000;
/** Where neither the caller nor a test says how long to wait. */
const WAIT_MS = 300_000;
const LOCK_PREFIX = 'lock/';

export interface LocksOptions {
  readonly leases: LeaseDriver;
  /** Who asks. */
  readonly owner: LeaseOwner;
  /** What the running test has left, in milliseconds: nobody waits longer. */
  readonly remainingMs?: (() => number | undefined) | undefined;
  /** Stops calls of this process while one of its leases is lost. */
  readonly fence?: Fence | undefined;
  readonly history?: LockHistory | undefined;
  readonly observe?: ((evidence: LeaseEvidence) => void) | undefined;
  /** Begin of all names in the store. @default 'lock/' */
  readonly prefix?: string;
  /** @default the system's */
  readonly clock?: LockClock;
}

export interface AcquireOptions extends Omit<LockWish, 'name'> {
  /** Longest wait, in milliseconds; never more than the running test has left. @default 300000 */
  readonly waitMs?: number;
  /** How long the lease outlives its holder, in milliseconds; while the holder lives it is renewed. @default 15000 */
  readonly ttlMs?: number;
  /** Ends the wait at once, with its reason. What is held stays held. */
  readonly signal?: AbortSignal;
}

export class Locks {
  readonly #options: LocksOptions;
  readonly #clock: LockClock;
  readonly #prefix: string;
  readonly #held = new Set<HeldLease>();
  #closed = false;

  constructor(options: LocksOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemLockClock;
    this.#prefix = options.prefix ?? LOCK_PREFIX;
  }

  /** What is held through these locks now. */
  get held(): readonly HeldLease[] {
    return [...this.#held];
  }

  /**
   * Waits for a name, or for several together: all of them or none. Who waits is served in the order in which they came.
   *
   * @throws {LockTimeoutError} (`QH_LOCK_TIMEOUT`) names who holds it, since when, and who waits.
   * @throws {LockDeadlockError} (`QH_LOCK_DEADLOCK`) where the wait could never end.
   * @throws {OptionError} (`QH_OPTION`) for wrong names and options.
   */
  async acquire(request: LockRequest | readonly LockRequest[], options: AcquireOptions = {}): Promise<HeldLease> {
    const { waitMs = WAIT_MS, ttlMs = TTL_MS, signal, ...otherwise } = options;
    const claims = claimsOf(request, this.#prefix, otherwise);
    const names = claims.map(({ name }) => name.slice(this.#prefix.length));
    const { leases: driver, owner, remainingMs } = this.#options;
    const beganAt = this.#clock.now();
    const deadlineAt = beganAt + Math.min(waitMs, remainingMs?.() ?? Number.POSITIVE_INFINITY);
    try {
      const wait = { driver, clock: this.#clock, owner, ttlMs, deadlineAt, names, signal };
      const { lease, askedAt, waitedMs, heldBy } = await waitForLease(claims, wait);
      return await this.#hold(lease, { names, ttlMs, askedAt, waitedMs, heldBy });
    } catch (error) {
      this.#failed(names, this.#clock.now() - beganAt, error);
      throw error;
    }
  }

  /** The same without waiting: undefined where it is not free now. */
  async tryAcquire(
    request: LockRequest | readonly LockRequest[],
    { ttlMs = TTL_MS, ...otherwise }: Omit<AcquireOptions, 'waitMs' | 'signal'> = {},
  ): Promise<HeldLease | undefined> {
    const claims = claimsOf(request, this.#prefix, otherwise);
    const names = claims.map(({ name }) => name.slice(this.#prefix.length));
    const askedAt = this.#clock.now();
    const answer = await this.#options.leases.acquire(claims, { owner: this.#options.owner, ttlMs, tryOnce: true });
    if (!answer.granted) return undefined;
    return this.#hold(answer.lease, { names, ttlMs, askedAt, waitedMs: 0, heldBy: undefined });
  }

  /**
   * Does `work` under a lock, and gives it back. Where the lock is lost meanwhile, this rejects at once with a
   * `LockLostError`, also where `work` does not look at the signal of its lease.
   */
  async with<T>(
    request: LockRequest | readonly LockRequest[],
    work: (lease: HeldLease) => T | Promise<T>,
    options?: AcquireOptions,
  ): Promise<T> {
    const lease = await this.acquire(request, options);
    try {
      const result = await Promise.race([work(lease), rejectWhenLost(lease.signal)]);
      lease.assertHeld();
      return result;
    } finally {
      await lease.release();
    }
  }

  /** Gives back all that is held, and refuses what is asked for later. Safe to call twice. */
  async close(): Promise<void> {
    this.#closed = true;
    const results = await Promise.allSettled(this.held.map(lease => lease.release()));
    await this.#options.history?.written();
    const failed = results.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #hold(lease: Lease, { names, ttlMs, askedAt, waitedMs, heldBy }: Holding): Promise<HeldLease> {
    const { leases: driver, fence, observe, history, owner } = this.#options;
    if (this.#closed) {
      // Its test has ended while it waited: nobody would give it back.
      await driver.release(lease);
      throw new LockTimeoutError(names, { waitedMs, holders: [], waiters: [] });
    }
    const resource = names.join(', ');
    const held: HeldLease = new HeldLease(lease, {
      driver,
      clock: this.#clock,
      ttlMs,
      askedAt,
      names,
      fence,
      ended: (end, why) => {
        this.#held.delete(held);
        const heldMs = Math.round(this.#clock.now() - askedAt);
        const waited = Math.round(waitedMs);
        const detail = why === undefined ? {} : { detail: why };
        history?.add({ event: end, names, owner, token: lease.token, waitedMs: waited, heldMs, ...detail });
        if (end === 'lost') observe?.({ kind: 'lease', resource, outcome: 'lost', waitedMs: waited, ...detail });
      },
    });
    this.#held.add(held);
    history?.add({ event: 'granted', names, owner, token: lease.token, waitedMs: Math.round(waitedMs) });
    const holder =
      heldBy === undefined
        ? {}
        : { holder: ownerWords(heldBy), ...(heldBy.test === undefined ? {} : { other: heldBy.test }) };
    observe?.({ kind: 'lease', resource, outcome: 'granted', waitedMs: Math.round(waitedMs), ...holder });
    return held;
  }

  #failed(names: readonly string[], waitedMs: number, error: unknown): void {
    const { observe, history, owner } = this.#options;
    const isTimeout = error instanceof LockTimeoutError;
    if (!isTimeout && !(error instanceof LockDeadlockError)) return;
    const other = isTimeout ? error.holders[0]?.owner : (error.circle[1] ?? error.circle[0]);
    history?.add({ event: isTimeout ? 'timeout' : 'deadlock', names, owner, detail: error.message });
    observe?.({
      kind: 'lease',
      resource: names.join(', '),
      outcome: 'timeout',
      waitedMs: Math.round(waitedMs),
      ...(other === undefined
        ? {}
        : { holder: ownerWords(other), ...(other.test === undefined ? {} : { other: other.test }) }),
      ...(other?.id === owner.id ? { hadItself: true } : {}),
      detail: error.message,
    });
  }
}

interface Holding {
  readonly names: readonly string[];
  readonly ttlMs: number;
  readonly askedAt: number;
  readonly waitedMs: number;
  readonly heldBy: LeaseOwner | undefined;
}

/** Locks of one owner: a test, a worker, a command. */
export function createLocks(options: LocksOptions): Locks {
  return new Locks(options);
}

function rejectWhenLost(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
