/** What a cache is told when it is opened, and with each value. */
import type { KeyValueDriver, LeaseDriver, LeaseOwner } from '@quality-hub/protocol';
import type { KeyVersion } from './cache-entry.ts';

export interface MemoryTierOptions {
  /**
   * `lru`: bounded by count and bytes, what was not used for longest goes first. `node-cache`: lifetimes and no bounds, for few
   * values.
   * @default 'lru'
   */
  readonly kind?: 'lru' | 'node-cache';
  /** Most values, with `lru`. @default 10000 */
  readonly maxEntries?: number;
  /** Most bytes, estimated, with `lru`; a value that is larger by itself is not kept in memory. @default 67108864 */
  readonly maxBytes?: number;
}

export interface SharedTierOptions {
  /** Kept between runs in a file of SQLite, or shared by machines. The cache does not close it. */
  readonly store: KeyValueDriver;
  /** Most bytes of all values as they are stored; the oldest go first. @default 268435456 */
  readonly maxBytes?: number;
  /** Values from this size on are compressed (zstd), in bytes. @default 1024 */
  readonly compressFromBytes?: number;
  /** 32 bytes, also as base64: values marked as secret are stored encrypted with it. Without it they stay in memory. */
  readonly encryptionKey?: Uint8Array | string;
  /** Lets one process load while others wait for its result. @default each process loads for itself */
  readonly leases?: LeaseDriver;
}

/** A tier does not work: the cache goes on without it, and asks it again after a while. */
export interface CacheTrouble {
  readonly tier: 'memory' | 'shared';
  readonly doing: string;
  /** In words, with a remedy where there is one. */
  readonly message: string;
}

export interface CacheOptions {
  readonly memory?: MemoryTierOptions;
  readonly shared?: SharedTierOptions;
  /** Lifetime of values that are given none, in milliseconds. @default 300000 */
  readonly ttlMs?: number;
  /** Who loads, for those who look at the leases. @default a name made up */
  readonly owner?: LeaseOwner;
  /** Hears of each kind of trouble once. */
  readonly onTrouble?: (trouble: CacheTrouble) => void;
  /** Wall clock in milliseconds. @default Date.now, looked at once in each turn of the event loop */
  readonly now?: () => number;
  /** @default setTimeout */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** How one value is kept. */
export interface KeepOptions {
  /** For how long it is right, in milliseconds. @default that of the cache */
  readonly ttlMs?: number;
  /** For how long after that it still serves at once, while it is loaded anew behind. @default 0 */
  readonly staleWhileRevalidateMs?: number;
  /** For how long after `ttlMs` it serves where loading it anew fails. @default 0 */
  readonly staleIfErrorMs?: number;
  /** For how long it is believed that there is nothing (`undefined`). @default not at all: it is asked again each time */
  readonly negativeTtlMs?: number;
  /** Groups that it can be invalidated by: `order`, `order:17`. */
  readonly tags?: readonly string[];
  /** Of the code that makes it: values of other versions are not seen. */
  readonly version?: KeyVersion;
  /** Never leaves this process unencrypted. @default false */
  readonly secret?: boolean;
}

export interface LoadOptions extends KeepOptions {
  /**
   * How long a load is waited for where an old value may serve (`staleIfErrorMs`), in milliseconds; it goes on behind.
   * @default until it ends
   */
  readonly patienceMs?: number;
  /** Ends this caller's waiting; the load goes on for others. */
  readonly signal?: AbortSignal;
}

/** What is not right any more. Several say: all of them at once. */
export interface Invalidation {
  readonly key?: string;
  /** Keys that begin so. */
  readonly prefix?: string;
  readonly tag?: string;
  /** Loaded longer ago than so many milliseconds. */
  readonly olderThanMs?: number;
}
