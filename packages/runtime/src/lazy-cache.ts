/** The cache of a configuration, opened with its first use, and what it came to. */
import { dirname, join } from 'node:path';
import { type Evidence, errorSentence, type KeyValueDriver, type LeaseDriver } from '@quality-hub/protocol';
import { prefixed } from '@quality-hub/state';
import type { Cache, CacheStatistics } from '@quality-hub/state/cache';
import type { CacheSection } from './sections.ts';

/** Beside the file that the workers of a run share. */
const FILE = 'cache.db';
/** A file that another process holds for longer costs a load, and no more. */
const WAIT_MS = 250;
const MAX_BYTES = 256 * 1_048_576;
/** What the values take besides their bytes. */
const FILE_FACTOR = 1.5;

export interface LazyCacheOptions {
  readonly section: CacheSection | undefined;
  readonly stateFile: string | undefined;
  /** The store of the state, with all its runs. */
  readonly store: KeyValueDriver;
  readonly leases: LeaseDriver;
  readonly worker: string;
  readonly observe: (evidence: Evidence) => void;
}

type Note = Extract<Evidence, { kind: 'note' }>;

export class LazyCache {
  readonly #options: LazyCacheOptions;
  #opened: Promise<Cache> | undefined;
  #current: Cache | undefined;
  #file: KeyValueDriver | undefined;
  #told: CacheStatistics | undefined;

  constructor(options: LazyCacheOptions) {
    this.#options = options;
  }

  /** @throws {OptionError} (`QH_OPTION`) @throws {SecretError} where its key cannot be read. */
  open(): Promise<Cache> {
    this.#opened ??= this.#open().catch((error: unknown): Promise<never> => {
      // The key may be there for the next test.
      this.#opened = undefined;
      const file = this.#file;
      this.#file = undefined;
      return (file?.close() ?? Promise.resolve()).then(() => Promise.reject(error));
    });
    return this.#opened;
  }

  /** The cache where it is open: whoever asks does not open it. */
  get current(): Cache | undefined {
    return this.#current;
  }

  /** What was asked of it since this was called before; undefined where nothing was. */
  told(): Note | undefined {
    const now = this.#current?.statistics();
    if (now === undefined) return undefined;
    const before = this.#told;
    this.#told = now;
    const more = (name: keyof CacheStatistics): number => now[name] - (before?.[name] ?? 0);
    const hits = more('memoryHits') + more('sharedHits');
    const asked = hits + more('misses');
    if (asked + more('loads') + more('sharedBytesWritten') === 0) return undefined;
    const counts = Object.fromEntries(
      COUNTS.flatMap(name => (more(name) === 0 ? [] : [[name, Math.round(more(name))] as const])),
    );
    const hitRatio01 = asked === 0 ? {} : { hitRatio01: Math.round((hits / asked) * 1_000) / 1_000 };
    const { memoryEntries, memoryBytes } = now;
    return { kind: 'note', name: 'cache', data: { ...hitRatio01, ...counts, memoryEntries, memoryBytes } };
  }

  /**
   * A record was created or removed: what is tagged with it is not right any more, here from now on. Others are told where this
   * configuration has a cache, or this process has one open.
   */
  changed(kind: string, key: unknown): void {
    const id = typeof key === 'string' || typeof key === 'number' ? key : undefined;
    if (this.#current !== undefined) void this.#current.changed(kind, id);
    else if (this.#options.section !== undefined) {
      this.open().then(
        cache => cache.changed(kind, id),
        // Whoever asks for the cache is told.
        () => {},
      );
    }
  }

  async close(): Promise<void> {
    await (await this.#opened?.catch(() => undefined))?.close();
    await this.#file?.close();
  }

  async #open(): Promise<Cache> {
    const { section = {}, leases, worker, observe } = this.#options;
    const { memory, maxBytes, compressFromBytes, ttlMs, encryptionKey: given } = section;
    const encryptionKey = typeof given === 'function' ? await given() : given;
    const [{ openCache }, store] = await Promise.all([import('@quality-hub/state/cache'), this.#store()]);
    this.#current = await openCache({
      owner: { id: `cache-${worker}`, label: `a load of worker ${worker}` },
      onTrouble: trouble => observe({ kind: 'note', name: 'cache.trouble', data: trouble }),
      ...(memory !== undefined && { memory }),
      ...(ttlMs !== undefined && { ttlMs }),
      ...(store !== undefined && {
        shared: {
          store,
          leases,
          ...(maxBytes !== undefined && { maxBytes }),
          ...(compressFromBytes !== undefined && { compressFromBytes }),
          ...(encryptionKey !== undefined && { encryptionKey }),
        },
      }),
    });
    return this.#current;
  }

  /** A file that cannot be opened is told; the cache is one of memory then. */
  async #store(): Promise<KeyValueDriver | undefined> {
    const { section = {}, stateFile, store, observe } = this.#options;
    const { shared = 'file', maxBytes = MAX_BYTES } = section;
    if (shared === 'state') return prefixed(store, 'cache/');
    if (shared === false || stateFile === undefined) return undefined;
    try {
      const { openSqliteDriver } = await import('@quality-hub/state/sqlite');
      const path = join(dirname(stateFile), FILE);
      this.#file = await openSqliteDriver({ path, waitMs: WAIT_MS, maxBytes: maxBytes * FILE_FACTOR });
      return this.#file;
    } catch (error) {
      const data = { tier: 'shared', doing: 'open', message: errorSentence(error) };
      observe({ kind: 'note', name: 'cache.trouble', data });
      return undefined;
    }
  }
}

const COUNTS = [
  'memoryHits',
  'sharedHits',
  'stale',
  'misses',
  'joined',
  'loads',
  'loadErrors',
  'loadMs',
  'memoryEvictions',
  'sharedEvictions',
  'invalidated',
  'sharedErrors',
  'memoryOnly',
  'sharedBytesRead',
  'sharedBytesWritten',
] as const satisfies readonly (keyof CacheStatistics)[];
