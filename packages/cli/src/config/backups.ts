/** Copies of the configuration's files, each in a folder that is named after its time. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findConfig, findLocalConfig } from '@quality-hub/config';
import { hubFolderFor } from '@quality-hub/telemetry';
import type { CommandContext } from '../command-line/command.ts';
import { noConfiguration } from './resolved-here.ts';

const BACKUP_FOLDER = 'config-backups';

/** The files of the configuration here. @throws {ConfigCommandError} (`QH_CONFIG_COMMAND`) if there is none. */
export function configFilesHere({
  cwd,
  env,
}: Pick<CommandContext, 'cwd' | 'env'>): readonly [main: string, ...local: string[]] {
  const main = findConfig({ from: cwd, cwd, env });
  if (main === undefined) throw noConfiguration(cwd);
  const local = findLocalConfig(main);
  return local === undefined ? [main] : [main, local];
}

/** The same, and none where there is no configuration. */
export function configFilesIfAny({ cwd, env }: CommandContext): readonly string[] {
  return findConfig({ from: cwd, cwd, env }) === undefined ? [] : configFilesHere({ cwd, env });
}

/** Keeps the files as they are, and gives the name of the copy. */
export function keepBackup(files: readonly string[], { cwd }: CommandContext, now = new Date()): string {
  const first = now.toISOString().replace(/[:.]/g, '-');
  let name = first;
  for (let more = 2; existsSync(join(folderOf(cwd), name)); more++) name = `${first}-${more}`;
  const folder = join(folderOf(cwd), name);
  mkdirSync(folder, { recursive: true });
  for (const file of files) copyFileSync(file, join(folder, basename(file)));
  return name;
}

/** Names of the copies, the newest last. */
export function backupsHere({ cwd }: CommandContext): readonly string[] {
  return existsSync(folderOf(cwd)) ? readdirSync(folderOf(cwd)).sort() : [];
}

/** What a copy holds, by where it belongs: in `folder`. */
export function readBackup(name: string, folder: string, { cwd }: CommandContext): Readonly<Record<string, Buffer>> {
  const kept = join(folderOf(cwd), name);
  return Object.fromEntries(readdirSync(kept).map(file => [join(folder, file), readFileSync(join(kept, file))]));
}

function folderOf(cwd: string): string {
  return join(hubFolderFor(cwd).path, BACKUP_FOLDER);
}
