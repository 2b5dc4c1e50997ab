/** Secrets in AWS Secrets Manager. */
import { randomUUID } from 'node:crypto';
import type {
  BatchGetSecretValueResponse,
  GetSecretValueResponse,
  SecretVersionsListEntry,
} from '@aws-sdk/client-secrets-manager';
import {
  type ReadSecretOptions,
  SecretError,
  type SecretStore,
  type SecretVersion,
  type StoredSecret,
  type StoreHealth,
} from '@quality-hub/protocol';
import { downBecause } from '../remote/down.ts';
import { checkAddress, isLoopback } from '../remote/plain-http.ts';
import { raced } from '../remote/raced.ts';
import type { RemoteSeams } from '../remote/remote-seams.ts';
import { DEADLINE_MS } from '../remote/store-policy.ts';
import { type AwsClient, openAwsClient } from './aws-client.ts';
import { awsError } from './aws-errors.ts';
import type { AwsStoreOptions } from './aws-options.ts';
import { BatchedReads, type Found } from './batched-reads.ts';

/** Where one is named for what it is now; the service calls them stages. */
const STAGES: Readonly<Record<string, string>> = {
  current: 'AWSCURRENT',
  previous: 'AWSPREVIOUS',
  pending: 'AWSPENDING',
};
/** A version's own id has so many characters at least; a label of one's own is shorter. */
const SHORTEST_ID = 32;
const PAGE = 100;

/**
 * A path is the name of a secret, or its ARN. A version is its id, one of `current`, `previous` and `pending`, or a label of your
 * own. A text comes as it is; keys of one that holds JSON are had with `#key`; bytes come as base64.
 *
 * @throws {OptionError} (`QH_OPTION`) for an endpoint that is none, or plain HTTP to another machine.
 */
export function awsStore(options: AwsStoreOptions = {}, seams: RemoteSeams = {}): SecretStore {
  const { endpoint, unsafeAllowHttp } = options;
  if (endpoint !== undefined) {
    checkAddress('The endpoint of AWS', endpoint, unsafeAllowHttp);
    if (endpoint.startsWith('http:') && !isLoopback(endpoint)) seams.onUnsafe?.(`${endpoint} is asked over plain HTTP`);
  }
  return new AwsStore(options, seams);
}

class AwsStore implements SecretStore {
  readonly kind = 'aws';
  readonly #options: AwsStoreOptions;
  readonly #seams: RemoteSeams;
  readonly #batched: BatchedReads;
  #opening: Promise<AwsClient> | undefined;
  #closed = false;

