/** Waits for its turn: asks, sleeps until something became free, and asks again, until a deadline. */
import type { Lease, LeaseClaim, LeaseDriver, LeaseOwner, LeaseQueued } from '@quality-hub/protocol';
import { isQualityHubError } from '@quality-hub/protocol';
import { LockDeadlockError, LockTimeoutError, type ToldHolder } from './errors.ts';
import type { LockClock } from './lock-clock.ts';
import { WakeUps } from './wake-ups.ts';

/** A place in the queue lives as long as a lease: it is asked for again in time. */
const ASKS_IN_TTL = 3;
/** After a store that was away. */
const PAUSE_MS = 100;

export interface WaitOptions {
  readonly driver: LeaseDriver;
  readonly clock: LockClock;
  readonly owner: LeaseOwner;
  readonly ttlMs: number;
  /** By `clock`. */
  readonly deadlineAt: number;
  readonly names: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

export interface Granted {
  readonly lease: Lease;
  /** When the call that was granted was made. */
  readonly askedAt: number;
  readonly waitedMs: number;
  /** Who held it when the wait began. */
  readonly heldBy: LeaseOwner | undefined;
}

/**
 * @throws {LockTimeoutError} (`QH_LOCK_TIMEOUT`) @throws {LockDeadlockError} (`QH_LOCK_DEADLOCK`)
 * @throws the reason of the signal: at once, and the place in the queue is given back.
 */
export async function waitForLease(claims: readonly LeaseClaim[], options: WaitOptions): Promise<Granted> {
  const { driver, clock, owner, ttlMs, deadlineAt, names, signal } = options;
  signal?.throwIfAborted();
  const beganAt = clock.now();
  let ticket: string | undefined;
  let first: LeaseQueued | undefined;
  let wakeUps: WakeUps | undefined;
  try {
    for (;;) {
      const askedAt = clock.now();
      const answer = await asked(
        () => driver.acquire(claims, { owner, ttlMs, ...(ticket === undefined ? {} : { ticket }) }),
        {
          isFirst: first === undefined,
          isLate: () => clock.now() >= deadlineAt,
        },
      );
      if (answer?.granted) {
        ticket = undefined;
        if (signal?.aborted) {
          await driver.release(answer.lease);
          throw signal.reason;
        }
        const heldBy = first?.holders[0]?.owner;
        return { lease: answer.lease, askedAt, waitedMs: askedAt - beganAt, heldBy };
      }
      ticket = answer?.ticket ?? ticket;
      if (answer?.deadlock !== undefined) throw new LockDeadlockError(names, answer.deadlock);
      const leftMs = deadlineAt - clock.now();
      if (answer !== undefined && leftMs <= 0) throw await timeoutOf(answer, clock.now() - beganAt, claims, options);
      signal?.throwIfAborted();
      if (wakeUps === undefined && answer !== undefined) {
        // What became free before somebody listened for it is found by asking once more at once.
        const wanted = claims.map(({ name }) => name);
        wakeUps = new WakeUps(driver, wanted, { clock, signal, ticket });
        first = answer;
        await new Promise(setImmediate);
        continue;
      }
      const againMs = answer === undefined ? PAUSE_MS : Math.min(answer.againInMs, ttlMs / ASKS_IN_TTL);
      await (wakeUps as WakeUps).next(Math.max(1, Math.min(againMs, leftMs)));
      signal?.throwIfAborted();
    }
  } finally {
    wakeUps?.end();
    if (ticket !== undefined) await giveUp(driver, ticket);
  }
}

/** A store that is away while somebody waits costs them a pause, and not their turn. */
async function asked<T>(
  ask: () => Promise<T>,
  { isFirst, isLate }: { isFirst: boolean; isLate: () => boolean },
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isFirst || isLate() || !isStoreAway(error)) throw error;
    return undefined;
  }
}

/** The ticket is the id of the lease that it leads to: where an answer was lost, it may be held by now. */
async function giveUp(driver: LeaseDriver, ticket: string): Promise<void> {
  if (await driver.cancel(ticket).catch(() => false)) return;
  await driver.release({ id: ticket }).catch(() => false);
}

const LASTING = ['QH_STATE_CLOSED', 'QH_STATE_CORRUPT', 'QH_STATE_UNSUPPORTED'];

function isStoreAway(error: unknown): boolean {
  return isQualityHubError(error) && error.code.startsWith('QH_STATE') && !LASTING.includes(error.code);
}

async function timeoutOf(
  { holders, ticket }: LeaseQueued,
  waitedMs: number,
  claims: readonly LeaseClaim[],
  { driver, names }: WaitOptions,
): Promise<LockTimeoutError> {
  const wanted = new Set(claims.map(({ name }) => name));
  const prefix = commonBeginning([...wanted]);
  const { waiters } = await driver.table(prefix).catch(() => ({ waiters: [] }));
  const others = waiters.filter(
    waiter => waiter.ticket !== ticket && waiter.claims.some(({ name }) => wanted.has(name)),
  );
  // Ages are by the clock of the driver, which only the answers know: the newest instant in them stands for now.
  const now = Math.max(Date.now(), ...holders.map(({ grantedAt }) => grantedAt));
  return new LockTimeoutError(names, {
    waitedMs,
    holders: holders.map(
      ({ owner, grantedAt, claims: held }): ToldHolder => ({
        names: held.map(({ name }) => name.replace(/^lock\//, '')),
        owner,
        forMs: now - grantedAt,
      }),
    ),
    waiters: others.map(({ owner, since }): ToldHolder => ({ names, owner, forMs: Math.max(0, now - since) })),
  });
}

function commonBeginning(texts: readonly string[]): string {
  const [first = '', ...rest] = texts;
  let length = first.length;
  for (const text of rest) while (!text.startsWith(first.slice(0, length))) length--;
  return first.slice(0, length);
}
