/** A database behind a pool: queries, transactions, health, and what is told of each. */
import type {
  DatabaseHealth,
  PoolStatistics,
  QueryOptions,
  QueryResult,
  TransactionOptions,
} from '@quality-hub/protocol';
import type { CallContext, Policy } from '@quality-hub/resilience';
import type { Kysely } from 'kysely';
import { atCall, atCallAround } from './at-call.ts';
import type { Driver, RawResult } from './driver.ts';
import { DatabaseError } from './errors.ts';
import { kyselyOver } from './kysely/kysely.ts';
import type { DatabaseSettings } from './options.ts';
import { Pool } from './pool/pool.ts';
import { type QueryRecord, secretParams } from './record.ts';
import { recovering } from './recover.ts';
import { holdTransaction, runTransaction } from './run-transaction.ts';
import { type RunOptions, Session, type SessionParts, timeLeft } from './session.ts';
import { runTag, type SqlTag, writerFor } from './sql.ts';
import type { DatabaseLease, HeldTransaction, SqlDatabase, SqlTransaction } from './sql-database.ts';
import { isRead, operationOf } from './statement/facts.ts';
import { planText } from './statement/plan-text.ts';
import { Teller, type Telling } from './telling.ts';

const CLOSE_GRACE_MS = 2_000;
/** A plan is made in a few milliseconds, unless the statement waits for a lock. */
const PLAN_TIMEOUT_MS = 2_000;
const HEALTH_TIMEOUT_MS = 3_000;
/** A server that needs longer for nothing is not well. */
const DEGRADED_MS = 500;

export interface DatabaseParts {
  readonly driver: Driver;
  readonly settings: DatabaseSettings;
  readonly mask: { text(text: string): string };
  readonly policy: Policy | undefined;
  readonly observe: ((record: QueryRecord) => void) | undefined;
}

export class PooledDatabase implements SqlDatabase {
  readonly name: string;
  readonly dialect: 'postgres' | 'mysql' | 'sqlite';
  readonly server: string;
  readonly sql: SqlTag;
  readonly #parts: DatabaseParts;
  readonly #pool: Pool;
  readonly #session: SessionParts;
  readonly #teller: Teller;

  constructor(parts: DatabaseParts) {
    const { driver, settings, mask } = parts;
    this.name = settings.name;
    this.dialect = driver.dialect;
    this.server = driver.server;
    this.#parts = parts;
    this.#pool = new Pool(driver, settings, mask);
    this.#session = { driver, settings, mask, pool: this.#pool };
    this.#teller = new Teller(parts, sql => this.#plan(sql.sql, sql.params));
    this.sql = runTag(this, writerFor(driver.dialect));
  }

