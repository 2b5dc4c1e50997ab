/** Connections of one database: made when needed, shared in the order of asking, dropped when they break. */
import type { PoolStatistics } from '@quality-hub/protocol';
import type { Connection, Driver } from '../driver.ts';
import { DatabaseClosedError, DatabaseError, PoolWaitError } from '../errors.ts';
import type { DatabaseSettings } from '../options.ts';
import { limitsFor, type ServerLimits } from '../statement/limits.ts';
import { maskedCause } from '../statement/masked-cause.ts';

const CHECK_TIMEOUT_MS = 1_000;
const REFILL_FIRST_MS = 20;
const REFILL_LONGEST_MS = 5_000;

/** A connection in the hands of one caller. */
export interface Lease {
  readonly connection: Connection;
  /** What the server was told about limits. */
  limits: ServerLimits;
  readonly waitedMs: number;
}

interface Entry {
  readonly connection: Connection;
  limits: ServerLimits;
  idleSinceMs: number;
  uses: number;
}

interface Waiter {
  readonly askedMs: number;
  readonly signal: AbortSignal | undefined;
  over: boolean;
  give(entry: Entry): void;
  fail(error: unknown): void;
}

export class Pool {
  readonly #driver: Driver;
  readonly #settings: DatabaseSettings;
  readonly #size: number;
  readonly #mask: { text(text: string): string };
  readonly #entries = new Map<Connection, Entry>();
  readonly #idle: Entry[] = [];
  readonly #waiters: Waiter[] = [];
  #opening = 0;
  #opened = 0;
  #closedCount = 0;
  #broken = 0;
  #reused = 0;
  #waits = 0;
  #waitedMs = 0;
  #closed = false;
  #keep = 0;
  #refill: NodeJS.Timeout | undefined;
  #refillDelayMs = REFILL_FIRST_MS;
  #idleTimer: NodeJS.Timeout | undefined;
  #emptied: (() => void) | undefined;

  constructor(driver: Driver, settings: DatabaseSettings, mask: { text(text: string): string }) {
    this.#driver = driver;
    this.#mask = mask;
    this.#settings = settings;
    this.#size = Math.min(settings.size, driver.maxSize);
  }

