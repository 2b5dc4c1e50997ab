/** Collects what is known of each failing attempt of a run, for the rules to look at. */
import {
  type AttemptFacts,
  identityTitle,
  type NeighbourWrite,
  type PlannedTest,
  type TestIdentity,
} from '@quality-hub/protocol';
import type { RunSurvey } from '../life/survey.ts';
import { isBad, stateOf } from '../life/test-outcome.ts';
import type { AttemptRow, RunStore } from '../store/run-store.ts';
import { withLeftBehind } from './left-behind.ts';
import { collectWrites, exposedRequests, neighboursOf } from './neighbour-writes.ts';
import { readOutages } from './outage-costs.ts';
import { placeOf } from './reading/exchanges.ts';
import { withTakenSecrets } from './taken-secrets.ts';

/** Facts of every bad attempt of the tests that ended badly, in the order of their beginning. */
export async function gatherFacts(store: RunStore, runId: string, survey: RunSurvey): Promise<AttemptFacts[]> {
  const found: AttemptFacts[] = [];
  for (const [test, { outcome, chains }] of survey.tests) {
    if (!['failed', 'flaky', 'lost'].includes(outcome)) continue;
    const planned = await store.planned(runId, test);
    for (const chain of chains) {
      for (const attempt of chain) {
        if (!isBad(stateOf(attempt, survey.gone))) continue;
        found.push(await factsOf(store, runId, survey, planned, chain, attempt));
      }
    }
  }
  found.sort((a, b) => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0));
  const outages = found.length === 0 ? [] : readOutages(store, runId);
  const told = outages.length === 0 ? found : found.map(facts => ({ ...facts, outages }));
  const taken = withTakenSecrets(told, () => store.evidence(runId, ['secret', 'call']));
  return withLeftBehind(store, runId, await withNeighbours(store, runId, taken));
}

/** A test that was never planned in an event we have is named by its key alone. */
export function identityOfTest(test: string, planned: PlannedTest | undefined): TestIdentity {
  return (
    planned?.identity ?? {
      project: '',
      playwrightProject: '',
      file: '(unknown file)',
      titlePath: [test],
      repeatEachIndex: 0,
    }
  );
}

async function factsOf(
  store: RunStore,
  runId: string,
  survey: RunSurvey,
  planned: PlannedTest | undefined,
  chain: readonly AttemptRow[],
  attempt: AttemptRow,
): Promise<AttemptFacts> {
  const { errors, steps, evidence, output } = await store.attemptDetail(runId, attempt);
  const identity = identityOfTest(attempt.test, planned);
  const lostBecause = attempt.status === undefined ? survey.closings.get(attempt.writer)?.reason : undefined;
  return {
    identity,
    test: attempt.test,
    retry: attempt.retry,
    status: attempt.status ?? 'lost',
    expectedStatus: attempt.expectedStatus ?? planned?.expectedStatus ?? 'passed',
    startedAt: attempt.startedAt,
    durationMs: attempt.durationMs ?? 0,
    timeoutMs: planned?.timeoutMs ?? 30_000,
    errors,
    steps,
    evidence,
    output,
    location: planned?.location ?? { file: identity.file, line: 0, column: 0 },
    tags: planned?.tags ?? [],
    otherAttempts: chain
      .filter(({ id }) => id !== attempt.id)
      .map(other => ({ retry: other.retry, status: other.status ?? 'lost' })),
    neighbourWrites: [],
    ...(lostBecause === undefined ? {} : { lostBecause }),
    ...(survey.standing.status === undefined ? {} : { runStatus: survey.standing.status }),
  };
}

/** Only where an attempt was refused, or read something else than it expected, the writes of other tests are looked for. */
async function withNeighbours(store: RunStore, runId: string, attempts: AttemptFacts[]): Promise<AttemptFacts[]> {
  const exposed = attempts.map(exposedRequests);
  const places = new Set(exposed.flat().map(({ url }) => placeOf(url)));
  if (places.size === 0) return attempts;
  const writes = collectWrites(store, runId, places);
  const told: AttemptFacts[] = [];
  for (const [index, facts] of attempts.entries()) {
    const neighbourWrites: NeighbourWrite[] = [];
    for (const { test, at, traffic } of neighboursOf(facts, exposed[index] ?? [], writes)) {
      const planned = await store.planned(runId, test);
      neighbourWrites.push({ test, title: planned ? identityTitle(planned.identity) : test, at, traffic });
    }
    told.push(neighbourWrites.length === 0 ? facts : { ...facts, neighbourWrites });
  }
  return told;
}
