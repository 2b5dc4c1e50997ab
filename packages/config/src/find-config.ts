/** Finds the one configuration of a suite: beside Playwright's own, or above it. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigLoadError } from './errors.ts';

/** Names of the file, with the endings that can be loaded. */
const ENDINGS = ['ts', 'mts', 'js', 'mjs', 'json', 'yaml', 'yml'] as const;
export const CONFIG_FILES: readonly string[] = ENDINGS.map(end => `quality-hub.config.${end}`);

/** Names of the file beside it that holds what only this machine needs; a repository ignores it. */
export const LOCAL_FILES: readonly string[] = ENDINGS.map(end => `quality-hub.config.local.${end}`);

/** Names the file where it is not to be searched for. */
export const CONFIG_VARIABLE = 'QUALITY_HUB_CONFIG';

export interface FindOptions {
  /** Where the search begins: the folder of Playwright's config. */
  readonly from: string;
  /** Where it begins once more when nothing was found. @default process.cwd() */
  readonly cwd?: string;
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * The path of `quality-hub.config.ts|mts|js|mjs|json|yaml|yml`, or undefined where there is none: from the folder of Playwright's
 * config upwards, else from the working directory. A folder with `.git` is the last one that is looked into: what lies
 * above a repository belongs to somebody else.
 *
 * @throws {ConfigLoadError} (`QH_CONFIG_LOAD`) if one folder has two, or the file named in `QUALITY_HUB_CONFIG` is missing.
 */
export function findConfig({ from, cwd = process.cwd(), env = process.env }: FindOptions): string | undefined {
  const named = env[CONFIG_VARIABLE];
  if (!named) return above(from) ?? above(cwd);
  const path = resolve(cwd, named);
  if (existsSync(path)) return path;
  throw new ConfigLoadError(path, `${path} does not exist`, `${CONFIG_VARIABLE} names it: correct or unset it`);
}

/**
 * The local file beside the configuration at `path`, or undefined.
 *
 * @throws {ConfigLoadError} (`QH_CONFIG_LOAD`) if there are two.
 */
export function findLocalConfig(path: string): string | undefined {
  return oneOf(dirname(path), LOCAL_FILES);
}

function above(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const found = oneOf(folder, CONFIG_FILES);
    if (found !== undefined) return found;
    if (existsSync(join(folder, '.git')) || dirname(folder) === folder) return undefined;
  }
}

function oneOf(folder: string, names: readonly string[]): string | undefined {
  const [found, second] = names.filter(name => existsSync(join(folder, name)));
  if (found === undefined || second === undefined) return found && join(folder, found);
  throw new ConfigLoadError(
    folder,
    `${folder} has two configurations, ${found} and ${second}`,
    'Keep one of them; the other would be read by nobody',
  );
}
