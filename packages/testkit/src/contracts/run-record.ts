/** What the events of a run say happened, in a form in which two ways of recording the same run can be compared. */
import {
  type AttemptRef,
  type EventOf,
  type EvidenceRecord,
  identityTitle,
  type PlannedTest,
  type ProjectFacts,
  type RunError,
  type RunEvent,
  type RunStatus,
  type StepFacts,
} from '@quality-hub/protocol';

type Ended = EventOf<'test.ended'>;
type Attached = EventOf<'attachment'>;

export interface AttemptRecord
  extends Pick<AttemptRef, 'retry' | 'startedAt'>,
    Partial<Pick<Ended, 'status' | 'expectedStatus' | 'durationMs' | 'parallelIndex' | 'errors' | 'annotations'>> {
  /** In the order in which they ended. */
  readonly steps: readonly StepFacts[];
  readonly stdout: string;
  readonly stderr: string;
  readonly evidence: readonly EvidenceRecord[];
  readonly attachments: readonly (Pick<Attached, 'name' | 'contentType' | 'sizeBytes'> & { readonly file: boolean })[];
}

export interface TestRecord {
  /** As planned; where several reporters planned the test, what the first one said. */
  readonly planned: Omit<PlannedTest, 'test'> | undefined;
  /** In order of their beginning. */
  readonly attempts: readonly AttemptRecord[];
}

export interface RunRecord {
  /** By full title, sorted. */
  readonly tests: Readonly<Record<string, TestRecord>>;
  /** Errors outside of any test, in the order of their messages. */
  readonly errors: readonly RunError[];
  /** Output that belongs to no test, as sorted lines: the order between reporters is nobody's. */
  readonly output: readonly string[];
  /** By name, those that planned a test: a blob holds no others, and one that is in several blobs is one. */
  readonly projects: readonly ProjectFacts[];
  /** The worst of all reporters. */
  readonly status: RunStatus | undefined;
  readonly failOnFlakyTests: boolean;
  readonly shuffleSeed: string | undefined;
}

/** Worst first; of a failed and an interrupted shard `merge-reports` makes a failed run. */
const STATUSES: readonly RunStatus[] = ['failed', 'timedout', 'interrupted', 'passed'];

/**
 * The record of one run, from the events of all of its reporters: one, one a shard, or the one that merged blobs.
 *
 * Left out is what depends on who wrote it and where: run id, writer, number and instant of an event; shard and number
 * of shards; `workerIndex`, which merging renumbers; mode, workers, root folder, host, process and versions of the
 * recording process; paths of attachments, which merging moves (`file` says that there was one); how output and steps
 * were cut into events. Journals of workers are not read: their evidence also comes through the reporter.
 */
export function runRecord(events: readonly RunEvent[]): RunRecord {
  const reported = events.filter(({ writer }) => writer.startsWith('r-'));
  const of = <K extends RunEvent['kind']>(kind: K): EventOf<K>[] =>
    reported.filter((event): event is EventOf<K> => event.kind === kind);
  const planned = new Map<string, PlannedTest>();
  for (const plan of of('test.planned').flatMap(({ tests }) => tests)) {
    if (!planned.has(plan.test)) planned.set(plan.test, plan);
  }
  const attempts = attemptsOf(reported);
  const keys = new Set([...planned.keys(), ...attempts.keys()]);
  const tests = [...keys].map(key => [titleOf(planned.get(key), key), testOf(planned.get(key), attempts.get(key))]);
  const started = of('run.started');
  const used = new Set([...planned.values()].map(({ identity }) => identity.playwrightProject));
  const facts = started.flatMap(run => run.projects).filter(({ name }) => used.has(name));
  const projects = new Map(facts.map(project => [project.name, project]));
  return {
    tests: Object.fromEntries(tests.sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1))),
    errors: of('error')
      .map(({ error }) => error)
      .sort((a, b) => (a.message < b.message ? -1 : 1)),
    output: of('output')
      .filter(({ test }) => test === undefined)
      .flatMap(({ text }) => text.split('\n'))
      .filter(line => line !== '')
      .sort(),
    projects: [...projects.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    status: STATUSES.find(status => of('run.ended').some(end => end.status === status)),
    failOnFlakyTests: started.some(run => run.failOnFlakyTests),
    shuffleSeed: started.find(run => run.shuffleSeed !== undefined)?.shuffleSeed,
  };
}

interface Draft {
  readonly ref: AttemptRef;
  readonly steps: StepFacts[];
  readonly output: { stdout: string; stderr: string };
  readonly evidence: EvidenceRecord[];
  readonly attachments: Attached[];
  ended?: Ended;
}

/** Attempts by test. A writer is part of an attempt's name: two shards may have begun a test in the same millisecond. */
function attemptsOf(events: readonly RunEvent[]): ReadonlyMap<string, readonly Draft[]> {
  const drafts = new Map<string, Draft>();
  const byTest = new Map<string, Draft[]>();
  for (const event of events) {
    if (!('test' in event) || event.test === undefined) continue;
    const { test, retry, startedAt } = event;
    if (retry === undefined || startedAt === undefined) continue;
    const name = `${event.writer} ${test} ${retry} ${startedAt}`;
    let draft = drafts.get(name);
    if (draft === undefined) {
      const ref = { test, retry, startedAt };
      draft = { ref, steps: [], output: { stdout: '', stderr: '' }, evidence: [], attachments: [] };
      drafts.set(name, draft);
      byTest.set(test, [...(byTest.get(test) ?? []), draft]);
    }
    if (event.kind === 'test.steps') draft.steps.push(...event.steps);
    if (event.kind === 'output') draft.output[event.stream] += event.text;
    if (event.kind === 'evidence') draft.evidence.push(...event.records);
    if (event.kind === 'attachment') draft.attachments.push(event);
    if (event.kind === 'test.ended') draft.ended = event;
  }
  return byTest;
}

function testOf(plan: PlannedTest | undefined, drafts: readonly Draft[] = []): TestRecord {
  const { test: _key, ...planned } = plan ?? {};
  const inOrder = [...drafts].sort((a, b) => (a.ref.startedAt < b.ref.startedAt ? -1 : 1));
  return { planned: plan && (planned as Omit<PlannedTest, 'test'>), attempts: inOrder.map(attemptOf) };
}

function attemptOf({ ref, steps, output, evidence, attachments, ended }: Draft): AttemptRecord {
  return {
    retry: ref.retry,
    startedAt: ref.startedAt,
    ...(ended && {
      status: ended.status,
      expectedStatus: ended.expectedStatus,
      durationMs: ended.durationMs,
      parallelIndex: ended.parallelIndex,
      errors: ended.errors,
      annotations: ended.annotations,
    }),
    steps,
    ...output,
    evidence,
    attachments: attachments.map(({ name, contentType, sizeBytes, path }) => ({
      name,
      contentType,
      ...(sizeBytes === undefined ? {} : { sizeBytes }),
      file: path !== undefined,
    })),
  };
}

function titleOf(plan: PlannedTest | undefined, key: string): string {
  return plan ? identityTitle(plan.identity) : `unplanned test ${key}`;
}
