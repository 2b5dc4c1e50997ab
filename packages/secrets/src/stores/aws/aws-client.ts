/** The official client of Secrets Manager, loaded with the first question, repeating nothing by itself. */
import { Agent } from 'node:https';
import type { SecretsManagerClient, SecretsManagerClientConfig } from '@aws-sdk/client-secrets-manager';
import { isQualityHubError, SecretError } from '@quality-hub/protocol';
import { createMask } from '@quality-hub/telemetry';
import { authorityOf } from '../remote/authority.ts';
import { type CredentialSource, readCredential } from '../remote/credential-source.ts';
import type { RemoteSeams } from '../remote/remote-seams.ts';
import { storePolicy, unreachable } from '../remote/store-policy.ts';
import { AwsRefusal, type AwsTrouble, awsError } from './aws-errors.ts';
import type { AwsStoreOptions } from './aws-options.ts';

export type AwsSdk = typeof import('@aws-sdk/client-secrets-manager');

export interface AwsCall {
  /** `read shop/db` */
  readonly doing: string;
  readonly signal: AbortSignal;
  readonly version?: string | undefined;
}

/** What a command is made of, and sent with. */
export interface Asked {
  readonly sdk: AwsSdk;
  readonly client: SecretsManagerClient;
  readonly options: { readonly abortSignal: AbortSignal };
}

export interface AwsClient {
  /** Sends one command of the SDK, and again where that may help. @throws {SecretError} */
  ask<Output>(call: AwsCall, command: (asked: Asked) => Promise<Output>): Promise<Output>;
  /** When what signs us in ends; undefined where it does not, or nobody knows. */
  endsAt(signal: AbortSignal): Promise<Date | undefined>;
  close(): void;
}

/** One for each store: the chain that finds credentials is walked once, and walked again when they are about to end. */
export async function openAwsClient(name: string, options: AwsStoreOptions, seams: RemoteSeams): Promise<AwsClient> {
  const sdk = await import('@aws-sdk/client-secrets-manager');
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 16,
    rejectUnauthorized: true,
    ...(await authorityOf(options.caFile, seams.folder)),
  });
  const client = new sdk.SecretsManagerClient(configOf(name, options, seams, agent));
  const policy = storePolicy({ name, timeoutMs: options.timeoutMs, registry: seams.registry });
  const ask: AwsClient['ask'] = async ({ doing, signal, version }, command) => {
    try {
      return await policy.execute(
        async context => {
          try {
            return await command({ sdk, client, options: { abortSignal: context.signal } });
          } catch (error) {
            // The reason of a signal, or a credential of ours that cannot be read.
            if (context.signal.aborted) throw context.signal.reason;
            if (isQualityHubError(error)) throw error;
            throw new AwsRefusal(error as AwsTrouble);
          }
        },
        { signal, idempotent: true, doing },
      );
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof SecretError) throw error;
      if (error instanceof AwsRefusal) throw told(error, name, doing, version);
      throw unreachable(name, doing, error);
    }
  };
  return {
    ask,
    endsAt: async signal => {
      signal.throwIfAborted();
      return (await client.config.credentials()).expiration;
    },
    close: () => {
      client.destroy();
      agent.destroy();
    },
  };
}

function told(refusal: AwsRefusal, name: string, doing: string, version: string | undefined): SecretError {
  const { trouble } = refusal;
  const fromService = trouble.$metadata?.httpStatusCode !== undefined || /Provider/.test(trouble.name);
  return fromService ? awsError(trouble, name, doing, version) : unreachable(name, doing, trouble);
}

function configOf(
  name: string,
  { region, profile, endpoint, credentials }: AwsStoreOptions,
  { mask = createMask(), ...around }: RemoteSeams,
  httpsAgent: Agent,
): SecretsManagerClientConfig {
  const read = (source: CredentialSource, what: string): Promise<string> =>
    readCredential(source, `The ${what} of ${name}`, { ...around, mask, signal: AbortSignal.timeout(9_000) });
  const given =
    credentials === undefined
      ? {}
      : {
          credentials: async () => ({
            accessKeyId: await read(credentials.accessKeyId, 'access key id'),
            secretAccessKey: await read(credentials.secretAccessKey, 'secret access key'),
            ...(credentials.sessionToken === undefined
              ? {}
              : { sessionToken: await read(credentials.sessionToken, 'token') }),
          }),
        };
  return {
    // Three tries of ours would be nine.
    maxAttempts: 1,
    requestHandler: { httpsAgent },
    ...(region === undefined ? {} : { region }),
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...given,
  };
}
