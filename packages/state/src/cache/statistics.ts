/** What a cache came to. */

export interface CacheStatistics {
  /** Served from memory. */
  readonly memoryHits: number;
  /** Served from the shared tier. */
  readonly sharedHits: number;
  /** Of both: served though they were past their time. */
  readonly stale: number;
  /** Not there, or past their time. */
  readonly misses: number;
  /** Misses that waited for the load of somebody else, in this process or another. */
  readonly joined: number;
  /** Loads that were begun here. */
  readonly loads: number;
  /** Of these: those that failed. */
  readonly loadErrors: number;
  readonly loadMs: number;
  /** Removed because there was no room. */
  readonly memoryEvictions: number;
  readonly sharedEvictions: number;
  /** Removed because somebody said that they are not right any more. */
  readonly invalidated: number;
  /** Calls of the shared tier that failed. */
  readonly sharedErrors: number;
  /** Values that only this process has, because they cannot be stored or are secret without a key. */
  readonly memoryOnly: number;
  readonly memoryEntries: number;
  readonly memoryBytes: number;
  /** Read from and written to the shared tier, as stored. */
  readonly sharedBytesRead: number;
  readonly sharedBytesWritten: number;
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

export type CacheCounts = Writable<Omit<CacheStatistics, 'memoryEntries' | 'memoryBytes'>>;

export function noCounts(): CacheCounts {
  return {
    memoryHits: 0,
    sharedHits: 0,
    stale: 0,
    misses: 0,
    joined: 0,
    loads: 0,
    loadErrors: 0,
    loadMs: 0,
    memoryEvictions: 0,
    sharedEvictions: 0,
    invalidated: 0,
    sharedErrors: 0,
    memoryOnly: 0,
    sharedBytesRead: 0,
    sharedBytesWritten: 0,
  };
}

/** Share of all questions that no load was needed for, 0 to 1; undefined where nothing was asked. */
export function hitRatio01({ memoryHits, sharedHits, misses }: CacheStatistics): number | undefined {
  const asked = memoryHits + sharedHits + misses;
  return asked === 0 ? undefined : (memoryHits + sharedHits) / asked;
}
