/**
 * What workers and machines take turns with: locks on names, pools of members, and work that is done once.
 *
 * Knows leases and who holds them; where the leases are kept is the driver's matter. A door of its own: most workers never
 * take a lock.
 */
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
export { type LockClock, systemLockClock } from './locks/lock-clock.ts';
export type { LockRequest, LockWish } from './locks/lock-request.ts';
export { type AcquireOptions, createLocks, Locks, type LocksOptions } from './locks/locks.ts';
export {
  type QuarantinedMember,
  quarantinedMembers,
  type ToldLease,
  type ToldTable,
  type ToldWaiter,
  toldTable,
} from './locks/told-table.ts';
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
