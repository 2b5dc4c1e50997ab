/** The words that tell what became of a run, the same at the end of a run and in every command. */
import type { PoolEvidence } from './evidence.ts';
import { type Outage, VERDICTS, type Verdict } from './verdict.ts';

/** What is told of the counts of a run; what a source does not count is left out. */
export interface ToldCounts {
  readonly passed: number;
  readonly failed: number;
  readonly flaky: number;
  readonly skipped: number;
  readonly notRun: number;
  readonly blocked?: number;
  readonly muted?: number;
  readonly interrupted?: number;
  readonly lost?: number;
}

export interface CountWord {
  readonly count: number;
  readonly outcome: keyof ToldCounts;
  /** `passed`, `not run`. */
  readonly word: string;
}

const OUTCOMES: readonly (keyof ToldCounts)[] = [
  'passed',
  'failed',
  'flaky',
  'skipped',
  'blocked',
  'muted',
  'interrupted',
  'notRun',
  'lost',
];

/** The counts in the order in which they are told; what there is none of is left out. */
export function countWords(counts: ToldCounts): readonly CountWord[] {
  return OUTCOMES.flatMap(outcome => {
    const count = counts[outcome] ?? 0;
    return count > 0 ? [{ count, outcome, word: outcome === 'notRun' ? 'not run' : outcome }] : [];
  });
}

/** The verdicts that were given, most frequent first. */
export function verdictWords(
  verdicts: Readonly<Partial<Record<Verdict, number>>>,
): readonly { readonly count: number; readonly verdict: Verdict }[] {
  const given = VERDICTS.map(verdict => ({ count: verdicts[verdict] ?? 0, verdict }));
  return given.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
}

/** What is told of an outage. */
export interface ToldOutage extends Outage {
  readonly failedTests: number;
  readonly blockedTests: number;
  readonly failedCalls: number;
  readonly refusedCalls: number;
  readonly costMs: number;
  readonly savedMs: number;
}

/** A feature that worked less well in a run: calls gave their fallback instead. */
export interface ToldDegradation {
  readonly feature: string;
  /** What it needed: the name of the policy. */
  readonly dependency: string;
  readonly calls: number;
  readonly tests: number;
  /** What the last of them failed with. */
  readonly reason: string;
}

/** `recommendations (12 calls in 3 tests: no answer)`. */
export function degradationWords({ feature, calls, tests, reason }: ToldDegradation): string {
  const why = reason === '' ? '' : `: ${reason}`;
  return `${feature} (${plural(calls, 'call')} in ${plural(tests, 'test')}${why})`;
}

export interface OutageWords {
  /** `payments was down for 30 s, 10:00:05 to 10:00:35: 5 calls failed in a row`. Times of the day are those of this machine. */
  readonly what: string;
  /** `it cost 3 failed tests and 15 s of waiting; 40 tests blocked and 25 calls refused at once saved about 325 s`. */
  readonly toll: string;
}

/** An outage in two sentences: what was down, from when to when; what it cost, and what was saved by knowing of it. */
export function outageWords(outage: ToldOutage): OutageWords {
  const { dependency, from, to, reason, failedTests, blockedTests, refusedCalls, costMs, savedMs } = outage;
  const during =
    to === undefined
      ? `from ${clockTime(from)} to the end of the run`
      : `for ${seconds(Date.parse(to) - Date.parse(from))}, ${clockTime(from)} to ${clockTime(to)}`;
  const spared = [
    ...(blockedTests > 0 ? [`${plural(blockedTests, 'test')} blocked`] : []),
    ...(refusedCalls > 0 ? [`${plural(refusedCalls, 'call')} refused at once`] : []),
  ].join(' and ');
  const saved = spared === '' ? '' : `; ${spared}${savedMs > 0 ? ` saved about ${seconds(savedMs)}` : ''}`;
  return {
    what: `${dependency} was down ${during}: ${reason}`,
    toll: `it cost ${failedTests === 0 ? 'no test' : plural(failedTests, 'failed test')} and ${seconds(costMs)} of waiting${saved}`,
  };
}

/** What is told of the connections from one client to one server. */
export type ToldPool = Omit<PoolEvidence, 'kind'>;

/** More connections than this, with fewer calls over kept ones, are many. */
const MANY_OPENED = 20;
/** Less waiting than this, in milliseconds for the whole run, is nothing to act on. */
const LONG_WAIT_MS = 1_000;

/**
 * One line for connections with which something could be better, undefined for all others:
 * `api opened 120 connections to http://shop.test for 130 calls; 12 calls waited 3.4 s for a free one`.
 */
export function poolWords(pool: ToldPool): string | undefined {
  const { dependency, server, opened, broken, reused, waits, waitedMs } = pool;
  const isMany = opened >= MANY_OPENED && opened > reused;
  const isLong = waits > 0 && waitedMs >= LONG_WAIT_MS;
  if (!isMany && !isLong && broken === 0) return undefined;
  const waited = isLong ? `; ${plural(waits, 'call')} waited ${seconds(waitedMs)} for a free one` : '';
  const failed = broken > 0 ? `; ${broken} could not be opened or broke` : '';
  return `${dependency} opened ${plural(opened, 'connection')} to ${server} for ${plural(opened + reused, 'call')}${waited}${failed}`;
}

function clockTime(at: string): string {
  return new Date(at).toTimeString().slice(0, 8);
}

function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
