/** The key-value part of the SQLite file: every call is one SQL statement. */
import type { KeyedValue, KeyValueDriver, SetOptions, StoredValue } from '@quality-hub/protocol';
import { checkEntry, checkKey, checkPrefix } from '../../entry-rules.ts';
import { closedError } from '../../errors.ts';
import type { SharedFile } from './patiently.ts';
import type { StateStatements } from './sqlite-file.ts';

/** Removing what is past its lifetime is done by one write in so many milliseconds. */
const SWEEP_MS = 1_000;
/** Greater than any character of a key: the end of a range of keys with one beginning. */
const LAST = '\u{10FFFF}';

/** A value that has zeros is bytes in the file. */
interface StoredRow {
  readonly key: string;
  readonly value: string | Uint8Array;
  readonly version: number;
}

export class SqliteDriver implements KeyValueDriver {
  readonly shared = true;
  readonly durability = 'process';
  readonly #file: SharedFile;
  readonly #letGo: () => void;
  readonly #now: () => number;
  #isClosed = false;
  #sweptAt = Number.NEGATIVE_INFINITY;

  constructor(file: SharedFile, now: () => number) {
    this.#file = file;
    this.#letGo = file.use();
    this.#now = now;
  }

  async get(key: string): Promise<StoredValue | undefined> {
    checkKey(key);
    const row = await this.#run(({ get }) => get.get(key, this.#now()) as StoredRow | undefined);
    return row && { value: textOf(row.value), version: row.version };
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
          ? set.get(key, stored(value), expiresAt)
          : setIf.get(key, stored(value), expiresAt, key, now, ifVersion);
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
    return (rows as unknown as readonly StoredRow[]).map(({ key, value, version }) => ({
      key,
      value: textOf(value),
      version,
    }));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#letGo();
  }

  #run<T>(work: (statements: StateStatements) => T): Promise<T> {
    return this.#file.run(({ statements }) => {
      if (this.#isClosed) throw closedError(this.#file.path);
      return work(statements);
    });
  }
}

/** Node 22 reads a text up to its first zero only: one that has zeros is stored as bytes. */
function stored(value: string): string | Buffer {
  return value.includes('\0') ? Buffer.from(value) : value;
}

function textOf(value: string | Uint8Array): string {
  return typeof value === 'string' ? value : Buffer.from(value).toString('utf8');
}
