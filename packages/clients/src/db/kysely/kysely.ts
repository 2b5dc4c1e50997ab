/** Kysely on our connections: every statement of it has the retries, limits and records of any other. */
import { createRequire } from 'node:module';
import { type Isolation, type QueryOptions, type QueryResult, UnsupportedError } from '@quality-hub/protocol';
import type {
  CompiledQuery,
  DatabaseConnection,
  Kysely,
  Driver as KyselyDriver,
  QueryResult as KyselyResult,
  TransactionSettings,
} from 'kysely';
import { atCall } from '../at-call.ts';
import { isRead } from '../statement/facts.ts';

type Run = (sql: string, params: readonly unknown[], options?: QueryOptions) => Promise<QueryResult>;

export interface KyselySource {
  /** A statement on any connection, or on that of an open transaction. */
  readonly query: Run;
  /** For savepoints, where `query` does more than to run a statement. @default query */
  readonly control?: Run;
  /** A connection for several statements. Without it the source is a transaction already. */
  readonly lease?: () => Promise<{ query: Run; release(): Promise<void> }>;
  readonly begin?: (isolation: Isolation | undefined) => readonly string[];
}

const ISOLATIONS = new Set<string>(['read committed', 'repeatable read', 'serializable']);

export function kyselyOver<Schema>(dialect: 'postgres' | 'mysql' | 'sqlite', source: KyselySource): Kysely<Schema> {
  // Loaded with the first use, and at once: a query builder that has to be awaited reads badly. It has no CommonJS build, so
  // this is the same copy that an `import` gives.
  const kysely = createRequire(import.meta.url)('kysely') as typeof import('kysely');
  const [Adapter, Compiler, Introspector] = {
    postgres: [kysely.PostgresAdapter, kysely.PostgresQueryCompiler, kysely.PostgresIntrospector] as const,
    mysql: [kysely.MysqlAdapter, kysely.MysqlQueryCompiler, kysely.MysqlIntrospector] as const,
    sqlite: [kysely.SqliteAdapter, kysely.SqliteQueryCompiler, kysely.SqliteIntrospector] as const,
  }[dialect];
  return new kysely.Kysely<Schema>({
    dialect: {
      createAdapter: () => new Adapter(),
      createDriver: () => new PoolDriver(source),
      createIntrospector: db => new Introspector(db),
      createQueryCompiler: () => new Compiler(),
    },
  });
}

class PoolDriver implements KyselyDriver {
  readonly #source: KyselySource;

  constructor(source: KyselySource) {
    this.#source = source;
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<PooledConnection> {
    return new PooledConnection(this.#source);
  }

  async beginTransaction(connection: PooledConnection, { isolationLevel }: TransactionSettings): Promise<void> {
    if (isolationLevel !== undefined && !ISOLATIONS.has(isolationLevel))
      throw new UnsupportedError(`Isolation "${isolationLevel}" is not one that all servers have`, 'Leave it out');
    await connection.begin(isolationLevel as Isolation | undefined);
  }

  async commitTransaction(connection: PooledConnection): Promise<void> {
    await connection.end('COMMIT');
  }

  async rollbackTransaction(connection: PooledConnection): Promise<void> {
    await connection.end('ROLLBACK');
  }

  async releaseConnection(connection: PooledConnection): Promise<void> {
    await connection.release();
  }

  async destroy(): Promise<void> {}
}

/**
 * A single statement runs through the pool, so that a read can be repeated on another connection. From the first
 * transaction on, all run on one.
 */
class PooledConnection implements DatabaseConnection {
  readonly #source: KyselySource;
  #held: { query: Run; release(): Promise<void> } | undefined;
  #savepoint = false;

  constructor(source: KyselySource) {
    this.#source = source;
  }

  async executeQuery<Row>({ sql, parameters }: CompiledQuery): Promise<KyselyResult<Row>> {
    const run = this.#held?.query ?? this.#source.query;
    const { rows, rowCount, insertId } = await atCall(this.executeQuery, () => run(sql, parameters));
    const result = { rows: rows as unknown as Row[] };
    if (isRead(sql)) return result;
    return {
      ...result,
      numAffectedRows: BigInt(rowCount),
      ...(insertId === undefined ? {} : { insertId: BigInt(insertId) }),
    };
  }

  // biome-ignore lint/correctness/useYield: it only refuses.
  async *streamQuery<Row>(): AsyncIterableIterator<KyselyResult<Row>> {
    throw new UnsupportedError(
      'Kysely cannot stream over this connection',
      'Use limit and offset, or a cursor of the server',
    );
  }

  async begin(isolation: Isolation | undefined): Promise<void> {
    const { lease, begin, query, control = query } = this.#source;
    if (!lease || !begin) {
      this.#savepoint = true;
      await control('SAVEPOINT qh_kysely', []);
      return;
    }
    this.#held = await lease();
    for (const statement of begin(isolation)) await this.#held.query(statement, []);
  }

  async end(how: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    if (this.#savepoint) {
      this.#savepoint = false;
      const { query, control = query } = this.#source;
      await control(`${how === 'COMMIT' ? 'RELEASE' : 'ROLLBACK TO'} SAVEPOINT qh_kysely`, []);
      return;
    }
    await this.#held?.query(how, []);
  }

  async release(): Promise<void> {
    await this.#held?.release();
    this.#held = undefined;
  }
}
