/** Writes what a sweep has done for people: how much is gone, and a table of what stays. */
import { type Backlog, type LedgerEntry, recordWords } from '@quality-hub/data';
import type { Terminal } from '../terminal/terminal.ts';
import { duration, plural } from '../terminal/words.ts';
import { columns, wrap } from '../terminal/wrap.ts';

/** Something that stays. */
export interface Leftover extends Pick<LedgerEntry, 'id' | 'kind' | 'state' | 'owner' | 'input' | 'failures'> {
  readonly record: LedgerEntry['input'];
  readonly ageMs: number;
  /** Why it stays, or how its removal failed at last. */
  readonly why?: string;
}

/** What one sweep came to, as `--json` prints it. */
export interface SweepTold {
  readonly gone: number;
  readonly stays: readonly Leftover[];
  /** Entries of those that live. */
  readonly living: number;
  /** Another sweep was on: nothing was done, and nothing is known. */
  readonly isBusy: boolean;
  /** What stays, in numbers; absent where another sweep was on. */
  readonly backlog?: Backlog;
  /** A sentence for each module of factories that cannot be loaded. */
  readonly unloaded?: readonly string[];
}

export interface SweepMode {
  readonly dryRun: boolean;
}

const HEAD = ['record', 'owner', 'age', 'failed', 'why'];
const BUSY = 'Another sweep is on: nothing was done here';

export function printSweep(terminal: Terminal, told: SweepTold, mode: SweepMode): void {
  const say = (line: string): void => {
    for (const part of wrap(`${line}.`, terminal.width, '')) terminal.out(part);
  };
  if (told.unloaded !== undefined) say(unloadedWords(told.unloaded));
  if (told.isBusy) {
    say(BUSY);
    return;
  }
  say(headline(told, mode));
  if (told.stays.length > 0) printTable(terminal, told.stays);
  if (told.living > 0) say(livingWords(told));
}

/** All of it in one line, for those that sweep again and again. */
export function sweepLine(told: SweepTold, mode: SweepMode): string {
  const { isBusy, living, unloaded } = told;
  const parts = isBusy ? [BUSY] : [headline(told, mode), ...(living > 0 ? [livingWords(told)] : [])];
  const sentences = [parts.join('; '), ...(unloaded === undefined ? [] : [unloadedWords(unloaded)])];
  return sentences.map(sentence => `${sentence.replace(/\s+/g, ' ')}.`).join(' ');
}

function headline({ gone, stays }: SweepTold, { dryRun }: SweepMode): string {
  const left = stays.length;
  if (gone === 0 && left === 0) return 'Nothing is left behind';
  if (dryRun) return `${plural(left, 'thing is', 'things are')} left behind`;
  const parts = [
    ...(gone > 0 ? [`${plural(gone, 'thing is', 'things are')} gone`] : []),
    ...(left > 0 ? [`${plural(left, 'stays', 'stay')}`] : []),
  ];
  return parts.join(', ');
}

function livingWords({ living }: SweepTold): string {
  return `${plural(living, 'thing belongs', 'things belong')} to workers that live`;
}

function unloadedWords(problems: readonly string[]): string {
  return `Not all of data.factories can be loaded: ${problems.join('; ')}`;
}

function printTable({ out, paint, width }: Terminal, stays: readonly Leftover[]): void {
  const rows = stays.map(one => [
    recordWords({ ...one, version: 0, needs: [], intendedAt: 0 }),
    `${one.owner.label ?? one.owner.test ?? one.owner.worker} (run ${one.owner.run})`,
    duration(one.ageMs),
    one.failures === 0 ? '' : `${one.failures}×`,
    one.why ?? '',
  ]);
  const widths = HEAD.slice(0, -1).map((title, index) =>
    Math.max(columns(title), ...rows.map(row => columns(row[index] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, index) => cell + ' '.repeat(Math.max(0, (widths[index] ?? 0) - columns(cell)))).join('  ')}`.trimEnd();
  out(paint('dim', line(HEAD)));
  for (const row of rows) {
    const whole = line(row);
    if (columns(whole) <= width) out(whole);
    else {
      out(line(row.slice(0, -1)));
      for (const part of wrap(row.at(-1) ?? '', width, '    ')) out(part);
    }
  }
}
