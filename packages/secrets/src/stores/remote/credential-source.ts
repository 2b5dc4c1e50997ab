/** Where a store's own credentials come from: what signs us in must not stand in the configuration. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SecretError } from '@quality-hub/protocol';
import type { Mask } from '@quality-hub/telemetry';
import type { RemoteSeams } from './remote-seams.ts';

/**
 * A text, a function or a box that gives it; a variable of the environment; a file, read anew at each login because agents
 * and clusters replace it; a secret of another store; or the token that GitHub Actions gives a job for an audience.
 */
export type CredentialSource =
  | string
  | (() => string | Promise<string>)
  | { reveal(): string | Promise<string> }
  | { readonly env: string }
  | { readonly file: string }
  | { readonly ref: string }
  | { readonly github: string };

export interface CredentialSurroundings extends Pick<RemoteSeams, 'env' | 'folder' | 'textOf'> {
  readonly mask: Pick<Mask, 'add'>;
  readonly signal: AbortSignal;
}

/**
 * Reads one, and tells the mask.
 *
 * @param what For errors: `The token of vault`.
 * @throws {SecretError} (`QH_SECRET_AUTH`) where there is none.
 */
export async function readCredential(
  source: CredentialSource,
  what: string,
  around: CredentialSurroundings,
): Promise<string> {
  const value = await textOf(source, what, around);
  around.mask.add([value]);
  return value;
}

async function textOf(source: CredentialSource, what: string, around: CredentialSurroundings): Promise<string> {
  const { env = process.env, folder = '', signal } = around;
  if (typeof source === 'string') return source;
  if (typeof source === 'function') return source();
  if ('reveal' in source) return source.reveal();
  if ('env' in source) return fromEnvironment(source.env, what, env);
  if ('ref' in source) return fromStore(source.ref, what, around);
  return 'file' in source ? fromFile(resolve(folder, source.file), what) : fromGithub(source.github, what, env, signal);
}

async function fromStore(reference: string, what: string, around: CredentialSurroundings): Promise<string> {
  if (around.textOf !== undefined) return around.textOf(reference);
  throw new SecretError(
    'QH_SECRET_AUTH',
    `${what} is to come from ${reference}, and no other stores are known here`,
    'Name the store in the section secrets of the configuration, or give the value in another way',
  );
}

function fromEnvironment(name: string, what: string, env: NodeJS.ProcessEnv): string {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw new SecretError(
    'QH_SECRET_AUTH',
    `${what} is to come from the environment variable ${name}, which is not set`,
    'Set it where the run is started; on CI, give it to the job that runs the tests',
  );
}

async function fromFile(path: string, what: string): Promise<string> {
  try {
    const value = (await readFile(path, 'utf8')).trim();
    if (value !== '') return value;
  } catch (cause) {
    const { code = 'unknown' } = cause as NodeJS.ErrnoException;
    throw new SecretError(
      'QH_SECRET_AUTH',
      `${what} is to come from ${path}, which cannot be read (${code})`,
      'Correct the path, or give read access; in a cluster, look whether the volume is mounted',
      cause,
    );
  }
  throw new SecretError('QH_SECRET_AUTH', `${what} is to come from ${path}, which is empty`, 'Look who writes it');
}

/** @see https://docs.github.com/actions/reference/openid-connect-reference */
async function fromGithub(
  audience: string,
  what: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } = env;
  if (url === undefined || token === undefined) {
    throw new SecretError(
      'QH_SECRET_AUTH',
      `${what} is to be the id token of a GitHub job, and this is none, or one that may not have it`,
      'Give the job `permissions: id-token: write`',
    );
  }
  const asked = new URL(url);
  asked.searchParams.set('audience', audience);
  let answer: Response;
  try {
    answer = await fetch(asked, { headers: { authorization: `Bearer ${token}` }, signal });
  } catch (cause) {
    signal.throwIfAborted();
    throw new SecretError('QH_SECRET_UNREACHABLE', `${what} cannot be had from GitHub`, 'Look at the network', cause);
  }
  const { value } = (await answer.json().catch(() => ({}))) as { value?: unknown };
  if (answer.ok && typeof value === 'string') return value;
  throw new SecretError(
    'QH_SECRET_AUTH',
    `${what} was not given by GitHub, which answered ${answer.status}`,
    'Look at the permissions of the job',
  );
}
