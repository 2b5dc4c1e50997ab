/** Builds the report of a run from what the store knows. Reads only. */
import { basename } from 'node:path';
import { identityTitle, type PlannedTest, type RunError } from '@quality-hub/protocol';
import { type HubFolder, runSpoolFolder } from '@quality-hub/telemetry';
import { cacheUseOf } from '../analysis/cache-use.ts';
import { degradationsOf, dependenciesOf } from '../analysis/dependencies.ts';
import { identityOfTest } from '../analysis/gather-facts.ts';
import { reasonsOf, remedyOf, UNKNOWN_REMEDY } from '../analysis/judge.ts';
import type { Judged } from '../analysis/judged.ts';
import { leaksOf } from '../analysis/leaks.ts';
import { outagesOf } from '../analysis/outage-costs.ts';
import { poolsOf } from '../analysis/pools.ts';
import { compareVariants } from '../analysis/variants/compare-variants.ts';
import { observeVariants } from '../analysis/variants/observe-variants.ts';
import type { RunStanding } from '../life/run-state.ts';
import type { RunSurvey } from '../life/survey.ts';
import { isBad, stateOf, type TestLife } from '../life/test-outcome.ts';
import type { AttemptDetail, AttemptRow, RunRow, RunStore } from '../store/run-store.ts';
import type {
  ReportedClosing,
  ReportedError,
  ReportedFailure,
  ReportedRun,
  RunDigest,
  RunReport,
  RunSummary,
} from './run-report.ts';

export async function buildReport(
  store: RunStore,
  folder: HubFolder,
  run: RunRow,
  survey: RunSurvey,
): Promise<RunReport> {
  const { runId } = run;
  const judged = new Map((await store.judged(runId)).map(one => [attemptKey(one), one]));
  const failures: ReportedFailure[] = [];
  for (const life of survey.tests.values()) {
    for (const attempt of reportedAttempts(life, survey)) {
      const { errors, evidence } = await store.attemptDetail(runId, attempt);
      const planned = await store.planned(runId, attempt.test);
      failures.push(toFailure({ life, attempt, planned, errors, evidence, judged: judged.get(attemptKey(attempt)) }));
    }
  }
  failures.sort((a, b) =>
    a.identity.title < b.identity.title
      ? -1
      : a.identity.title > b.identity.title
        ? 1
        : a.attempt.retry - b.attempt.retry,
  );
  return {
    ...(await buildDigest(store, folder, run, survey)),
    verdicts: countVerdicts(failures),
    dependencies: dependenciesOf(store, runId),
    ...optional('cache', cacheUseOf(store, runId)),
    flags: await flagsOf(store, runId),
    failures,
    errors: (await store.errors(runId)).map(toError),
  };
}

/** What needs no look at single tests; the verdicts are those of the last conclusion. */
export async function buildDigest(
  store: RunStore,
  folder: HubFolder,
  run: RunRow,
  { standing, counts, closings, gone = () => true }: Pick<RunSurvey, 'standing' | 'counts'> & Partial<RunSurvey>,
): Promise<RunDigest> {
  return {
    run: runOf(run, standing, closings),
    counts,
    verdicts: run.verdicts,
    clusters: await store.clusters(run.runId),
    outages: await outagesOf(store, run.runId, gone),
    degraded: degradationsOf(store, run.runId),
    pools: poolsOf(store, run.runId),
    leaks: await leaksOf(store, run.runId),
    delivery: await store.delivery(run.runId, basename(runSpoolFolder(folder, run.runId))),
  };
}

async function flagsOf(store: RunStore, runId: string): Promise<RunReport['flags']> {
  const { observations, mixed } = await observeVariants(store, [runId]);
  return compareVariants(observations, mixed);
}

