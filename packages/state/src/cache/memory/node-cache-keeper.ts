/** By lifetime alone: nothing goes before its time, and nothing bounds it. */
import NodeCache from 'node-cache';
import type { CacheEntry } from '../cache-entry.ts';
import type { Gone, Keeper } from './keeper.ts';

/** What is past its time is looked for once so many values have come. */
const SWEEP_EVERY = 256;

export interface NodeCacheKeeperOptions {
  readonly onGone: (entry: CacheEntry, why: Gone) => void;
}

/**
 * node-cache clones what it is given, which breaks objects with private fields and costs 30 times the read, throws where it is
 * full, and keeps a timer: all three are off.
 */
export function nodeCacheKeeper({ onGone }: NodeCacheKeeperOptions): Keeper {
  const cache = new NodeCache({ useClones: false, checkperiod: 0, deleteOnExpire: true });
  const names = new WeakMap<CacheEntry, number>();
  let next = 0;
  let bytes = 0;
  cache.on('del', (_: string, entry: CacheEntry) => {
    bytes -= entry.bytes;
  });
  cache.on('expired', (_: string, entry: CacheEntry) => onGone(entry, 'past-its-time'));
  return {
    get bytes() {
      return bytes;
    },
    keep: (entry, aliveMs) => {
      const name = ++next;
      names.set(entry, name);
      bytes += entry.bytes;
      // Seconds; 0 is for ever.
      cache.set(name, entry, Math.min(Math.max(aliveMs, 1), Number.MAX_SAFE_INTEGER) / 1_000);
      if (name % SWEEP_EVERY === 0) for (const key of cache.keys()) cache.get(key);
      return true;
    },
    // Use does not prolong a life.
    touch: () => {},
    drop: entry => {
      const name = names.get(entry);
      if (name !== undefined) cache.del(name);
    },
  };
}
