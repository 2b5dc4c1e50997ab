/** An entry of the ledger as the store keeps it. */
import type { LedgerEntry, LedgerFilter } from './ledger.ts';
import { ownerKey, readOwnerKey } from './owners.ts';

export const ENTRIES = 'ledger/entry/';

/** Kind of an entry that nobody can read: it is shown, and stays. */
export const UNREADABLE = '(unreadable)';

/** The id is the rest of the key: an entry that cannot be read can still be named. */
export function entryText({ id: _, ...rest }: LedgerEntry): string {
  return JSON.stringify(rest);
}

export function readEntry(id: string, text: string): LedgerEntry {
  let found: Partial<LedgerEntry> | undefined;
  try {
    found = JSON.parse(text) as Partial<LedgerEntry>;
  } catch {
    // Told below.
  }
  if (typeof found?.kind === 'string' && typeof found.owner?.run === 'string' && Array.isArray(found.needs)) {
    return { ...(found as LedgerEntry), id };
  }
  const owner = { ...readOwnerKey(id), namespace: '' };
  return { id, kind: UNREADABLE, version: 0, owner, input: null, needs: [], state: 'made', intendedAt: 0, failures: 0 };
}

/** The longest beginning that all keys of the wanted entries have. */
export function prefixOf({ run, worker }: LedgerFilter): string {
  if (run === undefined) return ENTRIES;
  return `${ENTRIES}${worker === undefined ? `${encodeURIComponent(run)}/` : `${ownerKey({ run, worker })}/`}`;
}

export function isWanted(entry: LedgerEntry, filter: LedgerFilter, now: number): boolean {
  const { run, worker, kind, test, olderThanMs } = filter;
  return (
    (run === undefined || entry.owner.run === run) &&
    (worker === undefined || entry.owner.worker === worker) &&
    (kind === undefined || entry.kind === kind) &&
    (test === undefined || entry.owner.test === test) &&
    (olderThanMs === undefined || entry.intendedAt <= now - olderThanMs)
  );
}
