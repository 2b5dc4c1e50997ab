/** How long the server itself lets a statement run and wait for locks: the net below our own timer. */

export interface ServerLimits {
  readonly statementMs: number;
  readonly lockMs: number;
}

/** Steps, so that a connection is told anew a few times in a test, and not with every statement. */
const STEPS_MS = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000];
/** Our timer must always come first, also in a process that is kept from running: the server would end the transaction, too. */
const NET_MARGIN_MS = 1_000;
/** The server tells of a lock before our timer ends the wait: the lock is the better news. */
const LOCK_SHARE = 0.8;

/**
 * The limits for a statement that may take `timeoutMs`: a second more than the step at or above for the statement, since our
 * own timer is exact and only needs a net, and 80 % of the step at or below for locks, `lockTimeoutMs` at most.
 */
export function limitsFor(timeoutMs: number, lockTimeoutMs: number): ServerLimits {
  const above = STEPS_MS.find(step => step >= timeoutMs) ?? Math.ceil(timeoutMs);
  const below = STEPS_MS.findLast(step => step <= timeoutMs) ?? timeoutMs;
  return {
    statementMs: above + NET_MARGIN_MS,
    lockMs: Math.max(1, Math.min(lockTimeoutMs, Math.floor(below * LOCK_SHARE))),
  };
}

export function sameLimits(one: ServerLimits, other: ServerLimits): boolean {
  return one.statementMs === other.statementMs && one.lockMs === other.lockMs;
}
