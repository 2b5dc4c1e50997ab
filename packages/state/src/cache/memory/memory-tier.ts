/** What is kept in this process: found by namespace and key, bounded by a keeper. */
import { type CacheEntry, type KeyVersion, usableUntil } from '../cache-entry.ts';
import type { MemoryTierOptions } from '../cache-options.ts';
import type { Gone, Keeper } from './keeper.ts';

const MAX_ENTRIES = 10_000;
const MAX_BYTES = 64 * 1_048_576;

/** The keys of one namespace. */
export type KeyIndex = Map<string, CacheEntry>;

export interface MemoryTierParts {
  readonly keeper: (onGone: (entry: CacheEntry, why: Gone) => void) => Keeper;
  readonly onEvicted: () => void;
}

/** Loads the keeper that is asked for. */
export async function keeperOf({
  kind = 'lru',
  maxEntries = MAX_ENTRIES,
  maxBytes = MAX_BYTES,
}: MemoryTierOptions): Promise<MemoryTierParts['keeper']> {
  if (kind === 'node-cache') {
    const { nodeCacheKeeper } = await import('./node-cache-keeper.ts');
    return onGone => nodeCacheKeeper({ onGone });
  }
  const { lruKeeper } = await import('./lru-keeper.ts');
  return onGone => lruKeeper({ maxEntries, maxBytes, onGone });
}

export class MemoryTier {
  readonly #indexes = new Map<string, KeyIndex>();
  readonly #keeper: Keeper;
  /**
   * Read since the last write. A hit costs one look-up and no more: the order of use is brought up to date when it matters, before
   * something new may push something out.
   */
  readonly #touched: CacheEntry[] = [];

  constructor({ keeper, onEvicted }: MemoryTierParts) {
    this.#keeper = keeper((entry, why) => {
      this.#forget(entry);
      if (why === 'no-room') onEvicted();
    });
  }

  get bytes(): number {
    return this.#keeper.bytes;
  }

  get entries(): number {
    let count = 0;
    for (const index of this.#indexes.values()) count += index.size;
    return count;
  }

  /** Stays the same for the life of the tier. */
  indexOf(namespace: string): KeyIndex {
    let index = this.#indexes.get(namespace);
    if (index === undefined) {
      index = new Map();
      this.#indexes.set(namespace, index);
    }
    return index;
  }

  find(namespace: string, key: string, version: KeyVersion | undefined): CacheEntry | undefined {
    const entry = this.indexOf(namespace).get(key);
    return entry === undefined || entry.version !== version ? undefined : entry;
  }

  /** To be called once for an entry that was not touched. */
  touch(entry: CacheEntry): void {
    entry.touched = true;
    this.#touched.push(entry);
  }

  put(entry: CacheEntry, now: number): void {
    for (const used of this.#touched) used.touched = false;
    this.#keeper.touch(this.#touched);
    this.#touched.length = 0;
    const index = this.indexOf(entry.namespace);
    const old = index.get(entry.key);
    if (old !== undefined) this.#keeper.drop(old);
    index.set(entry.key, entry);
    if (!this.#keeper.keep(entry, usableUntil(entry) - now)) index.delete(entry.key);
  }

  remove(entry: CacheEntry): void {
    this.#keeper.drop(entry);
    this.#forget(entry);
  }

  /** How many were removed. */
  removeWhere(isOut: (entry: CacheEntry) => boolean): number {
    let removed = 0;
    for (const index of this.#indexes.values())
      for (const entry of index.values()) {
        if (!isOut(entry)) continue;
        this.remove(entry);
        removed++;
      }
    return removed;
  }

  #forget(entry: CacheEntry): void {
    const index = this.#indexes.get(entry.namespace);
    // A newer one may have its place.
    if (index?.get(entry.key) === entry) index.delete(entry.key);
  }
}
