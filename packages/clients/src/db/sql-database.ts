/** What a database client is: the port of `protocol`, with the ways to write statements. */
import type { Database, QueryOptions, QueryResult, Transaction, TransactionOptions } from '@quality-hub/protocol';
import type { Kysely } from 'kysely';
import type { SqlTag } from './sql.ts';

/** A transaction of {@link SqlDatabase}. */
export interface SqlTransaction extends Transaction {
  readonly sql: SqlTag;
  transaction<T>(work: (inner: SqlTransaction) => Promise<T>): Promise<T>;
  /** A query builder whose statements are part of this transaction. */
  kysely<Schema>(): Kysely<Schema>;
}

/** A `Database` with the ways to write statements. */
export interface SqlDatabase extends Database {
  /** Host and port, or the file. */
  readonly server: string;
  /** ``await db.sql`select * from orders where id = ${id}` ``: the rows. Values become parameters, never text. */
  readonly sql: SqlTag;
  /** A typed query builder on the same connections, with the same retries, limits and records. */
  kysely<Schema>(): Kysely<Schema>;
  transaction<T>(work: (transaction: SqlTransaction) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Opens the connections of `pool.min`, one at least, and keeps that many. */
  warmUp(): Promise<void>;
  /** One connection for several statements, outside of a transaction. Give it back with `release`. */
  lease(options?: QueryOptions): Promise<DatabaseLease>;
  /** Opens a transaction that only ever rolls back: what isolates a test. Its connection is kept until then. */
  hold(options?: QueryOptions): Promise<HeldTransaction>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface HeldTransaction extends SqlTransaction {
  /** What the server calls the connection. */
  readonly connectionId: number;
  /** The server has ended it by itself, by a deadlock say, or the connection broke. */
  readonly over: boolean;
  /** A statement of it runs. */
  readonly busy: boolean;
  /** Never fails: where the connection is gone, the server has rolled back. */
  rollback(): Promise<void>;
}

export interface DatabaseLease {
  /** What the server calls the connection. */
  readonly connectionId: number;
  query<Row = Readonly<Record<string, unknown>>>(
    sql: string,
    params?: readonly unknown[],
    options?: QueryOptions,
  ): Promise<QueryResult<Row>>;
  release(): Promise<void>;
}
