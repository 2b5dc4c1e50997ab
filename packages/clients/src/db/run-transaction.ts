/** Runs a function inside of a transaction, and again where the server has broken it off. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Isolation, QueryOptions, QueryResult } from '@quality-hub/protocol';
import { atCall, atCallAround } from './at-call.ts';
import { DatabaseError } from './errors.ts';
import { kyselyOver } from './kysely/kysely.ts';
import { OpenTransaction } from './open-transaction.ts';
import type { DatabaseParts } from './pooled-database.ts';
import { waitBefore } from './recover.ts';
import type { RunOptions, Session } from './session.ts';
import { runTag, writerFor } from './sql.ts';
import type { HeldTransaction, SqlTransaction } from './sql-database.ts';
import type { Telling } from './telling.ts';

export interface TransactionRun {
  readonly options: RunOptions & { readonly isolation: Isolation | undefined };
  readonly parts: DatabaseParts;
  readonly take: (options: RunOptions) => Promise<Session>;
  readonly telling: Telling;
  readonly tell: (sql: string, params: readonly unknown[], running: () => Promise<QueryResult>) => Promise<QueryResult>;
}

/** The whole function runs again, with waits that grow, as often as `transactionRuns` allows. */
export async function runTransaction<T>(
  work: (transaction: SqlTransaction) => Promise<T>,
  run: TransactionRun,
): Promise<T> {
  const { settings } = run.parts;
  const { signal } = run.options;
  for (let nth = 1; ; nth++) {
    try {
      return await runOnce(work, run);
    } catch (error) {
      if (!isUndone(error) || signal?.aborted) throw error;
      if (nth >= settings.transactionRuns) throw exhausted(error, nth);
      run.telling.ranAgain();
      await sleep(waitBefore(nth, settings.random), undefined, signal ? { signal } : {}).catch(() => {
        throw signal?.reason;
      });
    }
  }
}

/** The server has rolled back all of it, so that doing it again is doing it once. */
function isUndone(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && (error.trouble === 'deadlock' || error.trouble === 'serialization');
}

/** Tells how often it was tried, and keeps retries outside of it from multiplying them. */
function exhausted(error: DatabaseError, runs: number): DatabaseError {
  const { trouble, database, operation, serverCode, message } = error;
  return new DatabaseError(`${message} (the transaction ran ${runs} times)`, {
    trouble,
    database,
    operation,
    serverCode,
    attempts: runs,
    exhausted: true,
    cause: error.cause,
  });
}

async function runOnce<T>(work: (transaction: SqlTransaction) => Promise<T>, run: TransactionRun): Promise<T> {
  const { parts, options, tell } = run;
  const session = await begun(run);
  const open = new OpenTransaction({ session, database: parts.settings.name, defaults: options, tell });
  try {
    const value = await work(writable(open, parts));
    options.signal?.throwIfAborted();
    if (open.ended) throw open.ended;
    await open.commit();
    return value;
  } catch (error) {
    await open.rollback();
    // The work may have turned the error of the server into one of its own; what counts is what the server did.
    throw open.ended && isUndone(open.ended) ? open.ended : error;
  } finally {
    open.close();
    await session.release();
  }
}

/** A transaction that stays open until its caller ends it, and that is never committed. */
export async function holdTransaction(run: Omit<TransactionRun, 'telling'>): Promise<HeldTransaction> {
  const { parts, options, tell } = run;
  const session = await begun(run);
  const open = new OpenTransaction({ session, database: parts.settings.name, defaults: options, tell });
  return {
    ...writable(open, parts),
    connectionId: session.connectionId,
    get over() {
      return open.ended !== undefined || session.broken;
    },
    get busy() {
      return session.busy;
    },
    async rollback() {
      await open.rollback();
      await session.release();
    },
  };
}

/** A connection that breaks before the work has begun is no reason to give up. */
async function begun({ parts, options, take }: Omit<TransactionRun, 'telling'>): Promise<Session> {
  const { driver, settings } = parts;
  for (let attempt = 1; ; attempt++) {
    const session = await take(options);
    try {
      for (const statement of driver.begin(options.isolation)) await session.run(statement, [], options);
      return session;
    } catch (error) {
      session.drop();
      const broke = error instanceof DatabaseError && error.trouble === 'broken';
      if (!broke || attempt > settings.retries) throw error;
    }
  }
}

function writable(open: OpenTransaction, { driver }: DatabaseParts): SqlTransaction {
  const query = <Row>(sql: string, params?: readonly unknown[], options?: QueryOptions): Promise<QueryResult<Row>> =>
    atCall(query, () => open.query<Row>(sql, params, options));
  const transaction = <T>(work: (inner: SqlTransaction) => Promise<T>): Promise<T> =>
    atCallAround(transaction, work, watched => open.transaction(() => watched(all)));
  const all: SqlTransaction = {
    query,
    transaction,
    sql: runTag({ query }, writerFor(driver.dialect)),
    kysely: <Schema>() => kyselyOver<Schema>(driver.dialect, { query }),
  };
  return all;
}
