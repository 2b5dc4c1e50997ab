/** Every planned test is accounted for once, with what the runner had told our reporter before it died. */
import type { RunEvent, TestIdentity } from '@quality-hub/protocol';
import { testName } from '../inside/told.ts';
import type { KeptRun } from './kept-run.ts';
import { attemptName, type TrueAttempt, type Truth } from './truth.ts';

interface RecordedAttempt extends TrueAttempt {
  /** By its own will, and not because the runner never came to it. */
  readonly skippedItself: boolean;
}

type Outcome = 'passed' | 'failed' | 'flaky' | 'skipped' | 'interrupted' | 'notRun' | 'lost';

/**
 * Our reporter is listed in front of the one that writes the truth, and a kill may fall between the two: so one callback
 * may be in our record and not in the truth, never the other way round.
 */
export function checkOutcomes(truth: Truth, kept: KeptRun): string[] {
  const names = namesOf(kept.events);
  const attempts = attemptsOf(kept.events, names);
  return [
    ...checkPlanned(truth, kept, [...names.values()]),
    ...checkTold(truth, attempts),
    ...checkCounts(kept, outcomesOf([...names.values()], attempts)),
  ];
}

/** Name of each planned test, by identity key. */
export function namesOf(events: readonly RunEvent[]): ReadonlyMap<string, string> {
  const planned = events.flatMap(event => (event.kind === 'test.planned' ? event.tests : []));
  return new Map(planned.map(({ test, identity }) => [test, nameOf(identity)]));
}

function nameOf({ playwrightProject, file, titlePath }: TestIdentity): string {
  return testName(playwrightProject, file, titlePath);
}

function attemptsOf(events: readonly RunEvent[], names: ReadonlyMap<string, string>): Map<string, RecordedAttempt> {
  const attempts = new Map<string, RecordedAttempt>();
  for (const event of events) {
    if (event.kind !== 'test.started' && event.kind !== 'test.ended') continue;
    const attempt = { test: names.get(event.test) ?? event.test, retry: event.retry };
    const ended = event.kind === 'test.ended' ? event : undefined;
    const skippedItself = ended?.status === 'skipped' && ended.expectedStatus === 'skipped';
    attempts.set(attemptName(attempt), { ...attempt, status: ended?.status, skippedItself });
  }
  return attempts;
}

function checkPlanned(truth: Truth, { report }: KeptRun, names: readonly string[]): string[] {
  const broken: string[] = [];
  const { planned, finished, notRun, lost } = report.counts;
  if (truth.planned && [...truth.planned].sort().join() !== [...names].sort().join())
    broken.push(`${truth.planned.length} tests were planned, ${names.length} others are in the record`);
  if (planned !== names.length) broken.push(`the hub counts ${planned} planned tests, the record has ${names.length}`);
  if (finished + notRun + lost !== planned)
    broken.push(`${finished} finished + ${notRun} not run + ${lost} lost are not the ${planned} planned`);
  return broken;
}

function checkTold(truth: Truth, attempts: ReadonlyMap<string, TrueAttempt>): string[] {
  const broken: string[] = [];
  for (const [name, { status }] of truth.attempts) {
    const ours = attempts.get(name);
    if (!ours) broken.push(`${name} began, and is not in the record`);
    else if (status !== undefined && ours.status !== status)
      broken.push(`${name} ended as ${status}, and the record says ${ours.status ?? 'nothing'}`);
  }
  const ahead = [...attempts].filter(([name, { status }]) => {
    const known = truth.attempts.get(name);
    return !known || known.status !== status;
  });
  if (ahead.length > 1) broken.push(`the record is ${ahead.length} callbacks ahead of the runner, one is possible`);
  return broken;
}

/** The hub's counts and failures, against a plain reading of the attempts. */
function checkCounts({ report }: KeptRun, outcomes: ReadonlyMap<string, Outcome>): string[] {
  const broken: string[] = [];
  for (const outcome of ['passed', 'failed', 'flaky', 'skipped', 'interrupted', 'notRun', 'lost'] as const) {
    const expected = [...outcomes.values()].filter(one => one === outcome).length;
    if (report.counts[outcome] !== expected)
      broken.push(`${expected} tests are ${outcome}, the hub counts ${report.counts[outcome]}`);
  }
  const bad = [...outcomes]
    .filter(([, outcome]) => ['failed', 'flaky', 'lost'].includes(outcome))
    .map(([name]) => name);
  const told = new Set(report.failures.map(({ identity }) => nameOf(identity)));
  for (const title of bad)
    if (!told.has(title)) broken.push(`${title} is ${outcomes.get(title)}, and no failure tells of it`);
  if (told.size !== bad.length) broken.push(`${bad.length} tests went wrong, the report tells of ${told.size}`);
  for (const { identity, outcome, reasons } of report.failures) {
    if (outcome === 'lost' && reasons.length === 0) broken.push(`${identity.title} is lost for no reason`);
  }
  return broken;
}

function outcomesOf(names: readonly string[], attempts: ReadonlyMap<string, RecordedAttempt>): Map<string, Outcome> {
  return new Map(
    names.map(title => [title, outcomeOf([...attempts.values()].filter(({ test }) => test === title))] as const),
  );
}

/** As the runner has it: what failed once and then passed, or skipped itself, is flaky; what it passed over did not run. */
function outcomeOf(attempts: readonly RecordedAttempt[]): Outcome {
  const last = [...attempts].sort((a, b) => a.retry - b.retry).at(-1);
  if (!last) return 'notRun';
  const failed = attempts.some(({ status }) => status === 'failed' || status === 'timedOut');
  if (last.status === undefined) return 'lost';
  if (last.status === 'interrupted') return failed ? 'failed' : 'interrupted';
  if (last.status === 'passed') return failed ? 'flaky' : 'passed';
  const skippedItself = attempts.some(attempt => attempt.skippedItself);
  if (failed) return skippedItself ? 'flaky' : 'failed';
  return skippedItself ? 'skipped' : 'notRun';
}
