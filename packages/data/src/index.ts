/** Test data: built, created, verified and removed, whatever is killed meanwhile. Knows no test runner. */
export type {
  Json,
  Ledger,
  LedgerEntry,
  LedgerFilter,
  LedgerIntent,
  LedgerOwner,
  RecordKind,
} from './ledger/ledger.ts';
