/** What the spools hold of each attempt: output by stream, steps, attachments, errors. */
import type { EventOf, RunError, StepFacts } from '@quality-hub/protocol';
import { namesOf } from '../record/check-outcomes.ts';
import type { KeptRun } from '../record/kept-run.ts';

export interface KeptAttempt {
  /** Project, file and titles. */
  readonly name: string;
  stdout: string;
  stderr: string;
  steps: readonly StepFacts[];
  attachments: readonly EventOf<'attachment'>[];
  errors: readonly RunError[];
}

export function readAttempts({ events }: KeptRun): readonly KeptAttempt[] {
  const names = namesOf(events);
  const attempts = new Map<string, KeptAttempt>();
  for (const event of events) {
    if (!('test' in event) || event.test === undefined || event.startedAt === undefined) continue;
    const key = `${event.test} ${event.retry} ${event.startedAt}`;
    let attempt = attempts.get(key);
    if (!attempt) {
      attempt = { name: names.get(event.test) ?? '', stdout: '', stderr: '', steps: [], attachments: [], errors: [] };
      attempts.set(key, attempt);
    }
    if (event.kind === 'output') attempt[event.stream] += event.text;
    if (event.kind === 'test.steps') attempt.steps = [...attempt.steps, ...event.steps];
    if (event.kind === 'attachment') attempt.attachments = [...attempt.attachments, event];
    if (event.kind === 'test.ended') attempt.errors = event.errors;
  }
  return [...attempts.values()];
}

/** Says where two texts part; nothing where they are the same. */
export function difference(what: string, expected: string, found: string): readonly string[] {
  if (expected === found) return [];
  let at = 0;
  while (at < expected.length && expected[at] === found[at]) at++;
  const show = (text: string): string => JSON.stringify(text.slice(Math.max(0, at - 20), at + 40));
  return [
    `${what}: ${expected.length} characters expected, ${found.length} found; from ${at} on ${show(expected)} became ${show(found)}`,
  ];
}
