/** Test data: built, created, verified and removed, whatever is killed meanwhile. Knows no test runner. */
export { ClaimedError } from './claims/claimed-error.ts';
export { type ClaimOptions, type ClaimOwner, type Claims, type ClaimsOptions, createClaims } from './claims/claims.ts';
export { type DataClock, dataClock } from './clock.ts';
export type { DataContext, DataRegister, OpenContext, Via } from './create/context.ts';
export type { CreateOptions } from './create/maker.ts';
export { linkKind, recordKinds } from './create/record-kinds.ts';
export { type CreateManyOptions, TestData } from './create/test-data.ts';
export { type AttemptOptions, type RemoveOptions, WorkerData, type WorkerDataOptions } from './create/worker-data.ts';
export { Dataset } from './datasets/dataset.ts';
export { DatasetError, type DatasetErrorCode, type Violation, violationText } from './datasets/dataset-errors.ts';
export { type DatasetDefinition, type DatasetOptions, dataset, type RowSchema } from './datasets/definition.ts';
export { type WriteRowsOptions, type WrittenRows, writeRows } from './datasets/export/write-rows.ts';
export { type Datasets, type DatasetsOptions, openDatasets } from './datasets/open-datasets.ts';
export { type DatasetRule, refersTo, type SetRule, unique } from './datasets/rules.ts';
export {
  type AnyEnvironment,
  type EnvironmentCall,
  type EnvironmentContext,
  type EnvironmentDefinition,
  environmentKind,
} from './environments/environment.ts';
export { environmentKinds } from './environments/environment-kinds.ts';
export {
  EnvironmentError,
  WorkerEnvironments,
  type WorkerEnvironmentsOptions,
} from './environments/worker-environments.ts';
export {
  CreateManyError,
  type CreateOutcome,
  DataEndedError,
  FactoryNameError,
  RecordError,
  type RecordProblem,
  UnknownPartError,
} from './errors.ts';
export { BuildError } from './factory/builder.ts';
export type { BuildContext, Definition, Link, Trait } from './factory/definition.ts';
export {
  type AnyFactory,
  define,
  Factory,
  type FactoryShape,
  type InputOfFactory,
  type Overrides,
  type RecordOf,
} from './factory/factory.ts';
export { factories, factoryNamed } from './factory/registry.ts';
export { belongsTo, hasMany, linksTo, manyToMany, type Relation, type Relations } from './factory/relations.ts';
export { batches } from './large/batches.ts';
export { type CollectOptions, collectWithin, DataMemoryError } from './large/collect-within.ts';
export { type Columns, columns } from './large/columns.ts';
export { keysetPages, offsetPages, type Page, PagesError, type PagesOptions, paginate } from './large/pages.ts';
export { SpillClosedError, type Spilled, type SpillOptions, spill } from './large/spill.ts';
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
export { type Target, whyElsewhere } from './ledger/target.ts';
export { NumbersUsedUpError } from './random/names.ts';
export { type RunSeed, runSeed, SEED_VARIABLE } from './random/seed.ts';
export { type Rule, rule } from './rules/rule.ts';
export type { BacklogSection, DataSection, RemovalSection, SweepSection } from './section.ts';
export {
  SharedChangedError,
  type SharedOfTest,
  type SharedOptions,
  SharedRecords,
  type SharedUser,
} from './shared/shared-records.ts';
export type { ChangedRow, NamedRow, RowDifferences } from './snapshots/compare/compare-rows.ts';
export type { CompareOptions, EntryDifference } from './snapshots/compare/compare-snapshots.ts';
export { SnapshotError, type SnapshotErrorCode } from './snapshots/errors.ts';
export { type CustomPartOptions, customPart } from './snapshots/parts/custom-part.ts';
export { type DatabasePartOptions, databasePart } from './snapshots/parts/database/database-part.ts';
export { type FilesPartOptions, filesPart } from './snapshots/parts/files-part.ts';
export { type KeysPartOptions, keysPart } from './snapshots/parts/keys-part.ts';
export { type RedisPartOptions, redisPart } from './snapshots/parts/redis-part.ts';
export { type PartSources, partsOf, type SnapshotsSection } from './snapshots/section.ts';
export type {
  EntryMeta,
  PartWriter,
  Pieces,
  ReadablePart,
  SavedEntry,
  SavedPart,
  SnapshotPart,
} from './snapshots/snapshot-part.ts';
export {
  openSnapshots,
  type SnapshotDifference,
  type SnapshotFacts,
  type Snapshots,
  type SnapshotsOptions,
} from './snapshots/snapshots.ts';
export type { Retention } from './snapshots/store/retention.ts';
export { type Backlog, backlogOf, readBacklog } from './sweep/backlog.ts';
export { FactoriesError, loadFactories } from './sweep/load-factories.ts';
export { recordWords } from './sweep/record-words.ts';
export { type RemovalOptions, type RemovalResult, removeAll } from './sweep/remove-all.ts';
export { isSweeperOf, type SweepFilter, type SweepOptions, type SweepReport, sweep } from './sweep/sweep.ts';
export { type AnyTemplate, type Template, type TemplateMaker, template } from './template/template.ts';
export { checkMigrations, type MigrationCheck } from './versions/check-migrations.ts';
export {
  DataVersionError,
  type MigrateOptions,
  type Migration,
  type Migrations,
  migrate,
} from './versions/migrations.ts';
