/** What locks, pools and `once` say when they cannot give what was asked for. */
import { type LeaseOwner, QualityHubError } from '@quality-hub/protocol';

/** Somebody who holds or waits, as an error tells it. */
export interface ToldHolder {
  readonly names: readonly string[];
  readonly owner: LeaseOwner;
  /** How long, in milliseconds. */
  readonly forMs: number;
}

/** A lock was not free within its time (`QH_LOCK_TIMEOUT`). */
export class LockTimeoutError extends QualityHubError {
  readonly names: readonly string[];
  readonly waitedMs: number;
  readonly holders: readonly ToldHolder[];
  readonly waiters: readonly ToldHolder[];

  constructor(
    names: readonly string[],
    {
      waitedMs,
      holders,
      waiters,
    }: { waitedMs: number; holders: readonly ToldHolder[]; waiters: readonly ToldHolder[] },
  ) {
    const held = holders.length === 0 ? '' : `, held by ${holders.map(heldWords).join(' and ')}`;
    const queue = waiters.length === 0 ? '' : `; ${waiters.map(waitWords).join(' and ')}`;
    super(`${lockWords(names)} was not free within ${secondsOf(waitedMs)}${held}${queue}`, {
      code: 'QH_LOCK_TIMEOUT',
      hint: '`quality-hub locks` shows who holds what; waitMs gives more time, within that of the test',
    });
    this.names = names;
    this.waitedMs = waitedMs;
    this.holders = holders;
    this.waiters = waiters;
  }
}

/** Owners wait for each other in a circle, and this one gives way (`QH_LOCK_DEADLOCK`). */
export class LockDeadlockError extends QualityHubError {
  readonly names: readonly string[];
  readonly circle: readonly LeaseOwner[];

  constructor(names: readonly string[], circle: readonly LeaseOwner[]) {
    const others = circle.slice(1);
    const who =
      others.length === 0
        ? 'who asks holds it already'
        : `${circle.map(ownerWords).join(' waits for ')} waits for the first again`;
    super(`${lockWords(names)} can never become free: ${who}`, {
      code: 'QH_LOCK_DEADLOCK',
      hint: "Take all locks of a test at once: locks.acquire(['a', 'b']) has an order of its own",
    });
    this.names = names;
    this.circle = circle;
  }
}

/** A lock ended before its holder gave it back (`QH_LOCK_LOST`): it ran out, or somebody broke it. */
export class LockLostError extends QualityHubError {
  readonly names: readonly string[];

  constructor(names: readonly string[], why: string) {
    super(`${lockWords(names)} is lost: ${why}`, {
      code: 'QH_LOCK_LOST',
      hint: 'Somebody else may have it by now, so nothing more is written; a process that stood still, or a store that was away, loses its locks',
    });
    this.names = names;
  }
}

/** There is no such pool (`QH_POOL_NAME`). */
export class PoolNameError extends QualityHubError {
  constructor(name: string, words: string) {
    super(`There is no pool ${JSON.stringify(name)}${words}`, {
      code: 'QH_POOL_NAME',
      hint: 'Name it in the section pools of quality-hub.config.ts',
    });
  }
}

/** A pool has nobody to lend at all, so that waiting is of no use (`QH_POOL_EMPTY`). */
export class PoolEmptyError extends QualityHubError {
  readonly pool: string;

  constructor(pool: string, why: string) {
    super(`The pool ${JSON.stringify(pool)} has no member to lend: ${why}`, {
      code: 'QH_POOL_EMPTY',
      hint: `Look at pools.${pool} of the configuration; \`quality-hub locks\` shows members that are kept back, and why`,
    });
    this.pool = pool;
  }
}

/** No member of a pool became free in time (`QH_POOL_TIMEOUT`). */
export class PoolTimeoutError extends QualityHubError {
  readonly pool: string;
  readonly waitedMs: number;
  readonly holders: readonly ToldHolder[];

  constructor(pool: string, { waitedMs, holders, waiting, lacked }: PoolTrouble) {
    const held = holders.map(
      ({ names, owner, forMs }) => `${ownerWords(owner)} has ${names.join(', ')} for ${secondsOf(forMs)}`,
    );
    const others = waiting === 0 ? 'nobody else waits' : `${waiting} more wait`;
    super(
      `The pool ${JSON.stringify(pool)} ${lacked} free within ${secondsOf(waitedMs)}: ${[...held, others].join('; ')}`,
      {
        code: 'QH_POOL_TIMEOUT',
        hint: 'More members, fewer workers, or shorter use: a member is free when its test ends',
      },
    );
    this.pool = pool;
    this.waitedMs = waitedMs;
    this.holders = holders;
  }
}

interface PoolTrouble {
  readonly waitedMs: number;
  readonly holders: readonly ToldHolder[];
  readonly waiting: number;
  /** `had no member`. */
  readonly lacked: string;
}

/** Members of a pool cannot be read, checked or made (`QH_POOL_MEMBERS`). */
export class PoolMembersError extends QualityHubError {
  constructor(pool: string, why: string, cause?: unknown) {
    super(`The members of the pool ${JSON.stringify(pool)} cannot be used: ${why}`, {
      code: 'QH_POOL_MEMBERS',
      hint: `Look at pools.${pool} of the configuration`,
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

/** What was to be done once has failed, here or in another worker (`QH_ONCE_FAILED`). */
export class OnceFailedError extends QualityHubError {
  constructor(name: string, why: string, by: string | undefined, cause?: unknown) {
    super(`${JSON.stringify(name)} was to be done once and failed${by === undefined ? '' : ` in ${by}`}: ${why}`, {
      code: 'QH_ONCE_FAILED',
      hint: 'All who ask for it in this run are told the same; retries lets others try it again',
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

export function lockWords(names: readonly string[]): string {
  return names.length === 1
    ? `The lock ${JSON.stringify(names[0])}`
    : `The locks ${names.map(name => JSON.stringify(name)).join(', ')}`;
}

/** Title, worker and machine where they are known. */
export function ownerWords({ id, label, run }: LeaseOwner): string {
  return `${label ?? id}${run === undefined ? '' : ` (run ${run})`}`;
}

export function secondsOf(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Number((ms / 1000).toFixed(1))} s`;
}

function heldWords({ names, owner, forMs }: ToldHolder): string {
  return `${ownerWords(owner)} for ${secondsOf(forMs)}${names.length > 1 ? ` with ${names.join(', ')}` : ''}`;
}

function waitWords({ owner, forMs }: ToldHolder): string {
  return `${ownerWords(owner)} waits for ${secondsOf(forMs)}`;
}
