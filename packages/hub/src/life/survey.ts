/** Everything about a run's life at one moment: its standing, its counts, and what became of each test. */
import type { AttemptRow, RunStore, WriterRow } from '../store/run-store.ts';
import { countOutcomes, type RunCounts } from './run-life.ts';
import { type RunStanding, standingOf } from './run-state.ts';
import { lifeOf, type TestLife } from './test-outcome.ts';
import { closingOf, isGone, type WriterLifeOptions } from './writer-life.ts';

export interface RunSurvey {
  readonly standing: RunStanding;
  readonly counts: RunCounts;
  /** What became of each test, by key. */
  readonly tests: ReadonlyMap<string, TestLife>;
  readonly gone: (writer: string) => boolean;
  /** Why the writers that were closed write no more, by their names. */
  readonly closings: ReadonlyMap<string, NonNullable<WriterRow['closed']>>;
}

export async function surveyRun(
  store: RunStore,
  runId: string,
  shards: number,
  options: WriterLifeOptions = {},
): Promise<RunSurvey> {
  const writers = await store.writers(runId);
  const tests = await store.tests(runId);
  const attempts = await store.attempts(runId);
  return survey({ writers, tests, attempts, shards }, options);
}

export interface SurveyFacts {
  readonly writers: readonly WriterRow[];
  /** Keys. */
  readonly tests: readonly string[];
  readonly attempts: readonly AttemptRow[];
  readonly shards: number;
}

export function survey({ writers, tests, attempts, shards }: SurveyFacts, options: WriterLifeOptions = {}): RunSurvey {
  const goneWriters = new Set(writers.filter(writer => isGone(writer, options)).map(({ writer }) => writer));
  const gone = (writer: string): boolean => goneWriters.has(writer);
  const byTest = new Map<string, AttemptRow[]>();
  for (const attempt of attempts) {
    const known = byTest.get(attempt.test);
    if (known) known.push(attempt);
    else byTest.set(attempt.test, [attempt]);
  }
  const lives = new Map(tests.map(test => [test, lifeOf(byTest.get(test) ?? [], gone)] as const));
  const now = (options.now ?? Date.now)();
  return {
    standing: standingOf({ writers, shards, started: attempts.length > 0, gone, now }),
    counts: countOutcomes([...lives.values()].map(({ outcome }) => outcome)),
    tests: lives,
    gone,
    closings: closingsOf(writers),
  };
}

function closingsOf(writers: readonly WriterRow[]): RunSurvey['closings'] {
  return new Map(
    writers.flatMap(writer => {
      const closing = closingOf(writer);
      return closing ? [[writer.writer, closing] as const] : [];
    }),
  );
}
