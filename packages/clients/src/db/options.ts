/** What a database client can be told, with the defaults, and the check of what it was told. */
import { closestName, OptionError } from '@quality-hub/protocol';
import type { Policy } from '@quality-hub/resilience';
import type { QueryRecord } from './record.ts';

/** Gives the address anew for each connection: a password may have been rotated in between. */
export type AddressSource = () => string | Promise<string>;

export interface PoolOptions {
  /** Most connections that are open at once. 1 to 1,000; a database in memory has one. @default 4 */
  readonly size?: number;
  /** Connections that are kept open, and opened again when they break, once `warmUp` was called. @default 0 */
  readonly min?: number;
  /** Longest wait for a free connection, in milliseconds. @default 10_000 */
  readonly waitMs?: number;
  /** An idle connection is closed after this time, in milliseconds. @default 30_000 */
  readonly idleMs?: number;
  /** A connection that was idle for this long is asked whether it still lives before it is used, in milliseconds. @default 1_000 */
  readonly checkAfterMs?: number;
}

export interface DatabaseOptions {
  /** As in the configuration; stands in errors and records. */
  readonly name: string;
  readonly kind: 'postgres' | 'mysql' | 'sqlite';
  /** `postgres://…`, `mysql://…`, or the path of a SQLite file (`:memory:` for one in memory). */
  readonly url: string | AddressSource;
  /**
   * The server has refused these addresses, in this order: true where `url` gives another one now. The connection is then made
   * with that one, and whoever waits for it does not notice.
   */
  readonly renewAddress?: (refused: readonly string[], reason: string) => Promise<boolean>;
  /** What breakers and errors name, where `url` is a function. @default host and port of `url`, or its path */
  readonly server?: string;
  readonly pool?: PoolOptions;
  /** Longest time until a connection is made, in milliseconds. @default 5_000 */
  readonly connectTimeoutMs?: number;
  /** Longest run of a statement, in milliseconds. @default 30_000 */
  readonly statementTimeoutMs?: number;
  /** Longest wait for a lock, in milliseconds; at most 80 % of the time of the statement. @default 5_000 */
  readonly lockTimeoutMs?: number;
  /** How often a read or idempotent work is tried again where its connection broke. Not used with a `policy`. @default 2 */
  readonly retries?: number;
  /** How often a transaction runs at most where the server broke it off: a deadlock, a serialization failure. @default 4 */
  readonly transactionRuns?: number;
  /** What the test has left, in milliseconds: no statement is waited for longer. */
  readonly remainingMs?: () => number | undefined;
  /** Asked before each statement: what it throws ends it, and nothing is sent. What undoes is not asked about. */
  readonly admit?: () => void;
  /** Retries, breaker and limits around every query and transaction. Retries are then its business alone. */
  readonly policy?: Policy;
  /** Hears of every statement. What it throws is dropped. */
  readonly observe?: (record: QueryRecord) => void;
  /** A statement that took this long is `slow` in its record, in milliseconds. @default 500 */
  readonly slowMs?: number;
  /** Masks what leaves: texts of parameters and messages of the server. @default the mask of telemetry without values */
  readonly mask?: { text(text: string): string };
  /** Chance for waits between two tries, 0 to 1. @default Math.random */
  readonly random?: () => number;
}

export interface DatabaseSettings {
  readonly name: string;
  readonly size: number;
  readonly min: number;
  readonly waitMs: number;
  readonly idleMs: number;
  readonly checkAfterMs: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly retries: number;
  readonly transactionRuns: number;
  readonly slowMs: number;
  readonly remainingMs: () => number | undefined;
  readonly admit: () => void;
  readonly random: () => number;
}

