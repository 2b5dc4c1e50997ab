/** Collects what is known of each failing attempt of a run, for the rules to look at. */
import { type AttemptFacts, identityTitle, type NeighbourWrite, type TestIdentity } from '@quality-hub/protocol';
import type { RunSurvey, SurveyedTest } from '../life/survey.ts';
import { isBad, stateOf } from '../life/test-outcome.ts';
import type { AttemptRow, RunStore } from '../store/run-store.ts';
import { collectWrites, exposedRequests, neighboursOf } from './neighbour-writes.ts';
import { placeOf } from './reading/exchanges.ts';

/** Facts of every bad attempt of the tests that ended badly, in the order of their beginning. */
export async function gatherFacts(store: RunStore, runId: string, survey: RunSurvey): Promise<AttemptFacts[]> {
  const found: AttemptFacts[] = [];
  for (const test of survey.tests.values()) {
    if (!['failed', 'flaky', 'lost'].includes(test.life.outcome)) continue;
    for (const chain of test.life.chains) {
      for (const attempt of chain) {
        if (isBad(stateOf(attempt, survey.gone))) found.push(await factsOf(store, runId, survey, test, chain, attempt));
      }
    }
  }
  found.sort((a, b) => (a.startedAt < b.startedAt ? -1 : a.startedAt > b.startedAt ? 1 : 0));
  return withNeighbours(store, runId, survey, found);
}

/** A test that was never planned in an event we have is named by its key alone. */
export function identityOfTest({ test, planned }: Pick<SurveyedTest, 'test' | 'planned'>, project = ''): TestIdentity {
  return (
    planned?.identity ?? {
      project,
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
  test: SurveyedTest,
  chain: readonly AttemptRow[],
  attempt: AttemptRow,
): Promise<AttemptFacts> {
  const { errors, steps, evidence, output } = await store.attemptDetail(runId, attempt);
  const identity = identityOfTest(test);
  return {
    identity,
    test: test.test,
    retry: attempt.retry,
    status: attempt.status ?? 'lost',
    expectedStatus: attempt.expectedStatus ?? test.planned?.expectedStatus ?? 'passed',
    startedAt: attempt.startedAt,
    durationMs: attempt.durationMs ?? 0,
    timeoutMs: test.planned?.timeoutMs ?? 30_000,
    errors,
    steps,
    evidence,
    output,
    location: test.planned?.location ?? { file: identity.file, line: 0, column: 0 },
    tags: test.planned?.tags ?? [],
    otherAttempts: chain
      .filter(({ id }) => id !== attempt.id)
      .map(other => ({ retry: other.retry, status: other.status ?? 'lost' })),
    neighbourWrites: [],
    ...(survey.standing.status === undefined ? {} : { runStatus: survey.standing.status }),
  };
}

/** Only where an attempt was refused, or read something else than it expected, the writes of other tests are looked for. */
function withNeighbours(store: RunStore, runId: string, survey: RunSurvey, attempts: AttemptFacts[]): AttemptFacts[] {
  const exposed = attempts.map(exposedRequests);
  const places = new Set(exposed.flat().map(({ url }) => placeOf(url)));
  if (places.size === 0) return attempts;
  const writes = collectWrites(store, runId, places);
  return attempts.map((facts, index) => {
    const neighbourWrites = neighboursOf(facts, exposed[index] ?? [], writes).map((write): NeighbourWrite => {
      const test = survey.tests.get(write.test);
      return {
        test: write.test,
        title: test ? identityTitle(identityOfTest(test)) : write.test,
        at: write.at,
        traffic: write.traffic,
      };
    });
    return neighbourWrites.length === 0 ? facts : { ...facts, neighbourWrites };
  });
}
