/** `quality-hub config backup` and `restore [name]`. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { CommandContext, ParsedArguments } from '../command-line/command.ts';
import { didYouMean } from '../command-line/parse-arguments.ts';
import { ConfigCommandError } from '../errors.ts';
import { backupsHere, configFilesHere, configFilesIfAny, keepBackup, readBackup } from './backups.ts';
import { writeAndNote } from './change-log.ts';

export async function backupAction({ options }: ParsedArguments, context: CommandContext): Promise<number> {
  const { terminal } = context;
  if (options.list) {
    const names = backupsHere(context);
    for (const name of names) terminal.out(name);
    if (names.length === 0) terminal.out('Nothing is kept here yet.');
    return 0;
  }
  const files = configFilesHere(context);
  const name = keepBackup(files, context);
  terminal.out(`${files.map(file => basename(file)).join(' and ')}: kept as ${name}.`);
  return 0;
}

export async function restoreAction(args: ParsedArguments, context: CommandContext): Promise<number> {
  const { terminal, cwd } = context;
  const names = backupsHere(context);
  const wanted = args.positionals[0] ?? names.at(-1);
  if (wanted === undefined) {
    throw new ConfigCommandError('There is no backup here', '`quality-hub config backup` makes one');
  }
  if (!names.includes(wanted)) {
    throw new ConfigCommandError(
      `There is no backup "${wanted}"${didYouMean(wanted, names)}`,
      '`quality-hub config backup --list` lists them',
    );
  }
  // The file itself may be what was lost.
  const files = configFilesIfAny(context);
  const folder = files[0] === undefined ? cwd : dirname(files[0]);
  const kept = readBackup(wanted, folder, context);
  const changed = Object.entries(kept).filter(
    ([path, content]) => !existsSync(path) || !readFileSync(path).equals(content),
  );
  if (changed.length === 0) {
    terminal.out(`The files are as they are in ${wanted}.`);
    return 0;
  }
  const list = changed.map(([path]) => basename(path)).join(' and ');
  if (args.options['dry-run']) {
    terminal.out(`${list}: would be as in ${wanted}.`);
    return 0;
  }
  const before = files.length === 0 ? undefined : keepBackup(files, context);
  writeAndNote(`restore ${wanted}`, Object.fromEntries(changed), { cwd });
  terminal.out(
    `${list}: as in ${wanted}.${before === undefined ? '' : ` What was there before is kept as ${before}.`}`,
  );
  return 0;
}