const KINDS = ['postgres', 'mysql', 'sqlite'];
/** The limit of `setTimeout`. */
const LONGEST_MS = 2_147_483_647;
const POOL_NUMBERS = {
  size: [1, 1_000],
  min: [0, 1_000],
  waitMs: [1, LONGEST_MS],
  idleMs: [1, LONGEST_MS],
  checkAfterMs: [0, LONGEST_MS],
} as const;
const NUMBERS = {
  connectTimeoutMs: [1, LONGEST_MS],
  statementTimeoutMs: [1, LONGEST_MS],
  lockTimeoutMs: [1, LONGEST_MS],
  retries: [0, 20],
  transactionRuns: [1, 20],
  slowMs: [0, LONGEST_MS],
} as const;
const NAMES = [
  'name',
  'kind',
  'url',
  'renewAddress',
  'server',
  'pool',
  'remainingMs',
  'admit',
  'policy',
  'observe',
  'mask',
  'random',
  ...Object.keys(NUMBERS),
];

/** @throws {OptionError} with every problem there is. */
export function settingsFrom(options: DatabaseOptions): DatabaseSettings {
  const problems = problemsOf(options);
  if (problems.length > 0) throw new OptionError(`Database "${options.name ?? 'without a name'}"`, problems);
  const { pool = {} } = options;
  const size = pool.size ?? 4;
  return {
    name: options.name,
    size,
    min: Math.min(pool.min ?? 0, size),
    waitMs: pool.waitMs ?? 10_000,
    idleMs: pool.idleMs ?? 30_000,
    checkAfterMs: pool.checkAfterMs ?? 1_000,
    connectTimeoutMs: options.connectTimeoutMs ?? 5_000,
    statementTimeoutMs: options.statementTimeoutMs ?? 30_000,
    lockTimeoutMs: options.lockTimeoutMs ?? 5_000,
    retries: options.retries ?? 2,
    transactionRuns: options.transactionRuns ?? 4,
    slowMs: options.slowMs ?? 500,
    remainingMs: options.remainingMs ?? (() => undefined),
    admit: options.admit ?? (() => undefined),
    random: options.random ?? Math.random,
  };
}

function problemsOf(options: DatabaseOptions): string[] {
  const problems: string[] = [];
  if (typeof options.name !== 'string' || options.name === '') problems.push('"name" is missing');
  if (!KINDS.includes(options.kind)) {
    const meant = closestName(String(options.kind), KINDS);
    problems.push(
      `"kind" is ${JSON.stringify(options.kind)}: ${meant ? `did you mean "${meant}"?` : `expected one of ${KINDS.join(', ')}`}`,
    );
  }
  if (typeof options.url !== 'function' && (typeof options.url !== 'string' || options.url === ''))
    problems.push('"url" is missing');
  else if (typeof options.url === 'string' && options.kind !== 'sqlite' && !URL.canParse(options.url))
    problems.push('"url" is no URL (its text is not shown: it may hold a password)');
  problems.push(...numberProblems('', options, NUMBERS), ...nameProblems('', options, NAMES));
  if (options.pool)
    problems.push(
      ...numberProblems('pool.', options.pool, POOL_NUMBERS),
      ...nameProblems('pool.', options.pool, Object.keys(POOL_NUMBERS)),
    );
  return problems;
}

function numberProblems(
  prefix: string,
  given: object,
  ranges: Readonly<Record<string, readonly [number, number]>>,
): string[] {
  return Object.entries(ranges).flatMap(([name, [least, most]]) => {
    const value: unknown = (given as Record<string, unknown>)[name];
    if (value === undefined) return [];
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return [];
    return [`"${prefix}${name}" is ${JSON.stringify(value)}: expected a whole number from ${least} to ${most}`];
  });
}

function nameProblems(prefix: string, given: object, known: readonly string[]): string[] {
  return Object.keys(given).flatMap(name => {
    if (known.includes(name)) return [];
    const meant = closestName(name, known);
    return [`"${prefix}${name}" is no option${meant ? `: did you mean "${prefix}${meant}"?` : ''}`];
  });
}
