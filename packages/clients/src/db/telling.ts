/** Gathers what is told of one statement or transaction while it runs, and tells it once, at its end. */
import type { QueryResult } from '@quality-hub/protocol';
import { isQualityHubError } from '@quality-hub/protocol';
import { classify, type PolicyEvent } from '@quality-hub/resilience';
import type { Statement } from './driver.ts';
import { DatabaseError } from './errors.ts';
import type { DatabaseParts } from './pooled-database.ts';
import { type QueryRecord, shownParams } from './record.ts';
import { hasPlan, shownStatement } from './statement/facts.ts';

export class Teller {
  readonly #parts: DatabaseParts;
  readonly #plan: (statement: Statement) => Promise<string>;

  constructor(parts: DatabaseParts, plan: (statement: Statement) => Promise<string>) {
    this.#parts = parts;
    this.#plan = plan;
  }

  begin(operation: string, statement?: Statement, { inTransaction = false } = {}): Telling {
    return new Telling(this.#parts, operation, statement, {
      inTransaction,
      plan: statement ? () => this.#plan(statement) : undefined,
    });
  }
}

export class Telling {
  readonly operation: string;
  readonly #parts: DatabaseParts;
  readonly #statement: Statement | undefined;
  readonly #inTransaction: boolean;
  readonly #plan: (() => Promise<string>) | undefined;
  readonly #startedAt = Date.now();
  readonly #startedMs = performance.now();
  #attempts = 0;
  #waitedMs = 0;
  #runs = 0;
  #refusedBy: string | undefined;

  constructor(
    parts: DatabaseParts,
    operation: string,
    statement: Statement | undefined,
    { inTransaction, plan }: { inTransaction: boolean; plan: (() => Promise<string>) | undefined },
  ) {
    this.#parts = parts;
    this.operation = operation;
    this.#statement = statement;
    this.#inTransaction = inTransaction;
    this.#plan = plan;
  }

  attempt(attempt: number): void {
    this.#attempts = Math.max(this.#attempts, attempt);
  }

  ranAgain(): void {
    this.#runs++;
  }

  waited(waitedMs: number): void {
    this.#waitedMs += waitedMs;
  }

  heard(event: PolicyEvent): void {
    if (event.type === 'refused') this.#refusedBy = event.by;
  }

  /** Tells when `running` has settled, and settles the same way. */
  async until<T>(running: Promise<T>, signal?: AbortSignal): Promise<T> {
    try {
      const value = await running;
      this.#tell('ok', value as Partial<QueryResult> | undefined);
      return value;
    } catch (error) {
      const aborted = signal?.aborted === true && error === signal.reason;
      this.#tell(aborted ? 'aborted' : 'failed', undefined, error);
      throw error;
    }
  }

  #tell(outcome: QueryRecord['outcome'], result: Partial<QueryResult> | undefined, error?: unknown): void {
    const { observe } = this.#parts;
    if (!observe) return;
    try {
      observe(this.#record(outcome, result, error));
    } catch {
      // Whoever listens must not break what it listens to.
    }
  }

  #record(outcome: QueryRecord['outcome'], result: Partial<QueryResult> | undefined, error: unknown): QueryRecord {
    const { driver, settings, mask } = this.#parts;
    const durationMs = performance.now() - this.#startedMs;
    const statement = this.#statement;
    const rowCount = statement ? result?.rowCount : undefined;
    const serverCode = error instanceof DatabaseError ? error.serverCode : undefined;
    return {
      database: settings.name,
      dialect: driver.dialect,
      server: driver.server,
      operation: this.operation,
      ...(statement ? { sql: shownStatement(statement.sql) } : {}),
      params: statement ? shownParams(statement.sql, statement.params, mask) : [],
      outcome,
      startedAt: new Date(this.#startedAt).toISOString(),
      durationMs,
      waitedMs: this.#waitedMs,
      attempts: Math.max(1, this.#attempts) + this.#runs,
      inTransaction: this.#inTransaction,
      slow: durationMs >= settings.slowMs,
      ...(rowCount === undefined ? {} : { rowCount }),
      ...(this.#refusedBy === undefined ? {} : { refusedBy: this.#refusedBy }),
      ...(isQualityHubError(error) ? { errorCode: error.code } : {}),
      ...(serverCode === undefined ? {} : { serverCode }),
      ...(error instanceof Error ? { message: mask.text(error.message) } : {}),
      ...(outcome === 'failed' ? { blame: classify(error).blame } : {}),
      ...(this.#plan !== undefined && hasPlan(statement?.sql ?? '') ? { plan: this.#plan } : {}),
    };
  }
}
