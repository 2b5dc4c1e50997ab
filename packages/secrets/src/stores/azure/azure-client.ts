/** The official client of Key Vault, loaded with the first question, repeating nothing by itself. */
import { Agent } from 'node:https';
import type { SecretClient, SecretClientOptions } from '@azure/keyvault-secrets';
import { isQualityHubError, SecretError } from '@quality-hub/protocol';
import { createMask } from '@quality-hub/telemetry';
import { authorityOf } from '../remote/authority.ts';
import { isLoopback } from '../remote/plain-http.ts';
import { storePolicy, unreachable } from '../remote/store-policy.ts';
import { azureCredential, WatchedCredential } from './azure-credential.ts';
import { AzureRefusal, type AzureTrouble, azureError, isSignIn, type VaultSaid, whatItSaid } from './azure-errors.ts';
import type { AzureSeams, AzureStoreOptions } from './azure-options.ts';

export interface AzureCall {
  /** `read shop-db` */
  readonly doing: string;
  readonly signal: AbortSignal;
  readonly version?: string | undefined;
  /** False where doing it twice leaves something behind. @default true */
  readonly idempotent?: boolean;
}

export interface AzureClient {
  /** Asks, and again where that may help. @throws {SecretError} */
  ask<Output>(
    call: AzureCall,
    question: (client: SecretClient, abortSignal: AbortSignal) => Promise<Output>,
  ): Promise<Output>;
  /** When our token ends, in milliseconds of the wall clock. */
  readonly endsAt: number | undefined;
  close(): void;
}

type Policy = NonNullable<SecretClientOptions['additionalPolicies']>[number]['policy'];

/** One for each store: it is asked who we are once, and again when the token is about to end. */
export async function openAzureClient(
  name: string,
  vaultUrl: string,
  { auth = { method: 'default' }, timeoutMs, caFile, authorityHost }: AzureStoreOptions,
  { credential: given, mask = createMask(), now = Date.now, registry, ...around }: AzureSeams,
): Promise<AzureClient> {
  const { SecretClient: Client } = await import('@azure/keyvault-secrets');
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 16,
    rejectUnauthorized: true,
    ...(await authorityOf(caFile, around.folder)),
  });
  const said = new WeakMap<object, VaultSaid>();
  const options = {
    // Three tries of ours would be twelve.
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [{ policy: ownPolicy(agent, said), position: 'perRetry' as const }],
  };
  const inner =
    given ??
    (await azureCredential(auth, { ...around, name, mask, options: { ...options, ...authority(authorityHost) } }));
  const credential = new WatchedCredential(inner, mask);
  const client = new Client(vaultUrl, credential, {
    ...options,
    // The name of a vault says which resource a token is for; a server on this machine has no such name.
    disableChallengeResourceVerification: isLoopback(vaultUrl),
  });
  const policy = storePolicy({ name, timeoutMs, registry });
  const ask: AzureClient['ask'] = async ({ doing, signal, version, idempotent = true }, question) => {
    try {
      return await policy.execute(
        async context => {
          try {
            return await question(client, context.signal);
          } catch (error) {
            if (context.signal.aborted) throw context.signal.reason;
            if (isQualityHubError(error)) throw error;
            const trouble = error as AzureTrouble;
            throw new AzureRefusal(trouble, said.get(trouble.request ?? trouble) ?? {}, now());
          }
        },
        { signal, idempotent, doing },
      );
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof SecretError) throw error;
      if (!(error instanceof AzureRefusal)) throw unreachable(name, doing, error);
      const { trouble, said } = error;
      if (trouble.statusCode !== undefined || isSignIn(trouble)) throw azureError(trouble, said, name, doing, version);
      throw unreachable(name, doing, Object.assign(new Error(trouble.message), { code: trouble.code }));
    }
  };
  return {
    ask,
    get endsAt() {
      return credential.endsAt;
    },
    close: () => agent.destroy(),
  };
}

/** Microsoft vouches for its own authorities only; a server on this machine is asked as it is. */
function authority(authorityHost: string | undefined) {
  if (authorityHost === undefined) return {};
  return { authorityHost, ...(isLoopback(authorityHost) ? { disableInstanceDiscovery: true } : {}) };
}

/**
 * `NODE_TLS_REJECT_UNAUTHORIZED` would switch the check of certificates off for all; a proxy brings an agent of its own. And the SDK
 * drops the body of a page that was refused, where the reason stands.
 */
function ownPolicy(agent: Agent, said: WeakMap<object, VaultSaid>): Policy {
  return {
    name: 'qualityHub',
    sendRequest: async (request, next) => {
      if (request.agent === undefined && request.url.startsWith('https:')) request.agent = agent;
      const response = await next(request);
      if (response.status >= 400) said.set(request, whatItSaid(response.bodyAsText));
      return response;
    },
  };
}
