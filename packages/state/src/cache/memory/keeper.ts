/** Bounds what is kept in memory: decides which entry has to go. */
import type { CacheEntry } from '../cache-entry.ts';

/** Why an entry went by itself. */
export type Gone = 'no-room' | 'past-its-time';

export interface Keeper {
  readonly bytes: number;
  /** False where it does not fit. */
  keep(entry: CacheEntry, aliveMs: number): boolean;
  /** These were used, in this order. */
  touch(entries: readonly CacheEntry[]): void;
  drop(entry: CacheEntry): void;
}
