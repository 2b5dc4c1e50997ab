/** Puts the suite's run together with the cases: what failed, for what it shows, and what was judged. */
import { type EvidenceRecord, type RunEvent, VERDICTS, type Verdict } from '@quality-hub/protocol';
import type { Case } from './case.ts';

export interface Attempt {
  readonly case: Case;
  /** Error messages. */
  readonly errors: readonly string[];
  /** One line for each watched request and page error: `PUT /api/cart 503`. */
  readonly seen: readonly string[];
}

export interface JudgedAttempt extends Attempt {
  readonly verdict: Verdict;
  readonly reasons: readonly string[];
}

export interface Attempts {
  readonly failed: readonly Attempt[];
  /** What makes the benchmark itself wrong: a case that passed or failed for another cause, a helping test that failed. */
  readonly defects: readonly string[];
}

interface Seen {
  status: string;
  errors: string[];
  evidence: Map<string, EvidenceRecord>;
}

export function attemptsOf(cases: readonly Case[], events: readonly RunEvent[]): Attempts {
  const tests = seenTests(events);
  const defects: string[] = [];
  const failed = cases.flatMap((one): Attempt[] => {
    const seen = tests.get(one.title);
    if (seen === undefined || seen.status === 'not run') defects.push(`${one.title} did not run`);
    else if (seen.status === 'passed') defects.push(`${one.title} passed; it was to fail by ${one.kind}`);
    else {
      const attempt = { case: one, errors: seen.errors, seen: [...seen.evidence.values()].flatMap(lineOf) };
      const text = [...attempt.errors, ...attempt.seen].join('\n');
      if (one.shows.test(text)) return [attempt];
      defects.push(`${one.title} failed, but ${one.shows} is not in what it showed:\n${indent(text)}`);
    }
    return [];
  });
  const titles = new Set(cases.map(({ title }) => title));
  for (const [title, { status, errors }] of tests) {
    if (!titles.has(title) && status !== 'passed') defects.push(`${title} was to pass:\n${indent(errors.join('\n'))}`);
  }
  return { failed, defects };
}

/** A verdict that the report does not have counts as `unknown`. */
export function judged(
  attempts: readonly Attempt[],
  failures: readonly {
    readonly identity: { readonly titlePath: readonly string[] };
    readonly verdict: Verdict;
    readonly reasons: readonly string[];
  }[],
): JudgedAttempt[] {
  const byTitle = new Map(failures.map(failure => [failure.identity.titlePath.at(-1), failure]));
  return attempts.map(attempt => {
    const failure = byTitle.get(attempt.case.title);
    const verdict = VERDICTS.find(one => one === failure?.verdict) ?? 'unknown';
    return { ...attempt, verdict, reasons: failure?.reasons ?? ['the report does not name this failure'] };
  });
}

function seenTests(events: readonly RunEvent[]): Map<string, Seen> {
  const byKey = new Map<string, Seen>();
  const byTitle = new Map<string, Seen>();
  for (const event of events) {
    if (event.kind !== 'test.planned') continue;
    for (const { test, identity } of event.tests) {
      const seen: Seen = { status: 'not run', errors: [], evidence: new Map() };
      byKey.set(test, seen);
      byTitle.set(identity.titlePath.at(-1) ?? '', seen);
    }
  }
  for (const event of events) {
    if (event.kind === 'test.ended') {
      const seen = byKey.get(event.test);
      if (seen) Object.assign(seen, { status: event.status, errors: event.errors.map(({ message }) => message) });
    }
    if (event.kind === 'evidence') {
      // The same record comes by journal and by attachment.
      for (const record of event.records) byKey.get(event.test)?.evidence.set(`${record.writer} ${record.seq}`, record);
    }
  }
  return byTitle;
}

function lineOf({ evidence }: EvidenceRecord): string[] {
  if (evidence.kind === 'traffic') {
    const path = URL.parse(evidence.url)?.pathname ?? evidence.url;
    return [
      `${evidence.method} ${path} ${evidence.failure ?? evidence.status ?? 'no answer'} (${evidence.durationMs} ms)`,
    ];
  }
  if (evidence.kind === 'page.error' || evidence.kind === 'console.error')
    return [`${evidence.kind}: ${evidence.message}`];
  return [];
}

const indent = (text: string) => text.replace(/^/gm, '    ');
