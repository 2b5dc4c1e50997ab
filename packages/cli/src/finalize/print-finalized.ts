/** Writes for people what `finalize` has done. */
import { relative } from 'node:path';
import type { CommandContext } from '../command-line/command.ts';
import { printReport } from '../show/print-report.ts';
import { plural } from '../terminal/words.ts';
import { wrap } from '../terminal/wrap.ts';
import type { Finalized } from './finalize-command.ts';
import type { MaskedOutput } from './mask-leftovers.ts';

/** Failing tests shown of each run. */
const SHOWN_FAILURES = 20;
const NAMED_FILES = 5;

export function printFinalized(
  { terminal, cwd }: CommandContext,
  { finalized, living, brought, masked, notes }: Finalized,
): void {
  const say = (line: string): void => {
    for (const part of wrap(line, terminal.width)) terminal.out(part);
  };
  for (const { path, runIds } of brought) say(`Brought home from ${path}: ${runIds.join(', ')}.`);
  for (const report of finalized) {
    printReport(terminal, report, { limit: SHOWN_FAILURES });
    terminal.out('');
  }
  const changed = masked.some(folder => folder.changed.length > 0);
  if (finalized.length > 0) say(`${plural(finalized.length, 'run')} finalized.`);
  else if (living.length === 0 && brought.length === 0 && !changed)
    say('Nothing to finalize: every run here has ended, or was closed before.');
  for (const folder of masked) for (const line of maskLines(folder, cwd)) say(line);
  for (const note of notes) say(`${note}.`);
  for (const { runId, pid } of living) {
    terminal.err(
      `${terminal.paintErr('red', 'quality-hub:')} Run ${runId} was left alone: its runner, process ${pid}, lives on this machine. Wait for its end, or close it with --force.`,
    );
  }
}

function maskLines({ path, changed, unread, failed }: MaskedOutput, cwd: string): string[] {
  const shown = shortPath(path, cwd);
  return [
    ...(changed.length === 0 ? [] : [`Masked ${plural(changed.length, 'file')} in ${shown}: ${named(changed)}.`]),
    ...(unread.length === 0
      ? []
      : [`Not looked into in ${shown}, a secret may be in them: ${named(unread)} (zip files that cannot be read).`]),
    ...failed.map(({ path: file, reason }) => `${file} in ${shown} could not be masked: ${reason}.`),
  ];
}

function named(paths: readonly string[]): string {
  const more = paths.length - NAMED_FILES;
  return `${paths.slice(0, NAMED_FILES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function shortPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === '' || short.startsWith('..') ? path : short;
}
