/** Which folder a command reads. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
  findHubFolder,
  HUB_DATABASE,
  HUB_FOLDER,
  type HubFolder,
  hubFolderAt,
  SPOOL_FOLDER,
} from '@quality-hub/telemetry';
import type { CommandContext } from '../command-line/command.ts';
import { NoHubError } from '../errors.ts';

/** In it, who had which secret: a folder for each run, a file for each process. */
export const AUDIT_FOLDER = 'audit';

type Place = Pick<CommandContext, 'cwd' | 'env'>;

/**
 * The folder that `QUALITY_HUB_DIR` names, or the nearest `.quality-hub` upwards.
 *
 * @throws {NoHubError} (`QH_NO_HUB`) if there is none.
 */
export function hubFolderHere({ cwd, env }: Place): HubFolder {
  const folder = findHubFolder(cwd, env);
  if (folder) return folder;
  const hint =
    'Run your tests with the reporter @quality-hub/reporters first, or name another folder in QUALITY_HUB_DIR';
  throw env.QUALITY_HUB_DIR
    ? new NoHubError(`There is no folder ${env.QUALITY_HUB_DIR}, which QUALITY_HUB_DIR names`, hint)
    : new NoHubError(`There is no ${HUB_FOLDER} in ${cwd} or any folder above it`, hint);
}

/**
 * The folder that a user named: a `.quality-hub` under whatever name, the project that has one, or a spool in it.
 *
 * @throws {NoHubError} (`QH_NO_HUB`) if it is none of them.
 */
export function hubFolderNamed(name: string, { cwd }: Place): HubFolder {
  const path = resolve(cwd, name);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) {
    throw new NoHubError(`There is no folder ${path}`, 'Name a project, or the .quality-hub folder of one');
  }
  if (existsSync(join(path, HUB_FOLDER))) return hubFolderAt(join(path, HUB_FOLDER));
  if (isHubFolder(path)) return hubFolderAt(path);
  // A spool folder, or that of one run in it.
  for (const spools of [path, dirname(path)]) {
    if (basename(spools) === SPOOL_FOLDER) return hubFolderAt(dirname(spools));
  }
  throw new NoHubError(
    `${path} is no ${HUB_FOLDER} folder, and has none`,
    `Name the folder that holds ${SPOOL_FOLDER}/ or ${HUB_DATABASE}, or the project that ${HUB_FOLDER} is in`,
  );
}

function isHubFolder(path: string): boolean {
  if (basename(path) === HUB_FOLDER) return true;
  return readdirSync(path).some(name => name === HUB_DATABASE || name === SPOOL_FOLDER);
}
