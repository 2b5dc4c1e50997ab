/** The report of one run as plain data: what `quality-hub show --json` prints. Fields are added, never changed. */
import type {
  ProjectFacts,
  RunStatus,
  SourceLocation,
  TestIdentity,
  TestStatus,
  ToldDegradation,
  Verdict,
} from '@quality-hub/protocol';
import type { ReportedCache } from '../analysis/cache-use.ts';
import type { ReportedDependency } from '../analysis/dependencies.ts';
import type { ReportedLeaks } from '../analysis/leaks.ts';
import type { ReportedOutage } from '../analysis/outage-costs.ts';
import type { ReportedPool } from '../analysis/pools.ts';
import type { ReportedFlag } from '../analysis/variants/compare-variants.ts';
import type { RunCounts, RunState } from '../life/run-life.ts';
import type { ClusterRow, Delivery } from '../store/run-store.ts';

export interface ReportedClosing {
  readonly at: string;
  /** How it is known that nothing more will come, one sentence for each reason. */
  readonly reasons: readonly string[];
}

export interface ReportedRun {
  readonly id: string;
  readonly state: RunState;
  /** What the runner said at its end; the worst where shards differ. */
  readonly status?: RunStatus;
  readonly startedAt: string;
  readonly durationMs?: number;
  /** Present where `quality-hub finalize` has closed a run that did not come to its end by itself. */
  readonly closed?: ReportedClosing;
  /** Name of the hub project. */
  readonly project: string;
  readonly shards: number;
  readonly projects: readonly ProjectFacts[];
  readonly commit?: { readonly hash: string; readonly branch?: string };
  readonly ci?: { readonly name: string; readonly buildUrl?: string };
  readonly playwrightVersion?: string;
}

export interface ReportedIdentity extends TestIdentity {
  /** 32 hex digits, the same on every machine. */
  readonly key: string;
  /** The full title path, joined by ` › `. */
  readonly title: string;
}

export interface ReportedAttempt {
  /** 0 for the first attempt. */
  readonly retry: number;
  readonly startedAt: string;
  readonly durationMs?: number;
  readonly status: TestStatus | 'lost';
  readonly shard: number;
}

export interface ReportedFailure {
  readonly identity: ReportedIdentity;
  readonly attempt: ReportedAttempt;
  /** `flaky`: a later attempt passed, or skipped itself. `lost`: its runner died. */
  readonly outcome: 'failed' | 'flaky' | 'lost';
  readonly verdict: Verdict;
  /** From 0 to 1. */
  readonly confidence: number;
  readonly reasons: readonly string[];
  readonly remedy: string;
  /** Id of its cluster. */
  readonly cluster: string;
  /** First error message, without colours. */
  readonly message: string;
  readonly location?: SourceLocation;
  readonly tags: readonly string[];
  /** Feature flags that the attempt has heard of, in that order: `button=red`. */
  readonly flags: readonly string[];
}

export interface ReportedError {
  readonly message: string;
  readonly location?: SourceLocation;
}

export interface RunReport {
  readonly run: ReportedRun;
  readonly counts: RunCounts;
  /** Failures by verdict. */
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  /** Largest first. */
  readonly clusters: readonly ClusterRow[];
  /** Times in which a dependency was down, with what they cost and what was saved. */
  readonly outages: readonly ReportedOutage[];
  /** What worked less well because something it needs had failed, the most frequent first. */
  readonly degraded: readonly ToldDegradation[];
  /** Every dependency that resilient clients and guarded code have used or needed, by name. */
  readonly dependencies: readonly ReportedDependency[];
  /** Connections by client and server. */
  readonly pools: readonly ReportedPool[];
  /** What tests have left open, those that left most first. */
  readonly leaks: readonly ReportedLeaks[];
  /** What tests have asked of the cache; undefined where none did. */
  readonly cache?: ReportedCache;
  /** Feature flags that tests have heard of, by name, with what became of tests in each variant. */
  readonly flags: readonly ReportedFlag[];
  readonly failures: readonly ReportedFailure[];
  /** Errors outside of any test. */
  readonly errors: readonly ReportedError[];
  readonly delivery: Delivery;
}

/** The report without what only a screen full of it can show. */
export type RunDigest = Pick<
  RunReport,
  'run' | 'counts' | 'verdicts' | 'clusters' | 'outages' | 'degraded' | 'pools' | 'leaks' | 'delivery'
>;

/** One line of the list of runs. */
export interface RunSummary {
  readonly id: string;
  readonly state: RunState;
  readonly status?: RunStatus;
  readonly project: string;
  readonly startedAt: string;
  readonly durationMs?: number;
  readonly counts: RunCounts;
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  readonly branch?: string;
}
