/** The words for a run as a whole: how it stands, its counts, its verdicts, its delivery. */
import type { RunReport, RunSummary } from '@quality-hub/hub';
import { countWords, verdictWords } from '@quality-hub/protocol';
import type { Style } from '../terminal/terminal.ts';
import { plural } from '../terminal/words.ts';

/** What became of a run, in one word or two. */
export function resultWord({ state, status }: Pick<RunSummary, 'state' | 'status'>): string {
  if (state !== 'finished') return state;
  return status === 'timedout' ? 'timed out' : (status ?? 'finished');
}

const RESULT_STYLES: Readonly<Record<string, Style>> = {
  passed: 'green',
  failed: 'red',
  lost: 'red',
  'timed out': 'red',
  interrupted: 'yellow',
  running: 'cyan',
  planned: 'cyan',
};

export function resultStyle(word: string): Style {
  return RESULT_STYLES[word] ?? 'bold';
}

/** `412 tests: 400 passed, 8 failed, 2 flaky, 2 skipped`. */
export function countsSentence(counts: RunReport['counts']): string {
  return `${plural(counts.planned, 'test')}: ${countsList(counts)}`;
}

/** What there is none of is left out. */
export function countsList(counts: RunReport['counts']): string {
  const told = countWords(counts).map(({ count, word }) => `${count} ${word}`);
  return told.length === 0 ? 'none' : told.join(', ');
}

/** `5 environment, 2 product`; empty where nothing failed. */
export function verdictsList(verdicts: RunReport['verdicts']): string {
  return verdictWords(verdicts)
    .map(({ count, verdict }) => `${count} ${verdict}`)
    .join(', ');
}

/** `412 of 412 events kept`, and what is missing. */
export function deliverySentence({ events, kept, gaps, rejected, rejectedReasons }: RunReport['delivery']): string {
  const missing = gaps > 0 ? `, ${gaps} never arrived` : '';
  const reasons = rejectedReasons.map(({ reason, lines }) => `${lines} × ${reason}`).join(', ');
  const refused = rejected > 0 ? `, ${plural(rejected, 'line was', 'lines were')} no event (${reasons})` : '';
  return `${kept} of ${events} events kept${missing}${refused}`;
}
