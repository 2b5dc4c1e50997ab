/** One open transaction: statements, savepoints, and the errors after which it takes no more. */
import type { QueryOptions, QueryResult, Transaction } from '@quality-hub/protocol';
import { CommitUnknownError, DatabaseError, type DatabaseTrouble, TransactionOverError } from './errors.ts';
import type { RunOptions, Session } from './session.ts';
import type { ServerLimits } from './statement/limits.ts';

/** The server has rolled back all of it, or cannot be asked any more. */
const ENDS_ALL = new Set<DatabaseTrouble>(['deadlock', 'serialization', 'broken']);

/** Undoing takes no time to speak of, unless the server does not answer. */
const UNDO_MS = 1_000;

export interface TransactionParts {
  readonly session: Session;
  readonly database: string;
  readonly defaults: RunOptions;
  /** Tells of the statement when it has ended. */
  readonly tell: (sql: string, params: readonly unknown[], running: () => Promise<QueryResult>) => Promise<QueryResult>;
}

export class OpenTransaction implements Transaction {
  readonly #parts: TransactionParts;
  readonly #limits: ServerLimits;
  #depth = 0;
  #over: string | undefined;
  /** The error that ended it on the server, also where the work has swallowed it. */
  #ended: DatabaseError | undefined;

  constructor(parts: TransactionParts) {
    this.#parts = parts;
    this.#limits = parts.session.limits;
  }

  get ended(): DatabaseError | undefined {
    return this.#ended;
  }

  async query<Row = Readonly<Record<string, unknown>>>(
    sql: string,
    params: readonly unknown[] = [],
    options: QueryOptions = {},
  ): Promise<QueryResult<Row>> {
    const { session, tell } = this.#parts;
    this.#refuseIfOver();
    const result = await tell(sql, params, () => this.#watched(session.run(sql, params, this.#runOptions(options))));
    return result as unknown as QueryResult<Row>;
  }

  /** A savepoint: what is inside is undone by itself when `work` throws, and the rest goes on. */
  async transaction<T>(work: (inner: Transaction) => Promise<T>): Promise<T> {
    const name = `qh_${++this.#depth}`;
    await this.#control(`SAVEPOINT ${name}`);
    const { limits } = this.#parts.session;
    try {
      const value = await work(this);
      this.#refuseIfOver();
      await this.#control(`RELEASE SAVEPOINT ${name}`);
      return value;
    } catch (error) {
      if (!this.#ended && !this.#parts.session.broken && !this.#over) await this.#undoTo(name, limits);
      throw error;
    } finally {
      this.#depth--;
    }
  }

  /** @throws {CommitUnknownError} when the connection broke meanwhile (`QH_DB_COMMIT_UNKNOWN`). */
  async commit(): Promise<void> {
    const { session, database, defaults } = this.#parts;
    this.#over = 'it is being committed';
    // No signal: a commit that was sent cannot be taken back, only its answer be missed.
    const result = await session.run('COMMIT', [], { timeoutMs: defaults.timeoutMs }).catch((error: unknown) => {
      if (error instanceof DatabaseError && (error.trouble === 'broken' || error.trouble === 'timeout')) {
        session.drop();
        throw new CommitUnknownError(database, error);
      }
      throw error;
    });
    // PostgreSQL answers so where a statement had failed and the work went on all the same.
    if (result.command === 'ROLLBACK')
      throw new TransactionOverError(
        database,
        'a statement in it had failed, so the server rolled it back instead of committing it',
      );
  }

  /** Never fails: a connection that cannot roll back is dropped, and the server rolls back by itself. */
  async rollback(): Promise<void> {
    const { session, defaults } = this.#parts;
    this.#over = 'it was rolled back';
    if (!session.broken) {
      try {
        await session.run('ROLLBACK', [], { timeoutMs: Math.max(UNDO_MS, defaults.timeoutMs ?? 0), undoes: true });
        session.rolledBackTo(this.#limits);
        return;
      } catch (error) {
        // SQLite has rolled back by itself after some errors, and says that there is nothing to do.
        if (error instanceof DatabaseError && error.trouble === 'statement') return;
      }
    }
    session.drop();
  }

  close(): void {
    this.#over ??= 'it has ended';
  }

  /** What made it necessary is what its caller hears of, also where this fails: then the server ends all of it. */
  async #undoTo(name: string, limits: ServerLimits): Promise<void> {
    const { session } = this.#parts;
    const options = { timeoutMs: UNDO_MS, undoes: true };
    try {
      await this.#watched(session.run(`ROLLBACK TO SAVEPOINT ${name}`, [], options));
      session.rolledBackTo(limits);
      await this.#watched(session.run(`RELEASE SAVEPOINT ${name}`, [], options));
    } catch (error) {
      this.#over ??= `it could not go back to its savepoint (${(error as Error).message})`;
    }
  }

  async #control(sql: string): Promise<void> {
    this.#refuseIfOver();
    await this.#watched(this.#parts.session.run(sql, [], this.#runOptions({})));
  }

  async #watched<T>(running: Promise<T>): Promise<T> {
    try {
      return await running;
    } catch (error) {
      if (error instanceof DatabaseError && ENDS_ALL.has(error.trouble)) this.#ended ??= error;
      throw error;
    }
  }

  #refuseIfOver(): void {
    const { database } = this.#parts;
    if (this.#over) throw new TransactionOverError(database, this.#over);
    // After a deadlock MariaDB takes further statements and commits each by itself.
    if (this.#ended)
      throw new TransactionOverError(database, `the server has ended it (${this.#ended.code})`, this.#ended);
  }

  #runOptions({ signal, timeoutMs }: QueryOptions): RunOptions {
    const { defaults } = this.#parts;
    const both = signal && defaults.signal ? AbortSignal.any([signal, defaults.signal]) : (signal ?? defaults.signal);
    return { signal: both, timeoutMs: timeoutMs ?? defaults.timeoutMs };
  }
}
