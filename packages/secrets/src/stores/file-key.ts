/** Where the key of an encrypted file comes from. */
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { SecretError } from '@quality-hub/protocol';
import type { FileKey } from './secret-file.ts';

/** A variable of the environment, a file, or a secret of another store. */
export type KeySource = { readonly env: string } | { readonly file: string } | { readonly ref: string };

export interface FileKeySection {
  /** A key is made of it by scrypt. @default { env: 'QUALITY_HUB_SECRETS_PASSPHRASE' } */
  readonly passphrase?: KeySource;
  /** 32 bytes as base64. */
  readonly key?: KeySource;
}

export interface KeySurroundings {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly textOf: (reference: string) => Promise<string>;
}

export const PASSPHRASE_VARIABLE = 'QUALITY_HUB_SECRETS_PASSPHRASE';

/** @throws {SecretError} `_AUTH` where it is not there. */
export async function fileKeyOf(
  { key, passphrase = { env: PASSPHRASE_VARIABLE } }: FileKeySection,
  around: KeySurroundings,
): Promise<FileKey> {
  if (key !== undefined) return { key: await read(key, around) };
  return { passphrase: await read(passphrase, around) };
}

async function read(source: KeySource, { folder, env, textOf }: KeySurroundings): Promise<string> {
  if ('ref' in source) return textOf(source.ref);
  if ('env' in source) return env[source.env] || missing(`the environment variable ${source.env}`);
  const path = isAbsolute(source.file) ? source.file : join(folder, source.file);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => missing(path, cause));
  return text.trim() || missing(path);
}

function missing(where: string, cause?: unknown): never {
  throw new SecretError(
    'QH_SECRET_AUTH',
    `The file of secrets cannot be opened: its key is not in ${where}`,
    'Set it, or name in the configuration where else it is: passphrase or key, each with env, file or ref',
    cause,
  );
}
