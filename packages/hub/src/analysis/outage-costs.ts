/** What outages cost a run, and what it saved by knowing of them. */
import type { EvidenceRecord, Outage, ToldOutage } from '@quality-hub/protocol';
import { isBad, stateOf } from '../life/test-outcome.ts';
import type { AttemptRow, EvidenceRow, RunStore } from '../store/run-store.ts';
import { findOutages, isDuring, OUTAGE_SIGNS } from './outages.ts';

export interface ReportedOutage extends ToldOutage {
  /** Tests that called the dependency while it was down, and failed. */
  readonly failedTests: number;
  /** Tests that were skipped at once because they had said that they need it. */
  readonly blockedTests: number;
  /** Calls that were sent and failed. */
  readonly failedCalls: number;
  /** Calls that were not sent: its breaker was open. */
  readonly refusedCalls: number;
  /** What tests have waited for the calls that failed. */
  readonly costMs: number;
  /**
   * What they would have waited besides, had every refused call and every blocked test found out for itself: the number of
   * both, times the mean length of a call that failed, less what refused calls took. 0 where no call failed.
   */
  readonly savedMs: number;
}

/** The outages of a run, which most runs have none of: they are looked for where a breaker or a probe has said something. */
export async function outagesOf(
  store: RunStore,
  runId: string,
  gone: (writer: string) => boolean,
): Promise<readonly ReportedOutage[]> {
  const outages = readOutages(store, runId);
  if (outages.length === 0) return [];
  const attempts = new Map((await store.attempts(runId)).map(attempt => [keyOf(attempt), attempt]));
  const rows = [...store.evidence(runId, ['call', 'health'])];
  return outages.map(outage => priced(outage, rows, attempts, gone));
}

export function readOutages(store: RunStore, runId: string): readonly Outage[] {
  const signs = [...store.evidence(runId, OUTAGE_SIGNS)].flatMap(({ records }) => records);
  if (!signs.some(({ evidence }) => isSign(evidence))) return [];
  return findOutages([...store.evidence(runId, ['call', ...OUTAGE_SIGNS])].flatMap(({ records }) => records));
}

function isSign(evidence: EvidenceRecord['evidence']): boolean {
  return (
    (evidence.kind === 'breaker' && evidence.to === 'open') || (evidence.kind === 'health' && evidence.state === 'down')
  );
}

function priced(
  outage: Outage,
  rows: readonly EvidenceRow[],
  attempts: ReadonlyMap<string, AttemptRow>,
  gone: (writer: string) => boolean,
): ReportedOutage {
  const failedTests = new Set<string>();
  const blockedTests = new Set<string>();
  let failedCalls = 0;
  let refusedCalls = 0;
  let costMs = 0;
  let refusedMs = 0;
  for (const row of rows) {
    const attempt = attempts.get(keyOf(row));
    for (const { at, evidence } of row.records) {
      if (evidence.kind !== 'call' && evidence.kind !== 'health') continue;
      if (evidence.dependency !== outage.dependency || !isDuring(outage, at)) continue;
      if (evidence.kind === 'health') {
        if (evidence.state === 'down' && attempt?.blocked) blockedTests.add(row.test);
        continue;
      }
      const { outcome, durationMs } = evidence;
      if (outcome === 'ok' || outcome === 'aborted') continue;
      if (attempt && isBad(stateOf(attempt, gone))) failedTests.add(row.test);
      if (outcome === 'refused') {
        refusedCalls++;
        refusedMs += durationMs;
      } else {
        failedCalls++;
        costMs += durationMs;
      }
    }
  }
  const spared = refusedCalls + blockedTests.size;
  const savedMs = failedCalls === 0 ? 0 : Math.max(0, (costMs / failedCalls) * spared - refusedMs);
  return {
    ...outage,
    failedTests: failedTests.size,
    blockedTests: blockedTests.size,
    failedCalls,
    refusedCalls,
    costMs: Math.round(costMs),
    savedMs: Math.round(savedMs),
  };
}

/** Journals do not know when an attempt began: test, retry and shard name it well enough. */
function keyOf({
  test,
  retry,
  shard,
}: {
  readonly test: string;
  readonly retry: number;
  readonly shard: number;
}): string {
  return `${test}/${retry}/${shard}`;
}
