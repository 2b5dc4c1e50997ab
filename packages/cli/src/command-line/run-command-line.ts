/** From the words behind `quality-hub` to an exit code. Every failure ends here, as one sentence. */
import { errorSentence, isQualityHubError } from '@quality-hub/protocol';
import { auditCommand } from '../audit/audit-command.ts';
import { configCommand } from '../config/config-command.ts';
import { dataCommand } from '../data/data-command.ts';
import { doctorCommand } from '../doctor/doctor-command.ts';
import { UsageError } from '../errors.ts';
import { finalizeCommand } from '../finalize/finalize-command.ts';
import { flagsCommand } from '../flags/flags-command.ts';
import { initCommand } from '../init/init-command.ts';
import { locksCommand } from '../locks/locks-command.ts';
import { runsCommand } from '../runs/runs-command.ts';
import { scanCommand } from '../scan/scan-command.ts';
import { sealCommand } from '../seal/seal-command.ts';
import { secretsCommand } from '../secrets/secrets-command.ts';
import { showCommand } from '../show/show-command.ts';
import { snapshotsCommand } from '../snapshots/snapshots-command.ts';
import { sweepCommand } from '../sweep/sweep-command.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Command, CommandContext } from './command.ts';
import { showCommandHelp, showHelp } from './help.ts';
import { packageVersion } from './package-version.ts';
import { didYouMean, parseArguments } from './parse-arguments.ts';

export const COMMANDS: readonly Command[] = [
  initCommand,
  showCommand,
  runsCommand,
  flagsCommand,
  locksCommand,
  finalizeCommand,
  sealCommand,
  scanCommand,
  secretsCommand,
  auditCommand,
  sweepCommand,
  dataCommand,
  snapshotsCommand,
  doctorCommand,
  configCommand,
];

/** Runs one command line and gives its exit code: 0 done, 1 failed or a problem found, 2 wrong usage. Never throws. */
export async function runCommandLine(argv: readonly string[], context: CommandContext): Promise<number> {
  try {
    return await dispatch(argv, context);
  } catch (error) {
    tell(context.terminal, error);
    return isQualityHubError(error) && error.code === 'QH_USAGE' ? 2 : 1;
  }
}

async function dispatch(argv: readonly string[], context: CommandContext): Promise<number> {
  const { terminal } = context;
  const [first, ...rest] = argv;
  if (first === undefined) {
    showHelp(terminal, COMMANDS);
    return 0;
  }
  if (first === '--version' || first === '-v') {
    terminal.out(packageVersion());
    return 0;
  }
  if (first === '--help' || first === '-h' || first === 'help') {
    const asked = rest[0] === undefined ? undefined : commandOf(rest[0]);
    if (asked) showCommandHelp(terminal, asked);
    else showHelp(terminal, COMMANDS);
    return 0;
  }
  const command = commandOf(first);
  // Help is given even where the rest is wrong: that is when it is needed.
  if (rest.some(word => word === '--help' || word === '-h')) {
    showCommandHelp(terminal, command);
    return 0;
  }
  return command.run(parseArguments(command, rest), context);
}

function commandOf(name: string): Command {
  const names = COMMANDS.map(command => command.name);
  const command = COMMANDS.find(candidate => candidate.name === name);
  if (command) return command;
  if (name.startsWith('-')) {
    const meant = didYouMean(name, ['--help', '--version']);
    throw new UsageError(`quality-hub has no option ${name}${meant}`, 'Options of a command stand behind its name');
  }
  throw new UsageError(
    `quality-hub has no command "${name}"${didYouMean(name, names)}`,
    `Commands are ${names.join(', ')}`,
  );
}

function tell(terminal: Terminal, error: unknown): void {
  const sentence = errorSentence(error);
  const end = /[.?!:`]$/.test(sentence) ? '' : '.';
  terminal.err(`${terminal.paintErr('red', 'quality-hub:')} ${sentence}${end}`);
}
