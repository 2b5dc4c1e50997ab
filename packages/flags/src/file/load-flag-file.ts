/** Reads a file of flags, YAML or JSON. */
import { readFile, stat } from 'node:fs/promises';
import { FlagFileError } from '../errors.ts';
import { usesSemver } from './conditions.ts';
import type { FlagDefinitions } from './definition.ts';
import { readDefinitions } from './read-definitions.ts';

/** What tells one state of a file from another. */
export interface FileStamp {
  readonly mtimeMs: number;
  readonly size: number;
  readonly ino: number;
}

export interface LoadedFlags {
  readonly stamp: FileStamp;
  readonly definitions: FlagDefinitions;
}

/** @throws {FlagFileError} (`QH_FLAG_FILE`) with everything that is wrong with the file. */
export async function loadFlagFile(path: string): Promise<LoadedFlags> {
  const stamp = await stampOf(path);
  const content = await parse(path, await text(path));
  const semver = usesSemver(content) ? (await import('semver')).default : undefined;
  const { definitions, problems } = readDefinitions(content, semver);
  if (problems.length > 0) throw new FlagFileError(path, problems);
  return { stamp, definitions };
}

/** @throws {FlagFileError} (`QH_FLAG_FILE`) if there is no such file. */
export async function stampOf(path: string): Promise<FileStamp> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return { mtimeMs, size, ino };
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function text(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown): FlagFileError {
  const { code, message } = error as NodeJS.ErrnoException;
  return new FlagFileError(path, [code === 'ENOENT' ? 'it does not exist' : `it cannot be read: ${message}`], error);
}

async function parse(path: string, content: string): Promise<unknown> {
  try {
    if (path.endsWith('.json')) return JSON.parse(content);
    // Loaded here: JSON needs none of it.
    const { parse: parseYaml } = await import('yaml');
    // A name that stands twice would hide the first; what YAML only warns of is no flag either.
    return parseYaml(content, { uniqueKeys: true, logLevel: 'error' });
  } catch (error) {
    throw new FlagFileError(path, [(error instanceof Error ? error.message : String(error)).trim()], error);
  }
}
