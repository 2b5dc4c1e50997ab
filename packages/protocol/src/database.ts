/** The port of a relational database: what the drivers of `@quality-hub/clients/db` all do, and a contract suite checks. */

export interface QueryOptions {
  /** Ends the wait and cancels the statement on the server. */
  readonly signal?: AbortSignal;
  /** Longest run of the statement, in milliseconds. @default what is left of the test, 30 s at most */
  readonly timeoutMs?: number;
  /** Doing it twice does the same as doing it once; reads are known to. Retried then. @default false */
  readonly idempotent?: boolean;
}

export interface QueryResult<Row = Readonly<Record<string, unknown>>> {
  readonly rows: readonly Row[];
  /** Rows that a statement has inserted, updated or deleted; the number of rows it read otherwise. */
  readonly rowCount: number;
  /** The key that the server has made for the row inserted last (MySQL, SQLite; PostgreSQL has `returning`). */
  readonly insertId?: number | string;
}

export type Isolation = 'read committed' | 'repeatable read' | 'serializable';

export interface TransactionOptions extends QueryOptions {
  /** @default the server's own */
  readonly isolation?: Isolation;
}

/** Runs statements: a database, or one transaction of it. Placeholders are those of the server (`$1` or `?`). */
export interface Queryable {
  query<Row = Readonly<Record<string, unknown>>>(
    sql: string,
    params?: readonly unknown[],
    options?: QueryOptions,
  ): Promise<QueryResult<Row>>;
}

/** An open transaction. A transaction inside it is a savepoint. */
export interface Transaction extends Queryable {
  transaction<T>(work: (inner: Transaction) => Promise<T>): Promise<T>;
}

export interface PoolStatistics {
  readonly size: number;
  readonly idle: number;
  readonly waiting: number;
  readonly opened: number;
  readonly closed: number;
  /** Connections that were found broken and dropped. */
  readonly broken: number;
  /** Times that an open connection was used again. */
  readonly reused: number;
  /** Times that somebody waited because all connections were in use. */
  readonly waits: number;
  /** For a connection, be it in use, opening or being looked at. */
  readonly waitedMs: number;
}

export interface DatabaseHealth {
  readonly state: 'healthy' | 'degraded' | 'down';
  readonly detail?: string;
  readonly latencyMs?: number;
}

export interface Database extends Queryable {
  readonly name: string;
  readonly dialect: 'postgres' | 'mysql' | 'sqlite';
  /** Commits when `work` ends, rolls back when it throws. A deadlock or a serialization failure runs all of `work` again. */
  transaction<T>(work: (transaction: Transaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  health(signal?: AbortSignal): Promise<DatabaseHealth>;
  statistics(): PoolStatistics;
  close(): Promise<void>;
}