export function summaryOf(run: RunRow, { standing, counts }: Pick<RunSurvey, 'standing' | 'counts'>): RunSummary {
  const branch = run.facts?.commit?.branch;
  return {
    id: run.runId,
    state: standing.state,
    ...optional('status', standing.status),
    project: run.project,
    startedAt: run.startedAt,
    ...optional('durationMs', standing.durationMs),
    counts,
    verdicts: run.verdicts,
    ...optional('branch', branch),
  };
}

/** Of a failed or lost test its final bad attempt; of a flaky one all that failed. */
export function reportedAttempts(life: TestLife, survey: RunSurvey): readonly AttemptRow[] {
  if (life.outcome === 'flaky') return life.chains.flat().filter(attempt => isBad(stateOf(attempt, survey.gone)));
  if (life.outcome === 'failed' || life.outcome === 'lost') return life.shown ? [life.shown] : [];
  return [];
}

export function attemptKey({
  test,
  retry,
  startedAt,
}: {
  readonly test: string;
  readonly retry: number;
  readonly startedAt: string;
}): string {
  return `${test}/${retry}/${startedAt}`;
}

interface FailureFacts {
  readonly life: TestLife;
  readonly attempt: AttemptRow;
  readonly planned: PlannedTest | undefined;
  readonly errors: readonly RunError[];
  readonly evidence: AttemptDetail['evidence'];
  readonly judged: Judged | undefined;
}

function toFailure({ life, attempt, planned, errors, evidence, judged }: FailureFacts): ReportedFailure {
  const identity = identityOfTest(attempt.test, planned);
  return {
    identity: { ...identity, key: attempt.test, title: identityTitle(identity) },
    attempt: {
      retry: attempt.retry,
      startedAt: attempt.startedAt,
      ...optional('durationMs', attempt.durationMs),
      status: attempt.status ?? 'lost',
      shard: attempt.shard,
    },
    outcome: life.outcome as ReportedFailure['outcome'],
    verdict: judged?.judgement.verdict ?? 'unknown',
    confidence: judged?.judgement.confidence01 ?? 0,
    reasons: judged ? reasonsOf(judged.judgement) : [],
    remedy: judged ? remedyOf(judged.judgement) : UNKNOWN_REMEDY,
    cluster: judged?.cluster ?? '',
    message: errors[0]?.message ?? '',
    ...optional('location', errors[0]?.location ?? planned?.location),
    tags: planned?.tags ?? [],
    flags: [
      ...new Set(evidence.flatMap(({ evidence: one }) => (one.kind === 'flag' ? `${one.name}=${one.variant}` : []))),
    ],
  };
}

function runOf(
  { runId, project, shards, startedAt, facts }: RunRow,
  standing: RunStanding,
  closings: RunSurvey['closings'] = new Map(),
): ReportedRun {
  return {
    id: runId,
    state: standing.state,
    ...optional('status', standing.status),
    startedAt,
    ...optional('durationMs', standing.durationMs),
    ...optional('closed', closingOf(standing, closings)),
    project,
    shards,
    projects: facts?.projects ?? [],
    ...optional('commit', facts?.commit),
    ...optional('ci', facts?.ci),
    ...optional('playwrightVersion', facts?.playwrightVersion),
  };
}

function closingOf(standing: RunStanding, closings: RunSurvey['closings']): ReportedClosing | undefined {
  const all = [...closings.values()];
  const last = all
    .map(({ at }) => at)
    .sort()
    .at(-1);
  if (standing.state !== 'lost' || last === undefined) return undefined;
  return { at: last, reasons: [...new Set(all.map(({ reason }) => reason))] };
}

function countVerdicts(failures: readonly ReportedFailure[]): RunReport['verdicts'] {
  const counts: Partial<Record<ReportedFailure['verdict'], number>> = {};
  for (const { verdict } of failures) counts[verdict] = (counts[verdict] ?? 0) + 1;
  return counts;
}

function toError({ message, location }: RunError): ReportedError {
  return { message, ...optional('location', location) };
}

function optional<K extends string, T>(key: K, value: T | undefined): { [key in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { [key in K]?: T };
}
