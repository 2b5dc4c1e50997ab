/** The ways to sign in to Vault. */
import { SecretError } from '@quality-hub/protocol';
import type { Mask } from '@quality-hub/telemetry';
import { type CredentialSource, readCredential } from '../remote/credential-source.ts';
import type { RemoteSeams } from '../remote/remote-seams.ts';
import type { VaultBody, VaultClient } from './vault-client.ts';
import { loginError, VaultRefusal } from './vault-errors.ts';
import type { VaultAuth } from './vault-options.ts';
import { encodeVaultPath } from './vault-path.ts';

export interface SignedIn {
  readonly token: string;
  /** 0 where it does not end. */
  readonly leaseMs: number;
  readonly renewable: boolean;
  /** We have made it: it is ours to revoke. */
  readonly own: boolean;
}

export interface SignInSurroundings extends Pick<RemoteSeams, 'env' | 'folder' | 'textOf'> {
  /** The store's name, for errors. */
  readonly name: string;
  readonly client: VaultClient;
  readonly mask: Mask;
  readonly signal: AbortSignal;
}

const POD_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** @throws {SecretError} (`QH_SECRET_AUTH`, `_SKEW`, `_SEALED`, `_THROTTLED`, `_UNREACHABLE`) */
export async function signIn(auth: VaultAuth, given: SignInSurroundings): Promise<SignedIn> {
  return auth.method === 'token' ? withToken(auth.token ?? { env: 'VAULT_TOKEN' }, given) : logIn(auth, given);
}

/** What Vault knows of a token tells when it ends. */
async function withToken(source: CredentialSource, given: SignInSurroundings): Promise<SignedIn> {
  const { name, client, signal } = given;
  const token = await credential(source, 'token', given);
  try {
    const { data } = await client.read('auth/token/lookup-self', { token, signal });
    return { token, leaseMs: Number(data?.ttl ?? 0) * 1_000, renewable: data?.renewable === true, own: false };
  } catch (error) {
    if (!(error instanceof VaultRefusal)) throw error;
    if (error.status !== 403) throw loginError(error, name, 'token');
    throw new SecretError(
      'QH_SECRET_AUTH',
      `${name} does not know our token: it is wrong, over, revoked or of another namespace`,
      'Get a new one with `vault login`, or let a role sign in (approle, jwt, kubernetes), which gets a new one by itself',
      error,
    );
  }
}

async function logIn(auth: Exclude<VaultAuth, { method: 'token' }>, given: SignInSurroundings): Promise<SignedIn> {
  const { name, client, mask, signal } = given;
  const { method, mount = method } = auth;
  const body =
    auth.method === 'approle'
      ? {
          role_id: await credential(auth.roleId, 'role id', given),
          secret_id: await credential(auth.secretId, 'secret id', given),
        }
      : { role: auth.role, jwt: await credential(auth.jwt ?? { file: POD_TOKEN }, 'JWT', given) };
  try {
    // Not repeated where it may have been done: a secret id may be good for one login.
    const answer = await client.write(`auth/${encodeVaultPath(mount)}/login`, body, { signal });
    const block = authOf(answer, name);
    mask.add([block.client_token]);
    return {
      token: block.client_token,
      leaseMs: block.lease_duration * 1_000,
      renewable: block.renewable,
      own: block.token_type !== 'batch',
    };
  } catch (error) {
    throw error instanceof VaultRefusal ? loginError(error, name, method) : error;
  }
}

function authOf({ auth }: VaultBody, name: string): NonNullable<VaultBody['auth']> {
  if (auth?.client_token) return auth;
  throw new SecretError(
    'QH_SECRET_AUTH',
    `${name} answered a login without a token`,
    'Does it want a second factor? Tests cannot give one',
  );
}

function credential(source: CredentialSource, what: string, given: SignInSurroundings): Promise<string> {
  return readCredential(source, `The ${what} of ${given.name}`, given);
}
