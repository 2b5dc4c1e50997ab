/** One value that is kept, with the times between which it serves. All instants are milliseconds of the wall clock. */

/** What a value can be kept as: JSON, a structured clone, or nothing but itself in the memory of this process. */
export type ValueForm = 'json' | 'clone' | 'memory-only';

/** Distinguishes what is kept under one key from what another release of the code kept there. */
export type KeyVersion = string | number;

export interface CacheEntry {
  /** Path of the namespace; empty for the root. */
  readonly namespace: string;
  readonly key: string;
  readonly version: KeyVersion | undefined;
  /** Undefined where the source said that there is nothing. */
  readonly value: unknown;
  readonly form: ValueForm;
  /** Of the value in memory, estimated. */
  readonly bytes: number;
  readonly tags: readonly string[];
  /** Encrypted wherever it leaves the memory of this process. */
  readonly secret: boolean;
  /** When its load began: what was invalidated after that makes it wrong. */
  readonly loadedAt: number;
  /** Until then it is right. */
  readonly freshUntil: number;
  /** Until then it serves while it is loaded anew. */
  readonly staleUntil: number;
  /** Until then it serves where it cannot be loaded anew. */
  readonly errorUntil: number;
  /** A new load is not tried before: the last one has failed. */
  retryAt: number;
  /** Read since the bounds were looked at. */
  touched: boolean;
}

/** Until when an entry is of any use. */
export function usableUntil({ freshUntil, staleUntil, errorUntil }: CacheEntry): number {
  return Math.max(freshUntil, staleUntil, errorUntil);
}
