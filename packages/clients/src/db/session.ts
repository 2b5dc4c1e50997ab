/** A leased connection and what runs on it: one statement after the other, within its limits, errors in our words. */

import { OptionError } from '@quality-hub/protocol';
import { isSecret, revealed } from '@quality-hub/telemetry';
import type { Driver, RawResult } from './driver.ts';
import { DatabaseError } from './errors.ts';
import type { DatabaseSettings } from './options.ts';
import type { Lease, Pool } from './pool/pool.ts';
import { operationOf } from './statement/facts.ts';
import { limitsFor, type ServerLimits, sameLimits } from './statement/limits.ts';
import { maskedCause } from './statement/masked-cause.ts';
import { runStatement } from './statement/run-statement.ts';

export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
  /** It undoes: it must end also where the test has no time left. Takes `timeoutMs`, and tells the server no limits. */
  readonly undoes?: boolean;
}

export interface SessionParts {
  readonly driver: Driver;
  readonly settings: DatabaseSettings;
  readonly pool: Pool;
  readonly mask: { text(text: string): string };
}

export class Session {
  readonly #parts: SessionParts;
  readonly #lease: Lease;
  #last: Promise<unknown> = Promise.resolve();
  #running = 0;
  #tainted = false;

  constructor(parts: SessionParts, lease: Lease) {
    this.#parts = parts;
    this.#lease = lease;
  }

  get waitedMs(): number {
    return this.#lease.waitedMs;
  }

  /** No statement can be run on it any more. */
  get broken(): boolean {
    return this.#tainted || this.#lease.connection.broken !== undefined;
  }

  /** A statement runs, or waits for one that does. */
  get busy(): boolean {
    return this.#running > 0;
  }

  /** What the server was told. */
  get limits(): ServerLimits {
    return this.#lease.limits;
  }

  /** What was done since these were its limits is undone; on PostgreSQL, the setting of others too. */
  rolledBackTo(limits: ServerLimits): void {
    if (this.#parts.driver.dialect === 'postgres') this.#lease.limits = limits;
  }

  get connectionId(): number {
    return this.#lease.connection.id;
  }

  /** Two statements at once wait for each other, in the order of asking. */
  run(sql: string, params: readonly unknown[], options: RunOptions): Promise<RawResult> {
    this.#running++;
    // Opened here, behind all that tells of the statement.
    const values = params.some(isSecret) ? params.map(value => revealed(value)) : params;
    const turn = this.#last.then(() => this.#runNow(sql, values, options)).finally(() => this.#running--);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Waits for the last statement and gives the connection back. */
  async release(): Promise<void> {
    await this.#last;
    this.#parts.pool.give(this.#lease, { drop: this.#tainted });
  }

  /** Gives the connection back as one that nobody can trust. */
  drop(): void {
    this.#tainted = true;
    this.#parts.pool.give(this.#lease, { drop: true });
  }

  async #runNow(
    sql: string,
    params: readonly unknown[],
    { signal, timeoutMs, undoes = false }: RunOptions,
  ): Promise<RawResult> {
    const { driver, settings } = this.#parts;
    signal?.throwIfAborted();
    checkParams(sql, params);
    if (!undoes) settings.admit();
    const leftMs = undoes && timeoutMs !== undefined ? timeoutMs : timeLeft(settings, timeoutMs);
    if (leftMs <= 0) throw this.#noTime(sql);
    const startedMs = performance.now();
    if (!undoes) await this.#setLimits(leftMs, signal);
    const end = await runStatement(
      this.#lease.connection,
      { sql, params, signal, timeoutMs: leftMs },
      {
        isCancelled: error => driver.troubleOf(error).trouble === 'cancelled',
        onCancel: certain => {
          if (!certain) this.#tainted = true;
        },
      },
    );
    if (end.type === 'done') return end.result;
    if (end.type === 'aborted') throw signal?.reason;
    if (end.type === 'failed') throw this.#explain(end.error, sql, startedMs);
    const operation = operationOf(sql);
    throw new DatabaseError(`${this.#noAnswer(operation, startedMs)}; the statement was ended`, {
      trouble: 'timeout',
      database: settings.name,
      operation,
    });
  }

  #noAnswer(operation: string, startedMs: number): string {
    const tookMs = Math.round(performance.now() - startedMs);
    return `"${this.#parts.settings.name}" did not answer to ${operation} within ${tookMs} ms`;
  }

  async #setLimits(timeoutMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { driver, settings } = this.#parts;
    const limits = limitsFor(timeoutMs, settings.lockTimeoutMs);
    if (sameLimits(limits, this.#lease.limits)) return;
    const statement = driver.setLimits(this.#lease.connection, limits);
    if (statement) {
      const end = await runStatement(
        this.#lease.connection,
        { ...statement, signal, timeoutMs },
        {
          isCancelled: () => false,
          onCancel: () => {
            this.#tainted = true;
          },
        },
      );
      if (end.type === 'aborted') throw signal?.reason;
      if (end.type === 'failed') throw this.#explain(end.error, 'SET limits', performance.now());
      if (end.type === 'late') throw this.#noTime(statement.sql);
    }
    this.#lease.limits = limits;
  }

  #noTime(sql: string): DatabaseError {
    const { name } = this.#parts.settings;
    return new DatabaseError(`There was no time left for ${operationOf(sql)} on "${name}"`, {
      trouble: 'timeout',
      database: name,
      operation: operationOf(sql),
    });
  }

  #explain(error: unknown, sql: string, startedMs: number): DatabaseError {
    const { driver, settings, mask } = this.#parts;
    const { trouble, serverCode } = driver.troubleOf(error);
    if (trouble === 'broken') this.#tainted = true;
    const broken = this.#lease.connection.broken !== undefined;
    const operation = operationOf(sql);
    const cause = maskedCause(error, mask);
    // A limit of the server that is shorter than ours, of a role say: to the test it is the same news.
    const what =
      trouble === 'timeout'
        ? `${this.#noAnswer(operation, startedMs)}; the server ended it`
        : `"${settings.name}" failed on ${operation}`;
    return new DatabaseError(`${what}: ${cause.message}`, {
      trouble: broken && (trouble === 'other' || trouble === 'unreachable') ? 'broken' : trouble,
      database: settings.name,
      operation,
      serverCode,
      cause,
    });
  }
}

/** What the caller gives, what the settings give, what the test has left: the least of them. */
export function timeLeft(settings: DatabaseSettings, timeoutMs: number | undefined): number {
  const givenMs = timeoutMs ?? settings.statementTimeoutMs;
  return Math.min(givenMs, settings.remainingMs() ?? Number.POSITIVE_INFINITY);
}

function checkParams(sql: string, params: readonly unknown[]): void {
  const missing = params.flatMap((value, index) =>
    value === undefined ? [`parameter ${index + 1} is undefined: expected a value, or null`] : [],
  );
  if (missing.length > 0) throw new OptionError(operationOf(sql), missing);
}
