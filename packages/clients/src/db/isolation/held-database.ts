/** A database whose every statement is part of one transaction: what a test sees that will be rolled back. */
import type { DatabaseHealth, PoolStatistics, QueryOptions, QueryResult } from '@quality-hub/protocol';
import type { Kysely } from 'kysely';
import { atCall, atCallAround } from '../at-call.ts';
import { IsolationError } from '../errors.ts';
import { kyselyOver } from '../kysely/kysely.ts';
import { runTag, type SqlTag, writerFor } from '../sql.ts';
import type { DatabaseLease, HeldTransaction, SqlDatabase, SqlTransaction } from '../sql-database.ts';

export class HeldDatabase implements SqlDatabase {
  readonly name: string;
  readonly dialect: 'postgres' | 'mysql' | 'sqlite';
  readonly server: string;
  readonly sql: SqlTag;
  readonly #database: SqlDatabase;
  readonly #begun: () => Promise<HeldTransaction>;
  readonly #savepoints: boolean;

  /** @param begun The transaction; it begins with the first statement. */
  constructor(database: SqlDatabase, begun: () => Promise<HeldTransaction>) {
    this.name = database.name;
    this.dialect = database.dialect;
    this.server = database.server;
    this.#database = database;
    this.#begun = begun;
    // PostgreSQL refuses all that comes after a failed statement; a test that expects an error wants to go on.
    this.#savepoints = database.dialect === 'postgres';
    this.sql = runTag(this, writerFor(database.dialect));
  }

  query<Row = Readonly<Record<string, unknown>>>(
    sql: string,
    params?: readonly unknown[],
    options?: QueryOptions,
  ): Promise<QueryResult<Row>> {
    return atCall(this.query, async () => {
      const held = await this.#begun();
      if (!this.#savepoints) return held.query<Row>(sql, params, options);
      return held.transaction(inner => inner.query<Row>(sql, params, options));
    });
  }

  /** A savepoint: what it "commits" is rolled back with the rest at the end of the test. */
  transaction<T>(work: (transaction: SqlTransaction) => Promise<T>): Promise<T> {
    return atCallAround(this.transaction, work, async watched => {
      const held = await this.#begun();
      return held.transaction(watched);
    });
  }

  kysely<Schema>(): Kysely<Schema> {
    return kyselyOver<Schema>(this.dialect, {
      query: (sql, params, options) => this.query(sql, params, options),
      control: async (sql, params) => (await this.#begun()).query(sql, params),
    });
  }

  async lease(): Promise<DatabaseLease> {
    const { connectionId } = await this.#begun();
    return {
      connectionId,
      query: (sql, params, options) => this.query(sql, params, options),
      release: async () => undefined,
    };
  }

  hold(): Promise<never> {
    return Promise.reject(
      new IsolationError(
        `"${this.name}" is isolated by a transaction already`,
        'Use transaction(): it is a savepoint here',
      ),
    );
  }

  health(signal?: AbortSignal): Promise<DatabaseHealth> {
    return this.#database.health(signal);
  }

  statistics(): PoolStatistics {
    return this.#database.statistics();
  }

  warmUp(): Promise<void> {
    return this.#database.warmUp();
  }

  /** The end of the test closes it. */
  async close(): Promise<void> {}

  async [Symbol.asyncDispose](): Promise<void> {}
}
