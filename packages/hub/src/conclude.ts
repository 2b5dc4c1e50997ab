/** Draws the conclusions of one run: its standing and counts, a verdict for each failing attempt, and their clusters. */
import { cluster } from './analysis/cluster.ts';
import { gatherFacts } from './analysis/gather-facts.ts';
import { judge } from './analysis/judge.ts';
import { type RunSurvey, surveyRun } from './life/survey.ts';
import type { WriterLifeOptions } from './life/writer-life.ts';
import { attemptKey, reportedAttempts } from './report/build-report.ts';
import type { RunConclusion, RunStore } from './store/run-store.ts';

export async function concludeRun(
  store: RunStore,
  runId: string,
  options: WriterLifeOptions,
): Promise<RunSurvey | undefined> {
  const run = await store.run(runId);
  if (!run) return undefined;
  const survey = await surveyRun(store, runId, run.shards, options);
  const facts = await gatherFacts(store, runId, survey);
  const { judged, clusters } = cluster(facts.map(one => ({ facts: one, judgement: judge(one) })));
  const reported = new Set([...survey.tests.values()].flatMap(life => reportedAttempts(life, survey).map(attemptKey)));
  const verdicts: { -readonly [K in keyof RunConclusion['verdicts']]: RunConclusion['verdicts'][K] } = {};
  for (const one of judged) {
    if (reported.has(attemptKey(one))) verdicts[one.judgement.verdict] = (verdicts[one.judgement.verdict] ?? 0) + 1;
  }
  await store.conclude(runId, { ...survey.standing, counts: survey.counts, verdicts, judged, clusters });
  return survey;
}
