/**
 * The cache: values in memory, and below that in a store that is kept between runs or shared by machines.
 *
 * Knows lifetimes, tags, tiers and how to load once; does not know what is kept in it. A door of its own: whoever only shares
 * state does not load it.
 */
export { Cache, type WarmUpEntry, type WarmUpResult } from './cache.ts';
export type { KeyVersion } from './cache-entry.ts';
export type {
  CacheOptions,
  CacheTrouble,
  Invalidation,
  KeepOptions,
  LoadOptions,
  MemoryTierOptions,
  SharedTierOptions,
} from './cache-options.ts';
export { openCache } from './open-cache.ts';
export { type CacheStatistics, hitRatio01 } from './statistics.ts';
