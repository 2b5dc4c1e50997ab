/**
 * What workers share: small texts under keys, each with a version and a lifetime.
 *
 * Knows keys and bytes; does not know breakers, tokens or leases, which are kept in it. The driver for one machine is
 * `@quality-hub/state/sqlite`.
 */

export { createMemoryDriver, type MemoryDriverOptions } from './drivers/memory.ts';
export { createMemoryLeases, type MemoryLeasesOptions } from './drivers/memory-leases.ts';
export { KEY_LIMIT, VALUE_LIMIT } from './entry-rules.ts';
export { StateError, type StateErrorCode } from './errors.ts';
export {
  LockDeadlockError,
  LockLostError,
  LockTimeoutError,
  OnceFailedError,
  PoolEmptyError,
  PoolMembersError,
  PoolNameError,
  PoolTimeoutError,
  type ToldHolder,
} from './locks/errors.ts';
export { Fence } from './locks/fence.ts';
export { HeldLease } from './locks/held-lease.ts';
export { type LockEvent, LockHistory, type ToldLockEvent } from './locks/history.ts';
export type { LockClock } from './locks/lock-clock.ts';
export type { LockRequest, LockWish } from './locks/lock-request.ts';
export { type AcquireOptions, createLocks, Locks, type LocksOptions } from './locks/locks.ts';
export {
  createOnce,
  type Once,
  type OnceContext,
  type OnceOptions,
  type OnceParts,
  type OnceWork,
} from './once/once.ts';
export { Pool } from './pools/pool.ts';
export { PoolNotes, type Quarantined } from './pools/pool-notes.ts';
export type {
  LendOptions,
  Lent,
  Member,
  MemberLease,
  PoolContext,
  PoolRules,
  PoolStrategy,
} from './pools/pool-options.ts';
export type { Borrower, PoolParts } from './pools/pool-parts.ts';
export { BorrowedPools, type PoolMembers, type Pools } from './pools/pools.ts';
export { prefixed } from './prefixed.ts';
