/** `quality-hub runs`: the runs that are recorded here. */
import type { RunSummary } from '@quality-hub/hub';
import type { Command } from '../command-line/command.ts';
import { positiveInteger } from '../command-line/parse-arguments.ts';
import { withHub } from '../hub-access/with-hub.ts';
import { countsList, resultStyle, resultWord, verdictsList } from '../show/run-words.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { duration, localTime } from '../terminal/words.ts';
import { columns, wrap } from '../terminal/wrap.ts';

const DEFAULT_LIMIT = 20;

export const runsCommand: Command = {
  name: 'runs',
  summary: 'Lists the last runs, newest first.',
  operands: '',
  maxOperands: 0,
  options: {
    limit: { type: 'string', value: '<number>', help: `Most runs to list. ${DEFAULT_LIMIT} by default.` },
    json: { type: 'boolean', help: 'Prints { runs: [{ id, state, status, counts, verdicts, … }] } as JSON.' },
  },
  about: ['Everything that runs have written is read first, so the list is up to date.'],
  examples: [
    ['quality-hub runs', 'The last 20 runs.'],
    ['quality-hub runs --limit 1 --json', 'The last run for a script.'],
  ],
  exits: { 0: 'The runs were listed, even if there are none.', 1: 'There is no folder, or it cannot be read.' },
  async run({ options }, context) {
    const limit = positiveInteger('limit', options.limit, DEFAULT_LIMIT);
    const runs = await withHub(context, hub => hub.runs({ limit }));
    if (options.json) context.terminal.out(JSON.stringify({ runs }, null, 2));
    else printRuns(context.terminal, runs);
    return 0;
  },
};

const HEAD = ['run', 'started', 'result', 'took', 'tests', 'verdicts'];
const RESULT_COLUMN = 2;

/** A table where it fits; else a few lines for each run. */
export function printRuns(terminal: Terminal, runs: readonly RunSummary[]): void {
  if (runs.length === 0) {
    terminal.out('No run has been recorded here yet.');
    return;
  }
  const rows = runs.map(cellsOf);
  const widths = HEAD.map((title, index) => Math.max(columns(title), ...rows.map(row => columns(row[index] ?? ''))));
  const total = widths.reduce((sum, width) => sum + width + 2, 0);
  if (total <= terminal.width) printTable(terminal, rows, widths);
  else printBlocks(terminal, rows);
}

function cellsOf(run: RunSummary): readonly string[] {
  const took = run.durationMs === undefined ? '' : duration(run.durationMs);
  return [run.id, localTime(run.startedAt), resultWord(run), took, countsList(run.counts), verdictsList(run.verdicts)];
}

function printTable({ out, paint }: Terminal, rows: readonly (readonly string[])[], widths: readonly number[]): void {
  const line = (cells: readonly string[], style: (cell: string, index: number) => string): void => {
    const padded = cells.map((cell, index) => style(cell, index) + ' '.repeat((widths[index] ?? 0) - columns(cell)));
    out(padded.join('  ').trimEnd());
  };
  line(HEAD, cell => paint('dim', cell));
  for (const row of rows) line(row, (cell, index) => (index === RESULT_COLUMN ? paint(resultStyle(cell), cell) : cell));
}

function printBlocks({ out, paint, width }: Terminal, rows: readonly (readonly string[])[]): void {
  for (const [index, [id = '', started = '', result = '', took, tests = '', verdicts = '']] of rows.entries()) {
    if (index > 0) out('');
    for (const line of wrap(`${id} ${paint(resultStyle(result), result)}`, width)) out(line);
    const details = [started + (took ? `, ${took}` : ''), tests, verdicts].filter(detail => detail !== '');
    for (const detail of details) for (const line of wrap(detail, width, '  ')) out(line);
  }
}