  /**
   * A connection that works, as far as can be known.
   *
   * @throws {PoolWaitError} when none became free in `waitMs` (`QH_DB_POOL_WAIT`).
   * @throws {DatabaseClosedError} when the pool is closed (`QH_DB_CLOSED`). Rejects with the signal's reason when aborted.
   */
  async take({ waitMs, signal }: { waitMs: number; signal?: AbortSignal | undefined }): Promise<Lease> {
    if (this.#closed) throw new DatabaseClosedError(this.#settings.name);
    signal?.throwIfAborted();
    const askedMs = performance.now();
    const entry = await this.#ask(askedMs, Math.min(waitMs, this.#settings.waitMs), signal);
    const waitedMs = performance.now() - askedMs;
    this.#waitedMs += waitedMs;
    if (entry.uses++ > 0) this.#reused++;
    entry.connection.ref();
    return {
      connection: entry.connection,
      waitedMs,
      get limits() {
        return entry.limits;
      },
      set limits(limits) {
        entry.limits = limits;
      },
    };
  }

  /** Gives it back; `drop` where nobody can trust it any more. */
  give({ connection }: Lease, { drop = false }: { drop?: boolean } = {}): void {
    const entry = this.#entries.get(connection);
    if (!entry) return;
    if (drop || connection.broken || this.#closed) {
      this.#remove(entry, { broken: drop || connection.broken !== undefined });
      return;
    }
    entry.idleSinceMs = performance.now();
    connection.unref();
    this.#idle.push(entry);
    this.#pump();
    this.#watchIdle();
  }

  /** Opens `min` connections and keeps that many. @throws what the server says, when not one could be made. */
  async warmUp(): Promise<void> {
    this.#keep = Math.min(Math.max(1, this.#settings.min), this.#size);
    const wanted = this.#keep - this.#entries.size - this.#opening;
    const results = await Promise.allSettled(Array.from({ length: Math.max(0, wanted) }, () => this.#addIdle()));
    const failed = results.find(result => result.status === 'rejected');
    if (failed && this.#entries.size === 0) throw failed.reason;
    if (failed) this.#scheduleRefill();
  }

  statistics(): PoolStatistics {
    return {
      size: this.#entries.size,
      idle: this.#idle.length,
      waiting: this.#waiters.length,
      opened: this.#opened,
      closed: this.#closedCount,
      broken: this.#broken,
      reused: this.#reused,
      waits: this.#waits,
      waitedMs: Math.round(this.#waitedMs),
    };
  }

  /** Waits for connections in use up to `graceMs`, then drops them. Those who wait are turned away. */
  async close(graceMs: number): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#refill);
    clearTimeout(this.#idleTimer);
    for (const waiter of this.#waiters.splice(0)) waiter.fail(new DatabaseClosedError(this.#settings.name));
    const idle = this.#idle.splice(0);
    await Promise.all(idle.map(entry => this.#endOf(entry)));
    if (this.#entries.size > 0 || this.#opening > 0) {
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, graceMs);
        this.#emptied = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    for (const entry of [...this.#entries.values()]) this.#remove(entry, { broken: false });
  }

  #ask(askedMs: number, waitMs: number, signal: AbortSignal | undefined): Promise<Entry> {
    return new Promise((resolve, reject) => {
      const settle = (end: () => void): void => {
        waiter.over = true;
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        const place = this.#waiters.indexOf(waiter);
        if (place >= 0) this.#waiters.splice(place, 1);
        end();
      };
      const waiter: Waiter = {
        askedMs,
        signal,
        over: false,
        give: entry => settle(() => resolve(entry)),
        fail: error => settle(() => reject(error)),
      };
      const abort = (): void => waiter.fail(signal?.reason);
      const timer = setTimeout(() => {
        const waitedMs = performance.now() - askedMs;
        // Who is no longer in the queue has a place, and waits for the server.
        const queued = this.#waiters.includes(waiter);
        waiter.fail(
          queued ? new PoolWaitError(this.#settings.name, { waitedMs, size: this.#size }) : this.#noAnswer(waitedMs),
        );
      }, waitMs);
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiters.push(waiter);
      this.#pump();
      if (this.#waiters.includes(waiter)) this.#waits++;
    });
  }

  /** Serves who waits, first come first served, while there are connections or room for more. */
  #pump(): void {
    while (this.#waiters.length > 0 && !this.#closed) {
      const room = this.#entries.size + this.#opening < this.#size;
      if (this.#idle.length === 0 && !room) return;
      const waiter = this.#waiters.shift();
      if (!waiter) return;
      // The one used last is the one most likely to live; the others grow old and are closed.
      const entry = this.#idle.pop();
      const served = entry ? this.#offer(entry, waiter) : this.#open(waiter);
      served.catch(error => waiter.fail(error));
    }
  }

  async #offer(entry: Entry, waiter: Waiter): Promise<void> {
    if (entry.connection.broken) {
      this.#remove(entry, { broken: true });
      this.#again(waiter);
      return;
    }
    if (performance.now() - entry.idleSinceMs < this.#settings.checkAfterMs) {
      this.#handOver(entry, waiter);
      return;
    }
    if (await this.#lives(entry)) this.#handOver(entry, waiter);
    else {
      this.#remove(entry, { broken: true });
      this.#again(waiter);
    }
  }

  async #lives({ connection }: Entry): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>(resolve => {
      timer = setTimeout(() => resolve(false), CHECK_TIMEOUT_MS);
    });
    connection.ref();
    const answer = connection.run('SELECT 1', []).then(
      () => true,
      () => false,
    );
    const lives = await Promise.race([answer, late]);
    clearTimeout(timer);
    return lives && connection.broken === undefined;
  }

  async #open(waiter: Waiter): Promise<void> {
    const entry = await this.#connect(waiter.signal);
    this.#handOver(entry, waiter);
  }

  #handOver(entry: Entry, waiter: Waiter): void {
    if (!waiter.over && !this.#closed) {
      waiter.give(entry);
      return;
    }
    if (!waiter.over) waiter.fail(new DatabaseClosedError(this.#settings.name));
    this.give({ connection: entry.connection, limits: entry.limits, waitedMs: 0 });
  }

  /** Back to the head of the queue: it was its turn. */
  #again(waiter: Waiter): void {
    if (waiter.over) return;
    this.#waiters.unshift(waiter);
    this.#pump();
  }

  async #connect(signal?: AbortSignal): Promise<Entry> {
    this.#opening++;
    const { connectTimeoutMs, statementTimeoutMs, lockTimeoutMs, name } = this.#settings;
    const limits = limitsFor(statementTimeoutMs, lockTimeoutMs);
    try {
      const connection = await this.#driver.connect({
        timeoutMs: connectTimeoutMs,
        limits,
        signal,
        onBroken: broken => this.#onBroken(broken),
      });
      this.#opened++;
      const entry: Entry = { connection, limits, idleSinceMs: performance.now(), uses: 0 };
      this.#entries.set(connection, entry);
      return entry;
    } catch (error) {
      if (signal?.aborted) throw error;
      throw this.#connectError(error, name);
    } finally {
      this.#opening--;
      // Whoever waits behind may have the place that became free again.
      queueMicrotask(() => this.#pump());
      this.#tellIfEmpty();
    }
  }

  #connectError(error: unknown, database: string): DatabaseError {
    const { trouble, serverCode } = this.#driver.troubleOf(error);
    const cause = maskedCause(error, this.#mask);
    const kept = trouble === 'credentials' || trouble === 'unavailable' || trouble === 'locked';
    return new DatabaseError(`No connection to "${database}" at ${this.#driver.server}: ${cause.message}`, {
      trouble: kept ? trouble : 'unreachable',
      database,
      operation: 'connect',
      serverCode,
      cause,
    });
  }

  #noAnswer(waitedMs: number): DatabaseError {
    const { name } = this.#settings;
    return new DatabaseError(
      `No connection to "${name}" at ${this.#driver.server}: no answer within ${Math.round(waitedMs)} ms`,
      { trouble: 'unreachable', database: name, operation: 'connect' },
    );
  }

  /** One that is in use is removed when it is given back: its caller has the error. */
  #onBroken(connection: Connection): void {
    const entry = this.#entries.get(connection);
    const place = entry ? this.#idle.indexOf(entry) : -1;
    if (!entry || place < 0) return;
    this.#idle.splice(place, 1);
    this.#remove(entry, { broken: true });
  }

  #remove(entry: Entry, { broken }: { broken: boolean }): void {
    if (!this.#entries.delete(entry.connection)) return;
    this.#closedCount++;
    if (broken) this.#broken++;
    entry.connection.destroy();
    this.#pump();
    this.#tellIfEmpty();
    if (this.#entries.size < this.#keep) this.#scheduleRefill();
  }

  async #endOf(entry: Entry): Promise<void> {
    if (!this.#entries.delete(entry.connection)) return;
    this.#closedCount++;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>(resolve => {
      timer = setTimeout(resolve, CHECK_TIMEOUT_MS);
    });
    await Promise.race([entry.connection.end().catch(() => undefined), late]);
    clearTimeout(timer);
    entry.connection.destroy();
    this.#tellIfEmpty();
  }

