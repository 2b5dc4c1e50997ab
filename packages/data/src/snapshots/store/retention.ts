/** Which snapshots are kept, and for how long. */
import type { ContentStore } from './content-store.ts';
import type { FoundRecord, SnapshotRecords } from './snapshot-record.ts';

export interface Retention {
  /** Savings of one name. @default 3 */
  readonly count?: number;
  /** @default 30 days */
  readonly maxAgeMs?: number;
  /** All contents together, compressed. @default 2 GB */
  readonly maxBytes?: number;
}

const DAY_MS = 86_400_000;
const DEFAULTS = { count: 3, maxAgeMs: 30 * DAY_MS, maxBytes: 2e9 } as const;
/** A content that nobody refers to may belong to a snapshot that is being saved just now. */
const GRACE_MS = 60 * 60_000;

export interface Kept {
  readonly records: SnapshotRecords;
  readonly contents: ContentStore;
  readonly now: () => number;
}

/** Removes what is too many, too old or too large, the oldest first. The newest of all always stays. Returns what went. */
export async function tidySnapshots(
  { records, contents, now }: Kept,
  { count = DEFAULTS.count, maxAgeMs = DEFAULTS.maxAgeMs, maxBytes = DEFAULTS.maxBytes }: Retention,
): Promise<readonly FoundRecord[]> {
  const removed: FoundRecord[] = [];
  const seen = new Map<string, number>();
  const kept: FoundRecord[] = [];
  for (const [index, record] of (await records.list()).entries()) {
    const older = seen.get(record.name) ?? 0;
    seen.set(record.name, older + 1);
    const goes = index > 0 && (older >= count || record.savedAt < now() - maxAgeMs);
    (goes ? removed : kept).push(record);
  }
  const sizes = new Map((await contents.list()).map(({ hash, storedBytes }) => [hash, storedBytes]));
  const referred = new Set<string>();
  let sumBytes = 0;
  for (const record of kept) {
    const hashes = new Set(await hashesOf(records, record));
    const moreBytes = [...hashes].reduce((sum, hash) => sum + (referred.has(hash) ? 0 : (sizes.get(hash) ?? 0)), 0);
    if (referred.size > 0 && sumBytes + moreBytes > maxBytes) {
      removed.push(record);
      continue;
    }
    sumBytes += moreBytes;
    for (const hash of hashes) referred.add(hash);
  }
  for (const record of removed) await records.remove(record);
  await removeUnreferred(contents, referred, now());
  await contents.tidy();
  return removed;
}

async function removeUnreferred(contents: ContentStore, referred: ReadonlySet<string>, now: number): Promise<void> {
  for (const { hash, touchedAt } of await contents.list())
    if (!referred.has(hash) && touchedAt < now - GRACE_MS) await contents.remove(hash);
}

async function hashesOf(records: SnapshotRecords, found: FoundRecord): Promise<readonly string[]> {
  const record = await records.read(found).catch(() => undefined);
  return record?.parts.flatMap(({ entries }) => entries.map(({ hash }) => hash)) ?? [];
}
