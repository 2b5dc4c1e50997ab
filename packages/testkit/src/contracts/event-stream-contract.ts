/** What every stream of run events keeps, whoever wrote it and whether the run ended or was killed. */
import type { AttemptRef, RunEvent } from '@quality-hub/protocol';
import { runEventSchema } from '@quality-hub/protocol/schema';

/**
 * Looks for broken promises in the events of one or more runs and says each in words. An empty list is a kept contract.
 *
 * Every event has the shape of the protocol. Each writer counts from 1 without gaps. A reporter's file begins with
 * `run.started`, a worker's journal with `worker.started`; whoever closes a run says `run.closed` and nothing else. A
 * reporter plans a test before it starts, starts an attempt before it says anything about it (a merge tells only of starts
 * whose end is missing), ends an attempt once at most, and says nothing after `run.ended`. That a run ended is not asked: a
 * killed one has no end.
 */
export function eventStreamContract(events: readonly RunEvent[]): readonly string[] {
  const writers = new Map<string, RunEvent[]>();
  const violations: string[] = [];
  for (const event of events) {
    const problem = shapeProblem(event);
    if (problem !== undefined) {
      violations.push(`${nameOf(event)} is no valid event: ${problem}`);
      continue;
    }
    const key = `${event.runId}\n${event.writer}`;
    const own = writers.get(key);
    if (own) own.push(event);
    else writers.set(key, [event]);
  }
  for (const own of writers.values()) {
    violations.push(...numberProblems(own), ...orderProblems(own));
  }
  return violations;
}

function shapeProblem(event: RunEvent): string | undefined {
  const checked = runEventSchema.safeParse(event);
  if (checked.success) return undefined;
  const issue = checked.error.issues[0];
  return issue ? `${issue.path.join('.') || 'the event'}: ${issue.message}` : 'unknown shape';
}

function numberProblems(events: readonly RunEvent[]): string[] {
  const problems: string[] = [];
  let expected = 1;
  for (const event of events) {
    if (event.seq !== expected) problems.push(`${nameOf(event)} has the number ${event.seq} where ${expected} is due`);
    expected = event.seq + 1;
  }
  return problems;
}

function orderProblems(events: readonly RunEvent[]): string[] {
  const writer = events[0]?.writer ?? '';
  if (writer.startsWith('w-')) return journalProblems(events);
  return writer.startsWith('f-') ? closerProblems(events) : reporterProblems(events);
}

function journalProblems(events: readonly RunEvent[]): string[] {
  const problems: string[] = [];
  for (const [index, event] of events.entries()) {
    if ((index === 0) === (event.kind === 'worker.started')) continue;
    problems.push(`${nameOf(event)}: a worker's journal begins with worker.started, once`);
  }
  return problems;
}

function closerProblems(events: readonly RunEvent[]): string[] {
  return events
    .filter(({ kind }) => kind !== 'run.closed')
    .map(event => `${nameOf(event)}: whoever closes a run says run.closed and nothing else`);
}

function reporterProblems(events: readonly RunEvent[]): string[] {
  const problems: string[] = [];
  const planned = new Set<string>();
  const attempts = new Map<string, 'started' | 'ended'>();
  const replayed = events[0]?.kind === 'run.started' && events[0].mode === 'merge';
  let end: RunEvent | undefined;
  const say = (event: RunEvent, words: string): number => problems.push(`${nameOf(event)} ${words}`);

  for (const [index, event] of events.entries()) {
    if (end) say(event, `comes after run.ended (event ${end.seq}), the last word of a reporter`);
    if ((index === 0) !== (event.kind === 'run.started'))
      say(event, "breaks that a reporter's file begins with run.started, once");
    if (event.kind === 'run.ended') end = event;
    if (event.kind === 'test.planned') for (const { test } of event.tests) planned.add(test);

    const attempt = attemptOf(event);
    if (!attempt) continue;
    const key = `${attempt.test} ${attempt.retry} ${attempt.startedAt}`;
    const name = `test ${attempt.test}, retry ${attempt.retry}, begun ${attempt.startedAt}`;
    const state = attempts.get(key);
    if (event.kind === 'test.started') {
      if (!planned.has(event.test)) say(event, `starts ${name}, which was not planned before`);
      if (state) say(event, `starts ${name} a second time`);
      else attempts.set(key, 'started');
      continue;
    }
    if (state === undefined && !replayed) say(event, `speaks of ${name}, which has not started`);
    if (event.kind !== 'test.ended') continue;
    if (!planned.has(event.test)) say(event, `ends ${name}, which was not planned`);
    if (state === 'ended') say(event, `ends ${name} a second time`);
    attempts.set(key, 'ended');
  }
  return problems;
}

/** The attempt an event is about; output of the run and evidence without a start time name none. */
function attemptOf(event: RunEvent): AttemptRef | undefined {
  if (!('test' in event) || event.test === undefined) return undefined;
  if (event.retry === undefined || event.startedAt === undefined) return undefined;
  return { test: event.test, retry: event.retry, startedAt: event.startedAt };
}

function nameOf(event: RunEvent): string {
  return `${event.writer ?? 'unknown writer'}: event ${event.seq ?? '?'} (${event.kind ?? 'no kind'})`;
}