  query<Row = Readonly<Record<string, unknown>>>(
    sql: string,
    params: readonly unknown[] = [],
    options: QueryOptions = {},
  ): Promise<QueryResult<Row>> {
    return atCall(this.query, () => this.#query<Row>(sql, params, options));
  }

  async #query<Row>(sql: string, params: readonly unknown[], options: QueryOptions): Promise<QueryResult<Row>> {
    const idempotent = options.idempotent ?? isRead(sql);
    const telling = this.#teller.begin(operationOf(sql), { sql, params });
    const result = await telling.until(
      this.#guarded(telling, { ...options, idempotent }, async signal => {
        const session = await this.#take({ signal, timeoutMs: options.timeoutMs }, telling);
        try {
          return await session.run(sql, params, { signal, timeoutMs: options.timeoutMs });
        } finally {
          await session.release();
        }
      }),
      options.signal,
    );
    return resultOf<Row>(result);
  }

  transaction<T>(work: (transaction: SqlTransaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return atCallAround(this.transaction, work, watched => this.#transaction(watched, options));
  }

  #transaction<T>(work: (transaction: SqlTransaction) => Promise<T>, options: TransactionOptions): Promise<T> {
    const telling = this.#teller.begin('transaction');
    // Without a word of the caller the function runs again only where the server has undone all that it did.
    const idempotent = options.idempotent ?? false;
    return telling.until(
      this.#guarded(telling, { ...options, idempotent }, signal =>
        runTransaction(work, {
          options: { signal, timeoutMs: options.timeoutMs, isolation: options.isolation },
          parts: this.#parts,
          take: given => this.#take(given, telling),
          telling,
          tell: this.#tellInside,
        }),
      ),
      options.signal,
    );
  }

  hold(options: QueryOptions = {}): Promise<HeldTransaction> {
    const { signal, timeoutMs } = options;
    const telling = this.#teller.begin('transaction');
    return telling.until(
      // To begin one twice does no harm.
      this.#guarded(telling, { ...options, idempotent: true }, whileBeginning =>
        holdTransaction({
          options: { signal, timeoutMs, isolation: undefined },
          parts: this.#parts,
          take: () => this.#take({ signal: whileBeginning, timeoutMs }, telling),
          tell: this.#tellInside,
        }),
      ),
      signal,
    );
  }

  async lease(options: QueryOptions = {}): Promise<DatabaseLease> {
    const session = await atCall(this.lease, () => this.#take(options));
    const query = <Row>(sql: string, params: readonly unknown[] = [], each: QueryOptions = {}) =>
      atCall(query, async () => {
        const telling = this.#teller.begin(operationOf(sql), { sql, params });
        const result = await telling.until(
          session.run(sql, params, { ...options, ...each }),
          each.signal ?? options.signal,
        );
        return resultOf<Row>(result);
      });
    return {
      connectionId: session.connectionId,
      query,
      release: () => session.release(),
    };
  }

  kysely<Schema>(): Kysely<Schema> {
    return kyselyOver<Schema>(this.dialect, {
      query: (sql, params, options) => this.query(sql, params, options),
      lease: () => this.lease(),
      begin: isolation => this.#parts.driver.begin(isolation),
    });
  }

  async health(signal?: AbortSignal): Promise<DatabaseHealth> {
    const startedMs = performance.now();
    const limit = AbortSignal.timeout(HEALTH_TIMEOUT_MS);
    const either = signal ? AbortSignal.any([signal, limit]) : limit;
    try {
      const session = await this.#take({ signal: either });
      try {
        await session.run('SELECT 1', [], { signal: either });
      } finally {
        await session.release();
      }
    } catch (error) {
      signal?.throwIfAborted();
      const detail = limit.aborted ? `No answer within ${HEALTH_TIMEOUT_MS} ms` : (error as Error).message;
      const { size, waiting } = this.statistics();
      // All connections are in use and at work: that says nothing about the server.
      const busy = limit.aborted && size > 0 && waiting > 0;
      return { state: busy ? 'degraded' : 'down', detail: busy ? 'No connection of the pool is free' : detail };
    }
    const latencyMs = Math.round((performance.now() - startedMs) * 100) / 100;
    if (latencyMs < DEGRADED_MS) return { state: 'healthy', latencyMs };
    return { state: 'degraded', latencyMs, detail: `It took ${Math.round(latencyMs)} ms to answer to nothing` };
  }

  statistics(): PoolStatistics {
    return this.#pool.statistics();
  }

  warmUp(): Promise<void> {
    return this.#pool.warmUp();
  }

  close(): Promise<void> {
    return this.#pool.close(CLOSE_GRACE_MS);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Retries and limits: those of the policy, else our own few. */
  #guarded<T>(
    telling: Telling,
    options: QueryOptions & { readonly idempotent: boolean },
    work: (signal: AbortSignal | undefined) => Promise<T>,
  ): Promise<T> {
    const { policy, settings, driver } = this.#parts;
    const { signal, idempotent } = options;
    const leftMs = timeLeft(settings, options.timeoutMs);
    if (policy) {
      return policy.execute(
        (context: CallContext) => {
          telling.attempt(context.attempt);
          return work(context.signal);
        },
        {
          idempotent,
          target: driver.server,
          doing: telling.operation,
          onEvent: event => telling.heard(event),
          ...(signal ? { signal } : {}),
          ...(Number.isFinite(leftMs) ? { deadlineMs: Math.max(0, leftMs) } : {}),
        },
      );
    }
    const untilMs = performance.now() + leftMs;
    return recovering(
      attempt => {
        telling.attempt(attempt);
        return work(signal);
      },
      {
        idempotent,
        signal,
        retries: settings.retries,
        random: settings.random,
        leftMs: () => untilMs - performance.now(),
      },
    );
  }

  readonly #tellInside = (
    sql: string,
    params: readonly unknown[],
    running: () => Promise<QueryResult>,
  ): Promise<QueryResult> =>
    this.#teller.begin(operationOf(sql), { sql, params }, { inTransaction: true }).until(running());

  async #take(options: RunOptions, telling?: Telling): Promise<Session> {
    const { settings } = this.#parts;
    const waitMs = timeLeft(settings, options.timeoutMs ?? settings.waitMs);
    if (waitMs <= 0)
      throw new DatabaseError(`There was no time left for ${telling?.operation ?? 'a statement'} on "${this.name}"`, {
        trouble: 'timeout',
        database: this.name,
        operation: telling?.operation ?? 'connect',
      });
    const lease = await this.#pool.take({ waitMs, signal: options.signal });
    telling?.waited(lease.waitedMs);
    return new Session(this.#session, lease);
  }

  /** Not told to anybody: it is about a query, and none of its own. */
  async #plan(sql: string, params: readonly unknown[]): Promise<string> {
    const { driver, mask } = this.#parts;
    const session = await this.#take({ timeoutMs: PLAN_TIMEOUT_MS });
    try {
      const { rows } = await session.run(driver.explain(sql), params, { timeoutMs: PLAN_TIMEOUT_MS });
      return mask.text(planText(rows, secretParams(sql, params, mask)));
    } finally {
      await session.release();
    }
  }
}

function resultOf<Row>({ rows, rowCount, insertId }: RawResult): QueryResult<Row> {
  return { rows: rows as readonly Row[], rowCount, ...(insertId === undefined ? {} : { insertId }) };
}
