/** What a pool is given by whoever opens it. */
import type { Evidence, KeyValueDriver, LeaseDriver, LeaseOwner } from '@quality-hub/protocol';
import type { Fence } from '../locks/fence.ts';
import type { LockHistory } from '../locks/history.ts';
import type { LockClock } from '../locks/lock-clock.ts';
import { inTime } from './in-time.ts';
import type { PoolContext, PoolRules } from './pool-options.ts';

/** How long a member, and a place in the queue, stays taken after its process was killed, where the rules do not say. */
export const POOL_TTL_MS = 15_000;

export interface PoolParts<M extends object, Context = PoolContext> {
  readonly name: string;
  readonly rules: PoolRules<M, Context>;
  /** Reads the members, once for each process. */
  readonly load: () => Promise<readonly M[]>;
  /** Opens what a payload refers to, such as secrets, for the one who gets it. @default as it is */
  readonly open?: ((payload: M) => Promise<M>) | undefined;
  /** What functions of the rules are given. */
  readonly context: (signal: AbortSignal) => Context;
  readonly leases: LeaseDriver;
  /** The whole store: members are shared by runs. */
  readonly store: KeyValueDriver;
  /** The run's own part of it. */
  readonly ownStore: KeyValueDriver;
  readonly run: string;
  readonly clock: LockClock;
  /** Wall clock. */
  readonly now: () => number;
}

/** Who asks for a member. */
export interface Borrower {
  readonly owner: LeaseOwner;
  readonly remainingMs?: (() => number | undefined) | undefined;
  readonly fence?: Fence | undefined;
  readonly history?: LockHistory | undefined;
  readonly observe?: ((evidence: Evidence) => void) | undefined;
}

const STEP_MS = 30_000;

/** One step of the rules, in its time. */
export function poolStep<T, M extends object, Context>(
  { rules, context, clock, name }: PoolParts<M, Context>,
  what: string,
  work: (context: Context) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const limit = { what: `${what} of the pool "${name}"`, limitMs: rules.stepMs ?? STEP_MS, clock, signal };
  return inTime(stop => work(context(stop)), limit);
}
