/** How much is left behind: the health of cleaning up. */
import type { Ledger, LedgerEntry } from '../ledger/ledger.ts';
import { readEntries } from '../ledger/read-entries.ts';

export interface Backlog {
  /** Entries that belong to nobody who lives. */
  readonly orphans: number;
  /** Those whose removal has failed before. */
  readonly failed: number;
  /** Age of the oldest orphan, in milliseconds; undefined where there is none. */
  readonly oldestMs?: number;
  /** Number of orphans of each kind, the most first. */
  readonly byKind: Readonly<Record<string, number>>;
  /** Entries of those that live. */
  readonly living: number;
}

/** @throws {StateError} where the store cannot be read. */
export async function readBacklog(ledger: Ledger, now: number = Date.now()): Promise<Backlog> {
  // The entries first, as a sweep does.
  const entries = await readEntries(ledger);
  const owners = entries.length === 0 ? undefined : await ledger.living();
  const orphans = entries.filter(({ owner }) => !owners?.has(owner));
  return backlogOf(orphans, { living: entries.length - orphans.length, now });
}

/** What `orphans` come to: of a whole store, or what a sweep has left of it. */
export function backlogOf(
  orphans: readonly Pick<LedgerEntry, 'kind' | 'intendedAt' | 'failures'>[],
  { living, now }: { readonly living: number; readonly now: number },
): Backlog {
  const byKind = new Map<string, number>();
  let oldestMs: number | undefined;
  for (const { kind, intendedAt } of orphans) {
    byKind.set(kind, (byKind.get(kind) ?? 0) + 1);
    // The clock of whoever wrote the entry may be ahead.
    oldestMs = Math.max(oldestMs ?? 0, now - intendedAt);
  }
  return {
    orphans: orphans.length,
    failed: orphans.filter(({ failures }) => failures > 0).length,
    ...(oldestMs === undefined ? {} : { oldestMs }),
    byKind: Object.fromEntries([...byKind].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))),
    living,
  };
}