  async #addIdle(): Promise<void> {
    const entry = await this.#connect();
    this.give({ connection: entry.connection, limits: entry.limits, waitedMs: 0 });
  }

  #scheduleRefill(): void {
    if (this.#refill || this.#closed) return;
    this.#refill = setTimeout(async () => {
      this.#refill = undefined;
      const missing = this.#keep - this.#entries.size - this.#opening;
      const results = await Promise.allSettled(Array.from({ length: Math.max(0, missing) }, () => this.#addIdle()));
      const failed = results.some(({ status }) => status === 'rejected');
      this.#refillDelayMs = failed ? Math.min(this.#refillDelayMs * 2, REFILL_LONGEST_MS) : REFILL_FIRST_MS;
      if (failed) this.#scheduleRefill();
    }, this.#refillDelayMs);
    this.#refill.unref();
  }

  /** Closes those that nobody needed for a while, down to the number that is kept. */
  #watchIdle(): void {
    if (this.#idleTimer || this.#closed) return;
    this.#idleTimer = setTimeout(() => {
      this.#idleTimer = undefined;
      const oldMs = performance.now() - this.#settings.idleMs;
      for (const entry of [...this.#idle]) {
        if (entry.idleSinceMs > oldMs || this.#entries.size <= this.#keep) continue;
        this.#idle.splice(this.#idle.indexOf(entry), 1);
        void this.#endOf(entry);
      }
      if (this.#idle.length > 0 && this.#entries.size > this.#keep) this.#watchIdle();
    }, this.#settings.idleMs);
    this.#idleTimer.unref();
  }

  #tellIfEmpty(): void {
    if (this.#entries.size === 0 && this.#opening === 0) this.#emptied?.();
  }
}
