/** Entries for tests of what is done with them. */
import type { LedgerEntry } from '../ledger/ledger.ts';

export function ledgerEntry(id: string, more: Partial<LedgerEntry> = {}): LedgerEntry {
  return {
    id,
    kind: 'order',
    version: 1,
    owner: { run: 'run', worker: 'w', namespace: 'n' },
    input: { sku: id },
    needs: [],
    state: 'made',
    record: id,
    intendedAt: 0,
    failures: 0,
    ...more,
  };
}
