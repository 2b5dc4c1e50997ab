/** What the shop asks of a database, and of one that can be troubled from outside. */

export type SqlValue = string | number | null;

export interface Queries {
  /** All rows. Placeholders are `?` for both databases. */
  all<Row>(sql: string, values?: readonly SqlValue[]): Promise<Row[]>;
  /** The first row, if any. */
  get<Row>(sql: string, values?: readonly SqlValue[]): Promise<Row | undefined>;
  /** Number of rows changed. */
  run(sql: string, values?: readonly SqlValue[]): Promise<number>;
}

export interface Database extends Queries {
  readonly dialect: 'sqlite' | 'postgres';
  /** All or nothing. Rolls back when `work` throws. */
  transaction<T>(work: (tx: Queries) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A database that troubles can be made in. The trouble is real: each needs its own connection. */
export interface TroubledDatabase extends Database {
  /** Locks every table from a second connection. The function lets go. */
  lock(): Promise<() => Promise<void>>;
  /** Runs a query that takes about this long. */
  slowQuery(durationMs: number): Promise<void>;
  /** What a reader sees who stopped following the database now. */
  snapshot(): Promise<Snapshot>;
}

export interface Snapshot extends Pick<Queries, 'all' | 'get'> {
  close(): Promise<void>;
}

/** How long one statement waits for another connection's lock, in milliseconds. */
export const LOCK_WAIT_MS = 150;

export type DatabaseTrouble = 'unique_violation' | 'locked' | 'other';

/** Says what an error of either driver means. */
export function troubleOf(error: unknown): DatabaseTrouble {
  if (!(error instanceof Error)) return 'other';
  const { code, errcode } = error as Error & { code?: string; errcode?: number };
  // SQLite: 1555 primary key, 2067 unique; 5 busy, 6 locked. PostgreSQL: 23505; 55P03 lock not available.
  if (errcode === 1555 || errcode === 2067 || code === '23505') return 'unique_violation';
  if (errcode === 5 || errcode === 6 || code === '55P03') return 'locked';
  return 'other';
}
