/** Writes the report of a run for people: the head, the failures by cluster, what was delivered. */
import type { ReportedDependency, RunReport } from '@quality-hub/hub';
import { degradationWords, leakSentence, leakWords, outageWords, poolWords, type Verdict } from '@quality-hub/protocol';
import { flagWords } from '../flags/flag-words.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { duration, localTime, plural } from '../terminal/words.ts';
import { wrap } from '../terminal/wrap.ts';
import { printCluster } from './print-cluster.ts';
import { countsSentence, deliverySentence, resultStyle, resultWord, verdictsList } from './run-words.ts';

/** Tests that left something open, named one by one. */
const SHOWN_LEAKS = 20;

export interface PrintOptions {
  /** Only failures with this verdict. */
  readonly verdict?: Verdict;
  /** Most failing tests to print. */
  readonly limit: number;
}

export function printReport(terminal: Terminal, report: RunReport, { verdict, limit }: PrintOptions): void {
  printHead(terminal, report);
  const clusters = report.clusters.filter(cluster => verdict === undefined || cluster.verdict === verdict);
  let left = limit;
  let hidden = 0;
  for (const cluster of clusters) {
    const failures = report.failures.filter(failure => failure.cluster === cluster.id);
    const tests = new Set(failures.map(({ identity }) => identity.key)).size;
    if (left <= 0) {
      hidden += tests;
      continue;
    }
    terminal.out('');
    const shown = printCluster(terminal, cluster, failures, left);
    left -= shown;
    hidden += tests - shown;
  }
  if (verdict !== undefined && clusters.length === 0) sayNoSuchVerdict(terminal, report, verdict);
  if (hidden > 0)
    say(terminal, ['', `${plural(hidden, 'more failing test')}: \`--limit ${limit + hidden}\` shows all.`]);
  printErrors(terminal, report, limit);
  say(terminal, ['', terminal.paint('dim', deliverySentence(report.delivery))]);
}

function printHead(terminal: Terminal, report: RunReport): void {
  const { paint } = terminal;
  const { run, counts, verdicts } = report;
  const word = resultWord(run);
  const took = run.durationMs === undefined ? '' : `, ${duration(run.durationMs)}`;
  const shards = run.shards > 1 ? `, ${run.shards} shards` : '';
  const branch = run.commit?.branch ? `, ${run.commit.branch}` : '';
  say(terminal, [
    `${paint('bold', `Run ${run.id}`)} ${paint(resultStyle(word), word)} (${run.project}, ${localTime(run.startedAt)}${took}${shards}${branch})`,
  ]);
  const story = storyOf(report);
  if (story) say(terminal, [story]);
  if (run.closed) say(terminal, [`It was finalized: ${run.closed.reasons.join('; ')}.`]);
  say(terminal, [paint('bold', countsSentence(counts))]);
  const list = verdictsList(verdicts);
  if (list !== '') say(terminal, [`Verdicts: ${list}`]);
  for (const outage of report.outages) {
    const { what, toll } = outageWords(outage);
    say(terminal, [`Outage: ${what}; ${toll}`]);
  }
  if (report.degraded.length > 0)
    say(terminal, [`Worked less well: ${report.degraded.map(degradationWords).join('; ')}`]);
  if (report.dependencies.length > 0)
    say(terminal, [`Dependencies: ${report.dependencies.map(dependencyWords).join('; ')}`]);
  for (const flag of report.flags.filter(({ comparisons }) => comparisons.length > 0)) {
    say(terminal, [`Flags: ${flagWords(flag).join('; ')}`]);
  }
  for (const pool of report.pools) {
    const words = poolWords(pool);
    if (words !== undefined) say(terminal, [`Connections: ${words}`]);
  }
  if (report.cache !== undefined) {
    const { hits, misses, hitRatio01 } = report.cache;
    say(terminal, [`Cache: ${(hitRatio01 * 100).toFixed(1)} % of ${hits + misses} questions needed no load`]);
  }
  printLeaks(terminal, report);
}

function printLeaks(terminal: Terminal, { leaks }: RunReport): void {
  if (leaks.length === 0) return;
  const all = leaks.flatMap(({ left }) => left);
  say(terminal, [
    `Left open: ${leakSentence(leaks.length, all)}`,
    ...leaks.slice(0, SHOWN_LEAKS).map(({ title, left }) => `  ${title}: ${left.map(leakWords).join(', ')}`),
    ...(leaks.length > SHOWN_LEAKS ? [`  and ${leaks.length - SHOWN_LEAKS} more, all of them in \`--json\``] : []),
  ]);
}

/** `payments healthy (40 calls, 3 failed)`. */
function dependencyWords({ dependency, state, calls, failedCalls, refusedCalls }: ReportedDependency): string {
  const told = [
    ...(calls > 0 ? [plural(calls, 'call')] : []),
    ...(failedCalls > 0 ? [`${failedCalls} failed`] : []),
    ...(refusedCalls > 0 ? [`${refusedCalls} refused`] : []),
  ];
  return `${dependency} ${state === 'unknown' && failedCalls > 0 ? 'failing' : state}${told.length > 0 ? ` (${told.join(', ')})` : ''}`;
}

/** What a state means, where it is not the usual one. */
function storyOf({ run, counts }: RunReport): string | undefined {
  const whole = counts.finished - counts.interrupted;
  const stopped = counts.interrupted + counts.lost;
  const ended = `${whole} of ${plural(counts.planned, 'test')} had ended and ${whole === 1 ? 'is' : 'are'} kept`;
  switch (run.state) {
    case 'lost':
      return `Its runner died before the end. ${ended}; ${stopped} had started and ${stopped === 1 ? 'is' : 'are'} lost, ${counts.notRun} never started.`;
    case 'interrupted':
      return `It was stopped from outside. ${ended}; ${stopped} had started and ${stopped === 1 ? 'was' : 'were'} stopped, ${counts.notRun} never started.`;
    case 'running':
      return `It is still running, so this is what is known now. ${counts.finished} of ${plural(counts.planned, 'test')} have ended.`;
    case 'planned':
      return 'Its first test has not started yet.';
    case 'finished':
      return undefined;
  }
}

function sayNoSuchVerdict(terminal: Terminal, { verdicts }: RunReport, verdict: Verdict): void {
  const others = verdictsList(verdicts);
  say(terminal, ['', `No failure has the verdict ${verdict}${others === '' ? '' : `; there are ${others}`}.`]);
}

function printErrors(terminal: Terminal, { errors }: RunReport, limit: number): void {
  if (errors.length === 0) return;
  const { paint } = terminal;
  say(terminal, ['', paint('bold', `${plural(errors.length, 'error')} outside of tests`)]);
  for (const { message, location } of errors.slice(0, limit)) {
    const place = location ? ` (${location.file}:${location.line})` : '';
    say(terminal, wrap(`${firstLine(message)}${place}`, terminal.width, `  ${paint('red', '✘')} `));
  }
  if (errors.length > limit) say(terminal, [`  and ${errors.length - limit} more`]);
}

function say(terminal: Terminal, lines: readonly string[]): void {
  for (const line of lines) for (const part of line === '' ? [''] : wrapLine(line, terminal.width)) terminal.out(part);
}

/** Keeps the indent of a line that fits; wraps one that does not. */
function wrapLine(line: string, width: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  return wrap(line.slice(indent.length), width, indent);
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? '';
}
