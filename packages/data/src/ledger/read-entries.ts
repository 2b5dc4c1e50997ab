/** Entries of a ledger at once. */
import type { Ledger, LedgerEntry, LedgerFilter } from './ledger.ts';

export async function readEntries(ledger: Pick<Ledger, 'entries'>, filter?: LedgerFilter): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  for await (const entry of ledger.entries(filter)) entries.push(entry);
  return entries;
}
