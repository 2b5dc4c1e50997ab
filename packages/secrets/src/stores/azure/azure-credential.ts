/** Signs in to Azure: the official credentials, loaded when one is needed. */
import type { TokenCredential, TokenCredentialOptions } from '@azure/identity';
import type { Mask } from '@quality-hub/telemetry';
import { type CredentialSource, readCredential } from '../remote/credential-source.ts';
import type { RemoteSeams } from '../remote/remote-seams.ts';
import type { AzureAuth } from './azure-options.ts';

export interface CredentialSurroundings extends Pick<RemoteSeams, 'env' | 'folder' | 'textOf'> {
  readonly name: string;
  readonly mask: Pick<Mask, 'add'>;
  readonly options: TokenCredentialOptions;
}

export type Credential = Pick<TokenCredential, 'getToken'>;

const READ_MS = 9_000;

/** @throws {SecretError} (`QH_SECRET_AUTH`) where what it signs in with cannot be read. */
export async function azureCredential(
  auth: AzureAuth,
  { name, options, ...around }: CredentialSurroundings,
): Promise<Credential> {
  const identity = await import('@azure/identity');
  const read = (source: CredentialSource, what: string): Promise<string> =>
    readCredential(source, `The ${what} of ${name}`, { ...around, signal: AbortSignal.timeout(READ_MS) });
  switch (auth.method) {
    case 'default':
      return new identity.DefaultAzureCredential(options);
    case 'managed-identity':
      return auth.clientId === undefined
        ? new identity.ManagedIdentityCredential(options)
        : new identity.ManagedIdentityCredential({ clientId: auth.clientId, ...options });
    case 'client-secret': {
      const secret = await read(auth.clientSecret, 'client secret');
      return new identity.ClientSecretCredential(auth.tenantId, auth.clientId, secret, options);
    }
    case 'federated': {
      // Asked for with each login: it is good for some minutes.
      const assertion = (): Promise<string> => read(auth.assertion, 'assertion');
      return new identity.ClientAssertionCredential(auth.tenantId, auth.clientId, assertion, options);
    }
  }
}

/** Tells the mask of each token, and remembers when the last one ends. */
export class WatchedCredential implements Credential {
  readonly #inner: Credential;
  readonly #mask: Pick<Mask, 'add'>;
  #endsAt: number | undefined;

  constructor(inner: Credential, mask: Pick<Mask, 'add'>) {
    this.#inner = inner;
    this.#mask = mask;
  }

  /** In milliseconds of the wall clock; undefined before the first. */
  get endsAt(): number | undefined {
    return this.#endsAt;
  }

  readonly getToken: TokenCredential['getToken'] = async (scopes, options) => {
    const given = await this.#inner.getToken(scopes, options);
    if (given !== null) {
      this.#mask.add([given.token]);
      this.#endsAt = given.expiresOnTimestamp;
    }
    return given;
  };
}
