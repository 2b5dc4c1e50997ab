/** Test data: built, created, verified and removed, whatever is killed meanwhile. Knows no test runner. */

export { ClaimedError } from './claims/claimed-error.ts';
export { type ClaimOptions, type ClaimOwner, type Claims, type ClaimsOptions, createClaims } from './claims/claims.ts';
export type {
  Json,
  Ledger,
  LedgerEntry,
  LedgerFilter,
  LedgerIntent,
  LedgerOwner,
  RecordKind,
} from './ledger/ledger.ts';
export { LedgerError } from './ledger/ledger-errors.ts';
export { type LedgerOptions, openLedger } from './ledger/open-ledger.ts';
export type { LivingOwners, OwnerName } from './ledger/owners.ts';
export { readEntries } from './ledger/read-entries.ts';
export type { BacklogSection, DataSection, RemovalSection, SweepSection } from './section.ts';
export {
  SharedChangedError,
  type SharedOfTest,
  type SharedOptions,
  SharedRecords,
  type SharedUser,
} from './shared/shared-records.ts';
export { type Backlog, readBacklog } from './sweep/backlog.ts';
export { FactoriesError, loadFactories } from './sweep/load-factories.ts';
export { recordWords } from './sweep/record-words.ts';
export { type RemovalOptions, type RemovalResult, removeAll } from './sweep/remove-all.ts';
export { isSweeperOf, type SweepFilter, type SweepOptions, type SweepReport, sweep } from './sweep/sweep.ts';
