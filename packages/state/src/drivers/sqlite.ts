/** The store of one machine: a file that many processes share through SQLite's own locks. */
import {
  type KeyedValue,
  type KeyValueDriver,
  type SetOptions,
  type StoredValue,
  sqliteFileTrouble,
} from '@quality-hub/protocol';
import { checkEntry, checkKey, checkPrefix } from '../entry-rules.ts';
import { closedError, StateError } from '../errors.ts';
import { openStateFile, type StateFile, stateErrorOf } from './sqlite-file.ts';

/** How long a call waits for other processes. */
const WAIT_MS = 2_000;
/** 64 MB: what workers share is small, and a runaway writer must not fill the disk. */
const MAX_BYTES = 64 * 1_048_576;
/** Removing what is past its lifetime is done by one write in so many milliseconds. */
const SWEEP_MS = 1_000;
/** Greater than any character of a key: the end of a range of keys with one beginning. */
const LAST = '\u{10FFFF}';

export interface SqliteDriverOptions {
  /** The file; it and its folder are made where they are missing, for their owner alone. */
  readonly path: string;
  /** Longest wait for another process, in milliseconds; the event loop goes on meanwhile. @default 2000 */
  readonly waitMs?: number;
  /** Largest size of the file, in bytes. @default 67108864 */
  readonly maxBytes?: number;
  /** Wall clock in milliseconds: lifetimes are compared between processes. @default Date.now */
  readonly now?: () => number;
}

/**
 * Opens the store of a machine.
 *
 * Every call is one SQL statement, so it happens wholly or not at all, also when its process is killed in the middle.
 * What was written survives the process; a power cut may take the last second of it.
 *
 * @throws {StateError} with one of its codes.
 */
export async function openSqliteDriver(options: SqliteDriverOptions): Promise<KeyValueDriver> {
  const { path, waitMs = WAIT_MS, maxBytes = MAX_BYTES, now = Date.now } = options;
  const file = await patiently({ path, waitMs }, () => openStateFile(path, maxBytes));
  return new SqliteDriver(file, { path, waitMs }, now);
}

interface Waiting {
  readonly path: string;
  readonly waitMs: number;
}

class SqliteDriver implements KeyValueDriver {
  readonly shared = true;
  readonly durability = 'process';
  readonly #file: StateFile;
  readonly #waiting: Waiting;
  readonly #now: () => number;
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(file: StateFile, waiting: Waiting, now: () => number) {
    this.#file = file;
    this.#waiting = waiting;
    this.#now = now;
  }

  async get(key: string): Promise<StoredValue | undefined> {
    checkKey(key);
    const row = await this.#run(({ get }) => get.get(key, this.#now()) as StoredValue | undefined);
    return row && { value: row.value, version: row.version };
  }

  async set(key: string, value: string, options: SetOptions = {}): Promise<number | undefined> {
    checkEntry(key, value, options);
    const { ttlMs, ifVersion } = options;
    return this.#run(({ set, setIf, sweep }) => {
      const now = this.#now();
      if (now - this.#sweptAt >= SWEEP_MS) {
        sweep.run(now);
        this.#sweptAt = now;
      }
      const expiresAt = ttlMs === undefined ? null : now + ttlMs;
      const row =
        ifVersion === undefined
          ? set.get(key, value, expiresAt)
          : setIf.get(key, value, expiresAt, key, now, ifVersion);
      return row?.version as number | undefined;
    });
  }

  async delete(key: string, { ifVersion }: { readonly ifVersion?: number } = {}): Promise<boolean> {
    checkKey(key, ifVersion);
    return this.#run(({ remove }) => remove.run(key, this.#now(), ifVersion ?? null).changes > 0);
  }

  async list(prefix: string): Promise<readonly KeyedValue[]> {
    checkPrefix(prefix);
    const rows = await this.#run(({ list }) => list.all(prefix, prefix + LAST, this.#now()));
    return (rows as unknown as readonly KeyedValue[]).map(({ key, value, version }) => ({ key, value, version }));
  }

  async close(): Promise<void> {
    this.#file.close();
  }

  #run<T>(work: (statements: StateFile['statements']) => T): Promise<T> {
    return patiently(this.#waiting, () => {
      if (!this.#file.isOpen) throw closedError(this.#waiting.path);
      return work(this.#file.statements);
    });
  }
}

/**
 * Repeats `work` while another process holds the file. SQLite's own waiting would stop this process as a whole, and with
 * it the timers of every other call.
 */
async function patiently<T>({ path, waitMs }: Waiting, work: () => T): Promise<T> {
  const deadline = performance.now() + waitMs;
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 50)) {
    try {
      return work();
    } catch (error) {
      if (sqliteFileTrouble(error) !== 'busy' || performance.now() >= deadline) {
        throw error instanceof StateError ? error : stateErrorOf(path, error, waitMs);
      }
    }
    await new Promise(resolve => setTimeout(resolve, pauseMs));
  }
}
