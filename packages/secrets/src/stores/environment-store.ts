/** Secrets in the environment of the process, and in `.env` files. */
import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import { closestName, SecretError, type SecretStore, type StoredSecret } from '@quality-hub/protocol';
import { fileStamp } from './file-stamp.ts';

export interface EnvironmentStoreOptions {
  /** Files in the form of `.env`, read anew when they were changed; a variable of the process wins, then the first file. */
  readonly files?: readonly string[];
  /** @default process.env */
  readonly env?: NodeJS.ProcessEnv;
}

/** A path is the name of a variable. There is one version of each. */
export function environmentStore({ files = [], env = process.env }: EnvironmentStoreOptions = {}): SecretStore {
  let read: Promise<NodeJS.Dict<string>> | undefined;
  let readAs: string | undefined;
  const fromFiles = async (): Promise<NodeJS.Dict<string>> => {
    const stamp = (await Promise.all(files.map(fileStamp))).join();
    if (stamp !== readAs) read = undefined;
    readAs = stamp;
    read ??= readFiles(files).catch((error: unknown) => {
      read = undefined;
      throw error;
    });
    return read;
  };
  const find = async (name: string): Promise<string> => {
    const value = own(env, name) ?? own(await fromFiles(), name);
    if (value !== undefined) return value;
    const close = closestName(name, [...Object.keys(env), ...Object.keys(await fromFiles())]);
    throw new SecretError(
      'QH_SECRET_NOT_FOUND',
      `There is no environment variable ${name}${files.length > 0 ? `, and none in ${files.join(', ')}` : ''}`,
      close === undefined
        ? 'Set it where the run is started'
        : `Set it where the run is started; there is one named ${close}`,
    );
  };
  return {
    kind: 'env',
    read: async (name, { version, signal }): Promise<StoredSecret> => {
      signal.throwIfAborted();
      if (version !== undefined) {
        throw new SecretError(
          'QH_SECRET_VERSION',
          `The environment variable ${name} has no versions, and ${version} was asked for`,
          'Leave the version away, or name a store that keeps versions',
        );
      }
      return { value: await find(name) };
    },
    versions: async name => {
      await find(name);
      return [{ version: '1', stage: 'current' }];
    },
    health: async () => {
      try {
        await fromFiles();
        return { state: 'healthy' };
      } catch (error) {
        return { state: 'down', detail: error instanceof Error ? error.message : String(error) };
      }
    },
    close: async () => {},
  };
}

async function readFiles(files: readonly string[]): Promise<NodeJS.Dict<string>> {
  const all: NodeJS.Dict<string> = {};
  for (const file of files.toReversed()) {
    try {
      Object.assign(all, parseEnv(await readFile(file, 'utf8')));
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      throw new SecretError(
        'QH_SECRET_UNREACHABLE',
        `${file} cannot be read (${code ?? 'unknown'})`,
        'Correct the path, or give read access',
        cause,
      );
    }
  }
  return all;
}

/** `constructor` is in every object, and no variable. */
function own(variables: NodeJS.Dict<string>, name: string): string | undefined {
  return Object.hasOwn(variables, name) ? variables[name] : undefined;
}
