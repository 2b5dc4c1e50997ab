/** Writes the help of the command and of each subcommand. */
import type { Paint, Terminal } from '../terminal/terminal.ts';
import { columns, wrap } from '../terminal/wrap.ts';
import type { Command } from './command.ts';
import { COMMON_OPTIONS } from './parse-arguments.ts';

/** Longest line of help: wider text is hard to read. */
const MAX_WIDTH = 100;

export function showHelp(terminal: Terminal, commands: readonly Command[]): void {
  const { paint } = terminal;
  const width = Math.min(terminal.width, MAX_WIDTH);
  print(terminal, [
    'Shows what happened in your Playwright runs, and why.',
    '',
    paint('bold', 'Usage'),
    '  quality-hub <command> [options]',
    '',
    paint('bold', 'Commands'),
    ...table(
      commands.map(({ name, operands, summary }) => [`${name} ${operands}`.trim(), summary]),
      width,
      paint,
    ),
    '',
    paint('bold', 'Options'),
    ...table(
      [
        ['-h, --help', 'Shows this help, or the help of a command.'],
        ['-v, --version', 'Prints the version.'],
      ],
      width,
      paint,
    ),
    '',
    paint('bold', 'Environment'),
    ...table(
      [
        [
          'QUALITY_HUB_DIR',
          'Folder of the database and the spools. Else the nearest `.quality-hub`, from here upwards.',
        ],
        ['QUALITY_HUB_ENVIRONMENT', 'Environment of the configuration.'],
        ['NO_COLOR', 'Switches colours off. FORCE_COLOR=1 switches them on.'],
      ],
      width,
      paint,
    ),
    '',
    paint('bold', 'Exit codes'),
    '  0  done    1  it failed, or found a problem    2  the command line is wrong',
    '',
    ...wrap('Try `quality-hub show` after a run, and `quality-hub <command> --help` for more.', width),
  ]);
}

export function showCommandHelp(terminal: Terminal, command: Command): void {
  const { paint } = terminal;
  const width = Math.min(terminal.width, MAX_WIDTH);
  const options = Object.entries({ ...command.options, ...COMMON_OPTIONS }).map(([name, { short, value, help }]) => {
    const flags = `${short ? `-${short}, ` : '    '}--${name}${value ? ` ${value}` : ''}`;
    return [flags, help] as const;
  });
  print(terminal, [
    ...wrap(command.summary, width),
    '',
    paint('bold', 'Usage'),
    `  quality-hub ${`${command.name} ${command.operands}`.trim()} [options]`,
    '',
    ...command.about.flatMap(paragraph => [...wrap(paragraph, width), '']),
    paint('bold', 'Options'),
    ...table(options, width, paint),
    '',
    paint('bold', 'Exit codes'),
    ...wrap(command.exits[0], width, '  0  '),
    ...wrap(command.exits[1], width, '  1  '),
    ...wrap('The command line is wrong.', width, '  2  '),
    '',
    paint('bold', 'Examples'),
    ...table(command.examples, width, paint),
  ]);
}

/** Two columns; on a narrow terminal the second stands below the first. */
function table(rows: readonly (readonly [string, string])[], width: number, paint: Paint): string[] {
  const left = Math.max(...rows.map(([first]) => columns(first)));
  const beside = left + 30 <= width;
  return rows.flatMap(([first, second]) => {
    if (!beside) return [`  ${paint('cyan', first)}`, ...wrap(second, width, '      ')];
    const gap = ' '.repeat(left - columns(first) + 2);
    return wrap(second, width, `  ${paint('cyan', first)}${gap}`);
  });
}

function print(terminal: Terminal, lines: readonly string[]): void {
  for (const line of lines) terminal.out(line.trimEnd());
}
