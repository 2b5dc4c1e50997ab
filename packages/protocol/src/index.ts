/**
 * The words Quality Hub speaks.
 *
 * Run events and their envelope, the identity of a test, evidence, verdicts and errors: what fixtures, reporters, hub,
 * command line and page have in common. Plain types and pure functions; no I/O, no dependency, runs in a browser.
 */
export { closestName } from './closest-name.ts';
export type {
  Database,
  DatabaseHealth,
  Isolation,
  PoolStatistics,
  Queryable,
  QueryOptions,
  QueryResult,
  Transaction,
  TransactionOptions,
} from './database.ts';
export { digest } from './digest.ts';
export {
  EventError,
  errorSentence,
  isQualityHubError,
  OptionError,
  QualityHubError,
  type QualityHubErrorOptions,
  UnsupportedError,
} from './errors.ts';
export {
  type Annotation,
  type AttachmentEvent,
  type AttemptRef,
  type ClosedWriter,
  type Envelope,
  type EventBody,
  type EventKind,
  type EventOf,
  type EvidenceEvent,
  type HeartbeatEvent,
  type Leftovers,
  type OutputEvent,
  type PlannedTest,
  PROTOCOL_VERSION,
  type ProjectFacts,
  type RunClosedEvent,
  type RunEndedEvent,
  type RunError,
  type RunErrorEvent,
  type RunEvent,
  type RunStartedEvent,
  type RunStatus,
  type SourceLocation,
  type StepFacts,
  type TestEndedEvent,
  type TestPlannedEvent,
  type TestStartedEvent,
  type TestStatus,
  type TestStepsEvent,
  type WorkerStartedEvent,
} from './events.ts';
export {
  type BreakerEvidence,
  type CallEvidence,
  type CleanupEvidence,
  type ConflictEvidence,
  type ConsoleEvidence,
  type DatabaseEvidence,
  EVIDENCE_ATTACHMENT,
  EVIDENCE_CONTENT_TYPE,
  type Evidence,
  type EvidenceBundle,
  type EvidenceKind,
  type EvidenceRecord,
  type FlagEvidence,
  type HealthEvidence,
  type LeaseEvidence,
  type LogEvidence,
  type NoteEvidence,
  type PageErrorEvidence,
  type PoolEvidence,
  type ResourceEvidence,
  type SecretEvidence,
  type SecretOutcome,
  type TrafficCountsEvidence,
  type TrafficEvidence,
} from './evidence.ts';
export { type ConfigHandoff, type ConfigTrouble, HANDOFF_VARIABLE, type RunHandoff, readHandoff } from './handoff.ts';
export {
  IDENTITY_ANNOTATION,
  type IdentityFacts,
  identityKey,
  identityOf,
  identityTitle,
  relativePosix,
  type TestIdentity,
} from './identity.ts';
export { createInstantText } from './instant.ts';
export type { Durability, KeyedValue, KeyValueDriver, SetOptions, StoredValue } from './key-value.ts';
export {
  LEAK_NOTE,
  LEAK_THINGS,
  type Leak,
  type LeakThing,
  leakCounts,
  leakNote,
  leakSentence,
  leaksIn,
  leakWords,
} from './leak.ts';
export type {
  AcquireLease,
  Lease,
  LeaseClaim,
  LeaseDriver,
  LeaseGranted,
  LeaseOwner,
  LeaseQueued,
  LeaseTable,
  LeaseWaiter,
} from './lease.ts';
export {
  NEEDS_ANNOTATION,
  NEEDS_UNKNOWN_ANNOTATION,
  type NeededResult,
  type NeededTest,
  type NeedsPlan,
  type PlannedNeed,
  type TestNeed,
  testNeedsIn,
} from './needed-tests.ts';
export {
  type CountWord,
  countWords,
  degradationWords,
  type OutageWords,
  outageWords,
  poolWords,
  type ToldCounts,
  type ToldDegradation,
  type ToldOutage,
  type ToldPool,
  verdictWords,
} from './run-words.ts';
export {
  type ReadSecretOptions,
  type SecretClassification,
  SecretError,
  type SecretErrorCode,
  type SecretStore,
  type SecretVersion,
  type StoredSecret,
  type StoreHealth,
} from './secret-store.ts';
export { type SqliteFileTrouble, sqliteFileTrouble } from './sqlite-file-trouble.ts';
export { isAtLeast, OLDEST, REFUSAL_VARIABLE, whyUnsupported } from './supported-versions.ts';
export { upgradeEvent } from './upgrade.ts';
export {
  type AttemptFacts,
  type Finding,
  type Judgement,
  type LeftBehind,
  type NeighbourWrite,
  type Outage,
  type TakenElsewhere,
  VERDICTS,
  type Verdict,
  type VerdictRule,
} from './verdict.ts';
