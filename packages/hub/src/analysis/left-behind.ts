/** What tests of a run have left behind for others to trip over: things that stay open, records that could not be removed. */
import { type AttemptFacts, identityTitle, type LeftBehind, leaksIn } from '@quality-hub/protocol';
import type { RunStore } from '../store/run-store.ts';
import { takenPort, tellsOfClosed, tellsOfTwins } from './rules/left-behind.ts';

/** The last ones say enough. */
const LIMIT = 20;

/** Adds it to the attempts that failed in a way in which it matters; the run is read only where there is such an attempt. */
export async function withLeftBehind(
  store: RunStore,
  runId: string,
  attempts: readonly AttemptFacts[],
): Promise<AttemptFacts[]> {
  const isExposed = attempts.map(
    facts => takenPort(facts) !== undefined || tellsOfTwins(facts) || tellsOfClosed(facts),
  );
  if (!isExposed.includes(true)) return [...attempts];
  const left = await collect(store, runId);
  return attempts.map((facts, index) => {
    // What a retry finds may be what the attempt before it has left.
    const before = isExposed[index] ? left.filter(({ at }) => at < endOf(facts)).slice(-LIMIT) : [];
    return before.length === 0 ? facts : { ...facts, leftBehind: before };
  });
}

async function collect(store: RunStore, runId: string): Promise<LeftBehind[]> {
  const found: (Omit<LeftBehind, 'title'> & { readonly test: string })[] = [];
  for (const { test, records } of store.evidence(runId, ['note', 'cleanup'])) {
    for (const { at, evidence } of records) {
      for (const leak of leaksIn(evidence)) found.push({ test, at, leak });
      if (evidence.kind !== 'cleanup' || evidence.outcome !== 'failed') continue;
      const { record, detail } = evidence;
      found.push({ test, at, record, ...(detail === undefined ? {} : { detail }) });
    }
  }
  const titles = new Map<string, string>();
  for (const { test } of found) {
    if (titles.has(test)) continue;
    const planned = await store.planned(runId, test);
    titles.set(test, planned ? identityTitle(planned.identity) : test);
  }
  return found
    .map(one => ({ ...one, title: titles.get(one.test) ?? one.test }))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

function endOf({ startedAt, durationMs }: AttemptFacts): string {
  return new Date(Date.parse(startedAt) + durationMs).toISOString();
}
