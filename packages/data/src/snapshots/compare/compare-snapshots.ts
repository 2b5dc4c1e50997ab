/** What differs between two snapshots: by part, by entry, by row. */
import type { ReadablePart, SavedEntry, SnapshotPart } from '../snapshot-part.ts';
import { compareRows, type RowDifferences } from './compare-rows.ts';

export interface EntryDifference {
  readonly part: string;
  /** A table, a path; undefined where the part speaks for itself. */
  readonly entry?: string;
  readonly change: 'added' | 'removed' | 'changed';
  /** In words, of a part that compares itself. */
  readonly detail?: string;
  readonly rows?: RowDifferences;
}

export interface CompareOptions {
  /** Rows that are shown for each table and kind of change; all are counted. @default 20 */
  readonly rows?: number;
}

const SHOWN_ROWS = 20;

interface Pair {
  readonly before: ReadablePart | undefined;
  readonly after: ReadablePart | undefined;
}

/** Contents of the same hash are not read. */
export async function compareParts(
  before: readonly ReadablePart[],
  after: readonly ReadablePart[],
  { parts, rows = SHOWN_ROWS }: CompareOptions & { readonly parts: ReadonlyMap<string, SnapshotPart> },
): Promise<readonly EntryDifference[]> {
  const names = new Set([...before, ...after].map(({ name }) => name));
  const found: EntryDifference[] = [];
  for (const name of names) {
    const pair = { before: before.find(part => part.name === name), after: after.find(part => part.name === name) };
    const own = parts.get(name)?.compare;
    if (own && pair.before && pair.after) {
      if (sameEntries(pair.before, pair.after)) continue;
      for (const detail of await own(pair.before, pair.after)) found.push({ part: name, change: 'changed', detail });
    } else {
      found.push(...(await compareEntries(name, pair, rows)));
    }
  }
  return found;
}

function sameEntries(before: ReadablePart, after: ReadablePart): boolean {
  return JSON.stringify(before.entries) === JSON.stringify(after.entries);
}

async function compareEntries(
  part: string,
  { before, after }: Pair,
  most: number,
): Promise<readonly EntryDifference[]> {
  const old = new Map(before?.entries.map(entry => [entry.name, entry]));
  const found: EntryDifference[] = [];
  for (const entry of after?.entries ?? []) {
    const was = old.get(entry.name);
    old.delete(entry.name);
    if (!was) {
      found.push({ part, entry: entry.name, change: 'added' });
      continue;
    }
    if (was.hash === entry.hash && sameFacts(was, entry)) continue;
    const rows =
      before && after && was.columns && entry.columns && (await rowsBetween(before, was, after, entry, most));
    found.push({ part, entry: entry.name, change: 'changed', ...(rows ? { rows } : {}) });
  }
  for (const name of old.keys()) found.push({ part, entry: name, change: 'removed' });
  return found;
}

function sameFacts(before: SavedEntry, after: SavedEntry): boolean {
  return JSON.stringify([before.facts, before.columns]) === JSON.stringify([after.facts, after.columns]);
}

function rowsBetween(
  before: ReadablePart,
  was: SavedEntry,
  after: ReadablePart,
  is: SavedEntry,
  most: number,
): Promise<RowDifferences> {
  return compareRows({ entry: was, read: () => before.read(was) }, { entry: is, read: () => after.read(is) }, most);
}