  constructor(options: AwsStoreOptions, seams: RemoteSeams) {
    this.#options = options;
    this.#seams = seams;
    this.#batched = new BatchedReads(
      {
        one: path => this.#one(path, undefined, AbortSignal.timeout(DEADLINE_MS)),
        many: paths => this.#many(paths, AbortSignal.timeout(DEADLINE_MS)),
      },
      options.batch ?? true,
    );
  }

  async read(path: string, { version, signal }: ReadSecretOptions): Promise<StoredSecret> {
    signal.throwIfAborted();
    return version === undefined ? raced(this.#batched.read(path), signal) : this.#one(path, version, signal);
  }

  async versions(path: string, { signal }: { readonly signal: AbortSignal }): Promise<readonly SecretVersion[]> {
    signal.throwIfAborted();
    const client = await this.#open();
    const call = { doing: `list the versions of ${path}`, signal };
    const entries: SecretVersionsListEntry[] = [];
    let NextToken: string | undefined;
    do {
      const input = { SecretId: path, MaxResults: PAGE, ...(NextToken === undefined ? {} : { NextToken }) };
      const page = await client.ask(call, ({ sdk, client: aws, options }) =>
        aws.send(new sdk.ListSecretVersionIdsCommand(input), options),
      );
      entries.push(...(page.Versions ?? []));
      ({ NextToken } = page);
    } while (NextToken !== undefined);
    return entries
      .map(versionOf)
      .sort((a, b) => rankOf(a) - rankOf(b) || Date.parse(b.createdAt ?? '') - Date.parse(a.createdAt ?? ''));
  }

  async write(
    path: string,
    value: StoredSecret['value'],
    { signal }: { readonly signal: AbortSignal },
  ): Promise<SecretVersion> {
    signal.throwIfAborted();
    const client = await this.#open();
    const call = { doing: `write ${path}`, signal };
    // The same with each attempt: the service then knows that it is the same write.
    const ClientRequestToken = randomUUID();
    const SecretString = typeof value === 'string' ? value : JSON.stringify(value);
    try {
      const { VersionId } = await client.ask(call, ({ sdk, client: aws, options }) =>
        aws.send(new sdk.PutSecretValueCommand({ SecretId: path, SecretString, ClientRequestToken }), options),
      );
      return { version: VersionId ?? ClientRequestToken, stage: 'current' };
    } catch (error) {
      if (!(error instanceof SecretError) || error.code !== 'QH_SECRET_NOT_FOUND') throw error;
      const { VersionId } = await client.ask(call, ({ sdk, client: aws, options }) =>
        aws.send(new sdk.CreateSecretCommand({ Name: path, SecretString, ClientRequestToken }), options),
      );
      return { version: VersionId ?? ClientRequestToken, stage: 'current' };
    }
  }

  async health({ signal }: { readonly signal: AbortSignal }): Promise<StoreHealth> {
    try {
      const client = await this.#open();
      // Who may not list them is known all the same.
      await client
        .ask({ doing: 'list secrets', signal }, ({ sdk, client: aws, options }) =>
          aws.send(new sdk.ListSecretsCommand({ MaxResults: 1 }), options),
        )
        .catch((error: unknown) => {
          if (!(error instanceof SecretError) || error.code !== 'QH_SECRET_DENIED') throw error;
        });
      const endsAt = await client.endsAt(signal);
      return {
        state: 'healthy',
        detail: `${this.#name}, its credentials ${endsAt === undefined ? 'do not end' : `end at ${endsAt.toISOString()}`}`,
      };
    } catch (error) {
      return downBecause(error, signal);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    const client = await this.#opening?.catch(() => undefined);
    client?.close();
  }

  get #name(): string {
    const { endpoint, region } = this.#options;
    return `AWS Secrets Manager${endpoint === undefined ? (region === undefined ? '' : ` in ${region}`) : ` at ${endpoint}`}`;
  }

  #open(): Promise<AwsClient> {
    if (this.#closed)
      return Promise.reject(
        new SecretError('QH_SECRET_UNREACHABLE', `${this.#name} is closed`, 'Read secrets while the run goes on'),
      );
    this.#opening ??= openAwsClient(this.#name, this.#options, this.#seams);
    return this.#opening;
  }

  async #one(path: string, version: string | undefined, signal: AbortSignal): Promise<StoredSecret> {
    const client = await this.#open();
    const which =
      version === undefined
        ? {}
        : version.length >= SHORTEST_ID
          ? { VersionId: version }
          : { VersionStage: STAGES[version] ?? version };
    const call = { doing: `read ${path}`, signal, version };
    return secretOf(
      await client.ask(call, ({ sdk, client: aws, options }) =>
        aws.send(new sdk.GetSecretValueCommand({ SecretId: path, ...which }), options),
      ),
    );
  }

  /** Undefined where the role may not. Each entry that failed is told as if it had been asked for by itself. */
  async #many(paths: readonly string[], signal: AbortSignal): Promise<Found | undefined> {
    const client = await this.#open();
    let answer: BatchGetSecretValueResponse;
    try {
      const call = { doing: `read ${paths.length} secrets`, signal };
      answer = await client.ask(call, ({ sdk, client: aws, options }) =>
        aws.send(new sdk.BatchGetSecretValueCommand({ SecretIdList: [...paths] }), options),
      );
    } catch (error) {
      const { code } = error as Partial<SecretError>;
      // One name that is not well formed spoils the whole of it.
      if (code === 'QH_SECRET_DENIED') return undefined;
      if (code === 'QH_SECRET_INVALID') return new Map();
      throw error;
    }
    const found = new Map<string, StoredSecret | Error>();
    for (const entry of answer.SecretValues ?? []) {
      // By its name and by its ARN in one breath, it comes once.
      const named = paths.filter(each => each === entry.Name || each === entry.ARN || each === entry.ARN?.slice(0, -7));
      for (const path of named) found.set(path, secretOf(entry));
    }
    for (const { SecretId = '', ErrorCode: name = 'Unknown', Message: message = '' } of answer.Errors ?? [])
      found.set(SecretId, awsError({ name, message }, this.#name, `read ${SecretId}`));
    return found;
  }
}

function secretOf({ SecretString, SecretBinary, VersionId, CreatedDate }: GetSecretValueResponse): StoredSecret {
  return {
    value: SecretString ?? Buffer.from(SecretBinary ?? []).toString('base64'),
    ...(VersionId === undefined ? {} : { version: VersionId }),
    ...(CreatedDate === undefined ? {} : { createdAt: CreatedDate.toISOString() }),
  };
}

function versionOf({ VersionId = '', VersionStages = [], CreatedDate }: SecretVersionsListEntry): SecretVersion {
  const stage = VersionStages.includes('AWSCURRENT')
    ? 'current'
    : VersionStages.includes('AWSPREVIOUS')
      ? 'previous'
      : VersionStages.includes('AWSPENDING')
        ? 'pending'
        : 'older';
  return { version: VersionId, stage, ...(CreatedDate === undefined ? {} : { createdAt: CreatedDate.toISOString() }) };
}

/** What is being rotated in is newer than the current one, and is not it: the current one goes first. */
function rankOf({ stage }: SecretVersion): number {
  return stage === 'current' ? 0 : 1;
}
