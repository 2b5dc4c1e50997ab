/** By count and bytes: what was not used for longest goes first. */
import { LRUCache } from 'lru-cache';
import type { CacheEntry } from '../cache-entry.ts';
import type { Gone, Keeper } from './keeper.ts';

export interface LruKeeperOptions {
  readonly maxEntries: number;
  readonly maxBytes: number;
  readonly onGone: (entry: CacheEntry, why: Gone) => void;
}

export function lruKeeper({ maxEntries, maxBytes, onGone }: LruKeeperOptions): Keeper {
  // Lifetimes are the cache's own: this one only knows order and sizes.
  const order = new LRUCache<CacheEntry, true>({
    max: maxEntries,
    maxSize: maxBytes,
    dispose: (_, entry, reason) => {
      if (reason === 'evict') onGone(entry, 'no-room');
    },
  });
  return {
    get bytes() {
      return order.calculatedSize;
    },
    keep: entry => order.set(entry, true, { size: Math.max(1, entry.bytes) }).has(entry),
    touch: entries => {
      for (const entry of entries) order.get(entry);
    },
    drop: entry => void order.delete(entry),
  };
}
