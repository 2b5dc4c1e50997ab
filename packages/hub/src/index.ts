/**
 * The engine of Quality Hub.
 *
 * Takes events from the spools into a store, owns the life of a run, gives every failing attempt a verdict, puts failures
 * with one cause together, and reports. Knows protocol and files; does not know Playwright, terminals or HTTP.
 */

export type { ReportedDependency } from './analysis/dependencies.ts';
export { judge, reasonsOf, remedyOf } from './analysis/judge.ts';
export type { ReportedOutage } from './analysis/outage-costs.ts';
export { VERDICT_RULES } from './analysis/rules.ts';
export type { ReportedFlag, ReportedVariant, VariantComparison } from './analysis/variants/compare-variants.ts';
export { RunUnknownError, StoreError, type StoreErrorCode } from './errors.ts';
export { type CatchUpOptions, type Hub, type HubOptions, openHub } from './hub.ts';
export type { FinalizedRuns, LivingProcess } from './life/finalize-runs.ts';
export { RUN_STATES, type RunCounts, type RunState, type TestOutcome } from './life/run-life.ts';
export { type MaskedRun, type MaskRunOptions, maskRun } from './mask/mask-run.ts';
export type { OutputFolder } from './report/output-folders.ts';
export type {
  ReportedAttempt,
  ReportedClosing,
  ReportedError,
  ReportedFailure,
  ReportedIdentity,
  ReportedRun,
  RunDigest,
  RunReport,
  RunSummary,
} from './report/run-report.ts';
export { moveDatabaseAside } from './store/rebuild.ts';
export type { ClusterRow, Delivery, PastAttempt } from './store/run-store.ts';
