/** What stands under the key of a value: its times and tags, and the value itself where it is small. */
import type { KeyVersion } from '../cache-entry.ts';
import type { Encoding } from './codec.ts';

export interface StoredEntry {
  readonly namespace: string;
  readonly key: string;
  readonly version?: KeyVersion;
  readonly tags: readonly string[];
  readonly secret?: true;
  readonly loadedAt: number;
  readonly freshUntil: number;
  readonly staleUntil: number;
  readonly errorUntil: number;
  readonly encoding: Encoding;
  /** The text of a small value. */
  readonly text?: string;
  /** Where the parts of a large one are. Each write has a name of its own, so that two writers never mix. */
  readonly parts?: { readonly name: string; readonly count: number; readonly size: number };
}

/** Undefined for what is none: of another release, or damaged. */
export function parseStoredEntry(text: string): StoredEntry | undefined {
  try {
    const stored = JSON.parse(text) as StoredEntry;
    const isOne =
      typeof stored.key === 'string' &&
      typeof stored.freshUntil === 'number' &&
      Array.isArray(stored.tags) &&
      typeof stored.encoding?.form === 'string' &&
      (typeof stored.text === 'string' || typeof stored.parts?.count === 'number');
    return isOne ? stored : undefined;
  } catch {
    return undefined;
  }
}

/** What it takes in the store, in characters. */
export function storedSize({ text, parts }: StoredEntry): number {
  return 200 + (text?.length ?? 0) + (parts?.size ?? 0);
}
