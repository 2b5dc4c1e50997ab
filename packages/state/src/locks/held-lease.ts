/** A lease in the hands of its holder: kept alive, and known to be lost before anybody else can have it. */
import type { Lease, LeaseDriver } from '@quality-hub/protocol';
import { LockLostError } from './errors.ts';
import type { Fence } from './fence.ts';
import type { LockClock } from './lock-clock.ts';

/** A lease is renewed when a third of its life is over: two renewals may fail before it is lost. */
const RENEWALS = 3;
/** Its holder takes it for lost when so much of its life is left, so that a write which is under way can end. */
const MARGIN01 = 0.1;

/** How a lease ended. */
export type LeaseEnd = 'released' | 'lost';

export interface HoldOptions {
  readonly driver: LeaseDriver;
  readonly clock: LockClock;
  readonly ttlMs: number;
  /** When the call that was granted was made, by `clock`: the lease lives at least `ttlMs` from then. */
  readonly askedAt: number;
  /** The names as their owner gave them. */
  readonly names: readonly string[];
  readonly fence: Fence | undefined;
  /** Hears once how it ended, and why it is lost. */
  readonly ended: (end: LeaseEnd, why?: string) => void;
}

export class HeldLease {
  readonly names: readonly string[];
  /** Greater than that of everybody who held one of the names before: a service that keeps the greatest can refuse older ones. */
  readonly token: number;
  /** Aborts with a `LockLostError` when the lease is lost; never after `release`. */
  readonly signal: AbortSignal;
  readonly #lease: Lease;
  readonly #options: HoldOptions;
  readonly #lost = new AbortController();
  #goodUntil: number;
  #stopTimer: () => void = () => {};
  /** A renewal was asked for and has not come. */
  #isUnanswered = false;
  #releasing: Promise<void> | undefined;

  constructor(lease: Lease, options: HoldOptions) {
    this.#lease = lease;
    this.#options = options;
    this.names = options.names;
    this.token = lease.token;
    this.signal = this.#lost.signal;
    this.#goodUntil = this.#endOf(options.askedAt);
    options.fence?.add(this);
    this.#schedule(options.ttlMs / RENEWALS);
  }

  /** Id of the lease in its store. */
  get id(): string {
    return this.#lease.id;
  }

  /** What a service gets that checks tokens: `x-qh-fencing-token: billing=12`. */
  get headers(): Readonly<Record<string, string>> {
    return { 'x-qh-fencing-token': this.names.map(name => `${encodeURIComponent(name)}=${this.token}`).join(', ') };
  }

  /** True until it is lost or given back. Right also in a process that stood still: no timer has to run for it. */
  get isHeld(): boolean {
    if (this.#releasing !== undefined) return false;
    this.#look();
    return !this.#lost.signal.aborted;
  }

  /** @throws {LockLostError} (`QH_LOCK_LOST`) where the lease is lost; call it before what only its holder may do. */
  assertHeld(): void {
    this.#look();
    this.#lost.signal.throwIfAborted();
  }

  /** Gives it back. A lease that is lost is nobody's to give: that is no error. Safe to call twice. */
  release(): Promise<void> {
    this.#releasing ??= this.#release();
    return this.#releasing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  async #release(): Promise<void> {
    const { driver, fence, ended } = this.#options;
    this.#stopTimer();
    fence?.delete(this);
    if (this.#lost.signal.aborted) return;
    try {
      await driver.release(this.#lease);
    } finally {
      ended('released');
    }
  }

  #endOf(askedAt: number): number {
    return askedAt + this.#options.ttlMs * (1 - MARGIN01);
  }

  #look(): void {
    if (this.#options.clock.now() < this.#goodUntil) return;
    const who = this.#isUnanswered ? 'the store did not answer' : 'this process stood still';
    this.#lose(`its time ran out before it could be renewed: ${who}`);
  }

  #lose(why: string): void {
    if (this.#lost.signal.aborted || this.#releasing !== undefined) return;
    this.#stopTimer();
    this.#lost.abort(new LockLostError(this.names, why));
    this.#options.ended('lost', why);
  }

  #schedule(delayMs: number): void {
    const { clock } = this.#options;
    const left = Math.max(0, this.#goodUntil - clock.now());
    this.#stopTimer = clock.after(Math.min(delayMs, left), () => void this.#renew());
  }

  async #renew(): Promise<void> {
    this.#look();
    const { driver, clock, ttlMs } = this.#options;
    if (this.#lost.signal.aborted) return;
    const askedAt = clock.now();
    // A store that does not answer at all must not keep its holder from learning that the time is over.
    this.#stopTimer = clock.after(this.#goodUntil - askedAt, () => this.#look());
    let renewed: Lease | undefined;
    let delayMs = ttlMs / RENEWALS;
    this.#isUnanswered = true;
    try {
      renewed = await driver.renew(this.#lease, ttlMs);
      if (renewed === undefined) return this.#lose('it ran out, or somebody broke it');
      this.#goodUntil = this.#endOf(askedAt);
      this.#isUnanswered = false;
    } catch {
      // The store is away; it may be back in time.
      delayMs /= RENEWALS;
    }
    if (this.#lost.signal.aborted || this.#releasing !== undefined) return;
    this.#stopTimer();
    this.#schedule(delayMs);
  }
}
