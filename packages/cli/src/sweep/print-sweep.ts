/** Writes what a sweep has done for people: how much is gone, and a table of what stays. */
import { type LedgerEntry, recordWords } from '@quality-hub/data';
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

export interface SweepTold {
  readonly gone: number;
  readonly stays: readonly Leftover[];
  /** Entries of those that live. */
  readonly living: number;
  readonly isBusy: boolean;
  /** Factories that cannot be loaded, in a sentence. */
  readonly unloaded: string | undefined;
  readonly dryRun: boolean;
}

const HEAD = ['record', 'owner', 'age', 'failed', 'why'];

export function printSweep(terminal: Terminal, told: SweepTold): void {
  const say = (line: string): void => {
    for (const part of wrap(line, terminal.width, '')) terminal.out(part);
  };
  if (told.unloaded !== undefined) say(`${told.unloaded}.`);
  if (told.isBusy) {
    say('Another sweep is on: nothing was done here.');
    return;
  }
  say(`${headline(told)}.`);
  if (told.stays.length > 0) printTable(terminal, told.stays);
  if (told.living > 0) say(`${plural(told.living, 'thing belongs', 'things belong')} to workers that live.`);
}

function headline({ gone, stays, dryRun }: SweepTold): string {
  const left = stays.length;
  if (gone === 0 && left === 0) return 'Nothing is left behind';
  if (dryRun) return `${plural(left, 'thing is', 'things are')} left behind`;
  const parts = [
    ...(gone > 0 ? [`${plural(gone, 'thing is', 'things are')} gone`] : []),
    ...(left > 0 ? [`${plural(left, 'stays', 'stay')}`] : []),
  ];
  return parts.join(', ');
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
