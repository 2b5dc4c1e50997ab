/** The board of a run: how each of its dependencies was, and what worked less well without one. */
import type { EvidenceKind, HealthEvidence, ToldDegradation } from '@quality-hub/protocol';
import type { RunStore } from '../store/run-store.ts';
import { findOutages } from './outages.ts';

/** One client, database or guarded policy that the tests of a run have used or needed. */
export interface ReportedDependency {
  readonly dependency: string;
  /** What was known last; `unknown` where calls failed and nobody has said more. */
  readonly state: HealthEvidence['state'] | 'unknown';
  /** Calls that were told: of very many only some are. */
  readonly calls: number;
  readonly failedCalls: number;
  /** Calls that were not sent: its breaker or one of its limits was in the way. */
  readonly refusedCalls: number;
  /** How long it was down in all, in milliseconds, until the last that was heard of it. */
  readonly downMs: number;
}

const SIGNS: readonly EvidenceKind[] = ['call', 'breaker', 'health', 'database'];

interface Draft {
  state: ReportedDependency['state'];
  calls: number;
  failedCalls: number;
  refusedCalls: number;
}

/** Every dependency of a run, by name. */
export function dependenciesOf(store: RunStore, runId: string): readonly ReportedDependency[] {
  const records = [...store.evidence(runId, SIGNS)].flatMap(row => row.records);
  records.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.seq - b.seq));
  const drafts = new Map<string, Draft>();
  const draftOf = (dependency: string): Draft => {
    const draft = drafts.get(dependency) ?? { state: 'unknown', calls: 0, failedCalls: 0, refusedCalls: 0 };
    drafts.set(dependency, draft);
    return draft;
  };
  for (const { evidence } of records) {
    if (evidence.kind === 'call') {
      const draft = draftOf(evidence.dependency);
      draft.calls++;
      if (evidence.outcome === 'ok') draft.state = 'healthy';
      else if (evidence.outcome === 'refused') draft.refusedCalls++;
      else if (evidence.outcome !== 'aborted') draft.failedCalls++;
    } else if (evidence.kind === 'database') {
      const draft = draftOf(evidence.database);
      draft.calls++;
      if (evidence.errorCode === undefined) draft.state = 'healthy';
      else draft.failedCalls++;
    } else if (evidence.kind === 'breaker') {
      const draft = draftOf(evidence.dependency);
      if (evidence.to !== 'half-open') draft.state = evidence.to === 'open' ? 'down' : 'healthy';
    } else if (evidence.kind === 'health' && evidence.feature === undefined) {
      draftOf(evidence.dependency).state = evidence.state;
    }
  }
  const end = records.at(-1)?.at ?? '';
  const outages = findOutages(records);
  return [...drafts]
    .map(([dependency, draft]) => {
      const own = outages.filter(outage => outage.dependency === dependency);
      const downMs = own.reduce((sum, { from, to = end }) => sum + (Date.parse(to) - Date.parse(from)), 0);
      return { dependency, ...draft, downMs };
    })
    .sort((a, b) => (a.dependency < b.dependency ? -1 : 1));
}

/** What worked less well, the most frequent first. */
export function degradationsOf(store: RunStore, runId: string): readonly ToldDegradation[] {
  const found = new Map<string, ToldDegradation & { readonly names: Set<string> }>();
  for (const { test, records } of store.evidence(runId, ['health'])) {
    for (const { evidence } of records) {
      if (evidence.kind !== 'health' || evidence.feature === undefined) continue;
      const { feature, dependency, detail = '' } = evidence;
      const key = JSON.stringify([feature, dependency]);
      const names = (found.get(key)?.names ?? new Set()).add(test);
      const calls = (found.get(key)?.calls ?? 0) + 1;
      found.set(key, { feature, dependency, calls, tests: names.size, reason: detail, names });
    }
  }
  return [...found.values()].map(({ names: _, ...told }) => told).sort((a, b) => b.calls - a.calls);
}
