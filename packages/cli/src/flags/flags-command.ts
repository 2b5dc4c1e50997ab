/** `quality-hub flags`: what became of tests in each variant of a feature flag. */
import type { ReportedFlag } from '@quality-hub/hub';
import type { Command } from '../command-line/command.ts';
import { didYouMean, positiveInteger } from '../command-line/parse-arguments.ts';
import { NoFlagError } from '../errors.ts';
import { withHub } from '../hub-access/with-hub.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { duration, plural } from '../terminal/words.ts';
import { columns, wrap } from '../terminal/wrap.ts';
import { flagWords } from './flag-words.ts';

const DEFAULT_RUNS = 50;
const HEAD = ['variant', 'runs', 'tests', 'passed', 'failed', 'median'];

export const flagsCommand: Command = {
  name: 'flags',
  summary: 'Compares what became of tests in each variant of a feature flag.',
  operands: '[name]',
  maxOperands: 1,
  options: {
    runs: { type: 'string', value: '<number>', help: `How many of the newest runs count. ${DEFAULT_RUNS} by default.` },
    json: { type: 'boolean', help: 'Prints { flags: [{ name, variants, comparisons, … }] } as JSON.' },
  },
  about: [
    'First attempts count, of tests that asked for the flag through the fixture `flags` or stand in an `eachVariant`. p is how probable such a difference is by chance: of failures by Fisher’s exact test, of durations by the Mann-Whitney U test.',
    'Where tests ran in both variants, only those are compared. Attempts of one test in many runs are not quite independent, so take a p that is close to 0.05 with care.',
  ],
  examples: [
    ['quality-hub flags', 'All flags of the last 50 runs.'],
    ['quality-hub flags button --runs 200', 'One flag, over more runs.'],
  ],
  exits: {
    0: 'The flags were shown, even if there are none.',
    1: 'There is no such flag, or the folder cannot be read.',
  },
  async run({ positionals, options }, context) {
    const runs = positiveInteger('runs', options.runs, DEFAULT_RUNS);
    const [name] = positionals;
    const all = await withHub(context, hub => hub.flags({ runs }));
    const flags = name === undefined ? all : all.filter(flag => flag.name === name);
    if (name !== undefined && flags.length === 0) throw noSuchFlag(name, all, runs);
    if (options.json) context.terminal.out(JSON.stringify({ flags }, null, 2));
    else printFlags(context.terminal, flags, runs);
    return 0;
  },
};

function printFlags(terminal: Terminal, flags: readonly ReportedFlag[], runs: number): void {
  const { out, width } = terminal;
  if (flags.length === 0) out(`No test of the last ${plural(runs, 'run')} has asked for a feature flag.`);
  for (const [index, flag] of flags.entries()) {
    if (index > 0) out('');
    out(`${terminal.paint('bold', flag.name)} (${plural(flag.runs, 'run')})`);
    printVariants(terminal, flag);
    for (const words of flagWords(flag)) for (const line of wrap(words, width, '  ')) out(line);
  }
}

function printVariants({ out, paint }: Terminal, { variants }: ReportedFlag): void {
  const rows = variants.map(({ variant, runs, tests, attempts, failed, medianMs }) =>
    [variant, runs, tests, attempts - failed, failed, medianMs === undefined ? '' : duration(medianMs)].map(String),
  );
  const widths = HEAD.map((title, index) => Math.max(columns(title), ...rows.map(row => columns(row[index] ?? ''))));
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0))).join('  ')}`.trimEnd();
  if (rows.length > 0) out(paint('dim', line(HEAD)));
  for (const row of rows) out(line(row));
}

function noSuchFlag(name: string, all: readonly ReportedFlag[], runs: number): NoFlagError {
  const names = all.map(flag => flag.name);
  const meant = didYouMean(name, names);
  return new NoFlagError(
    `No test of the last ${plural(runs, 'run')} has asked for a flag "${name}"${meant}`,
    names.length === 0
      ? 'Ask for flags with the fixture `flags`'
      : `There ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`,
  );
}
