/** Secrets in Azure Key Vault. */

import type { KeyVaultSecret, SecretProperties } from '@azure/keyvault-secrets';
import {
  OptionError,
  type ReadSecretOptions,
  SecretError,
  type SecretStore,
  type SecretVersion,
  type StoredSecret,
  type StoreHealth,
} from '@quality-hub/protocol';
import { downBecause } from '../remote/down.ts';
import { type AzureClient, openAzureClient } from './azure-client.ts';
import type { AzureSeams, AzureStoreOptions } from './azure-options.ts';

/** @see https://learn.microsoft.com/azure/key-vault/general/about-keys-secrets-certificates */
const NAME = /^[0-9a-zA-Z-]{1,127}$/;
const ID = /^[0-9a-f]{32}$/;

/**
 * A path is the name of a secret. A version is its id, or `previous`. A text comes as it is; keys of one that holds JSON are had
 * with `#key`.
 *
 * The vault tells the age of a version in whole seconds, and lists them by their ids: of two that were written in one second, the
 * current one is known, and which of two older ones came first is not.
 *
 * @throws {OptionError} (`QH_OPTION`) without the URL of a vault, and for one that is not https.
 */
export function azureStore(options: AzureStoreOptions = {}, seams: AzureSeams = {}): SecretStore {
  const vaultUrl = options.vaultUrl ?? (seams.env ?? process.env).AZURE_KEYVAULT_URL;
  if (vaultUrl === undefined)
    throw new OptionError('The vault of Azure', ['has no URL, expected vaultUrl, or the variable AZURE_KEYVAULT_URL']);
  if (!/^https:\/\/[^/]/.test(vaultUrl))
    throw new OptionError('The vault of Azure', [`has the URL "${vaultUrl}", expected https://name.vault.azure.net`]);
  return new AzureStore(options, seams, vaultUrl.replace(/\/+$/, ''));
}

class AzureStore implements SecretStore {
  readonly kind = 'azure';
  readonly #options: AzureStoreOptions;
  readonly #seams: AzureSeams;
  readonly #url: string;
  #opening: Promise<AzureClient> | undefined;
  #closed = false;

  constructor(options: AzureStoreOptions, seams: AzureSeams, url: string) {
    this.#options = options;
    this.#seams = seams;
    this.#url = url;
  }

  async read(path: string, { version, signal }: ReadSecretOptions): Promise<StoredSecret> {
    const client = await this.#open(path, signal);
    const id = version === 'previous' ? await this.#previousOf(client, path, signal) : version;
    if (id !== undefined && !ID.test(id)) {
      throw new SecretError(
        'QH_SECRET_VERSION',
        `${path} has no version ${id}: versions in Key Vault are 32 hexadecimal digits`,
        'Write its id, or previous',
      );
    }
    const call = { doing: `read ${path}`, signal, version: id };
    const secret = await client.ask(call, (asked, abortSignal) =>
      asked.getSecret(path, { abortSignal, ...(id === undefined ? {} : { version: id }) }),
    );
    return this.#inItsTime(secret);
  }

  async versions(path: string, { signal }: { readonly signal: AbortSignal }): Promise<readonly SecretVersion[]> {
    const client = await this.#open(path, signal);
    const all = await this.#list(client, path, signal);
    const previous = all.slice(1).find(({ enabled }) => enabled !== false);
    return all.map((properties, index) => ({
      version: properties.version ?? '',
      stage: index === 0 ? 'current' : properties === previous ? 'previous' : 'older',
      ...(properties.createdOn === undefined ? {} : { createdAt: properties.createdOn.toISOString() }),
    }));
  }

  async write(
    path: string,
    value: StoredSecret['value'],
    { signal }: { readonly signal: AbortSignal },
  ): Promise<SecretVersion> {
    const client = await this.#open(path, signal);
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    // Asked twice, it would make two versions.
    const call = { doing: `write ${path}`, signal, idempotent: false };
    const { properties } = await client.ask(call, (asked, abortSignal) => asked.setSecret(path, text, { abortSignal }));
    return { version: properties.version ?? '', stage: 'current' };
  }

  async health({ signal }: { readonly signal: AbortSignal }): Promise<StoreHealth> {
    try {
      const client = await this.#open(undefined, signal);
      await client
        .ask({ doing: 'list secrets', signal }, (asked, abortSignal) =>
          asked.listPropertiesOfSecrets({ abortSignal }).next(),
        )
        .catch((error: unknown) => {
          // Who may not list them is known all the same; whom the firewall keeps out is not.
          if (
            !(error instanceof SecretError) ||
            error.code !== 'QH_SECRET_DENIED' ||
            /ForbiddenByFirewall/.test(error.message)
          )
            throw error;
        });
      const { endsAt } = client;
      const left = endsAt === undefined ? 'is not known' : `ends in ${Math.round((endsAt - this.#now()) / 1_000)} s`;
      return { state: 'healthy', detail: `${this.#name}, its token ${left}` };
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
    return `Key Vault ${this.#url}`;
  }

  #now(): number {
    return (this.#seams.now ?? Date.now)();
  }

  #open(path: string | undefined, signal: AbortSignal): Promise<AzureClient> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#closed)
      return Promise.reject(
        new SecretError('QH_SECRET_UNREACHABLE', `${this.#name} is closed`, 'Read secrets while the run goes on'),
      );
    if (path !== undefined && !NAME.test(path)) {
      const message = `"${path}" is no name of a secret in Key Vault`;
      return Promise.reject(
        new SecretError('QH_SECRET_INVALID', message, 'Names are letters, digits and hyphens, up to 127'),
      );
    }
    this.#opening ??= openAzureClient(this.#name, this.#url, this.#options, this.#seams).catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  /** The newest first. A name that is not there has no versions, and no error. */
  async #list(client: AzureClient, path: string, signal: AbortSignal): Promise<SecretProperties[]> {
    const all = await client.ask({ doing: `list the versions of ${path}`, signal }, async (asked, abortSignal) => {
      const found: SecretProperties[] = [];
      for await (const properties of asked.listPropertiesOfSecretVersions(path, { abortSignal }))
        found.push(properties);
      return found;
    });
    if (all.length === 0) {
      throw new SecretError(
        'QH_SECRET_NOT_FOUND',
        `${this.#name} has no secret ${path}`,
        'Compare name and vault with `az keyvault secret list`; what was deleted can be recovered',
      );
    }
    all.sort((a, b) => ageOf(b) - ageOf(a));
    const [first, second] = all;
    if (first === undefined || second === undefined || ageOf(first) > ageOf(second)) return all;
    const current = await client.ask({ doing: `read ${path}`, signal }, (asked, abortSignal) =>
      asked.getSecret(path, { abortSignal }),
    );
    const isCurrent = ({ version }: SecretProperties): number => (version === current.properties.version ? 1 : 0);
    return all.sort((a, b) => isCurrent(b) - isCurrent(a));
  }

  async #previousOf(client: AzureClient, path: string, signal: AbortSignal): Promise<string> {
    const [, ...older] = await this.#list(client, path, signal);
    const previous = older.find(({ enabled }) => enabled !== false)?.version;
    if (previous !== undefined) return previous;
    throw new SecretError(
      'QH_SECRET_VERSION',
      `${this.#name} has no version of ${path} before the current one`,
      'It was never changed, or the older ones are disabled',
    );
  }

  /** The vault gives out what is over as well; it says that nobody should use it. */
  #inItsTime({ name, value = '', properties }: KeyVaultSecret): StoredSecret {
    const { version, createdOn, expiresOn, notBefore } = properties;
    const now = this.#now();
    if (expiresOn !== undefined && expiresOn.getTime() <= now) {
      throw new SecretError(
        'QH_SECRET_EXPIRED',
        `The secret ${name} in ${this.#name} is over since ${expiresOn.toISOString()}`,
        'Write a new version, with a later end',
      );
    }
    if (notBefore !== undefined && notBefore.getTime() > now) {
      throw new SecretError(
        'QH_SECRET_INVALID',
        `The secret ${name} in ${this.#name} is valid from ${notBefore.toISOString()} on, and now it is ${new Date(now).toISOString()}`,
        'Ask for the version before it, or compare the clocks',
      );
    }
    return {
      value,
      ...(version === undefined ? {} : { version }),
      ...(createdOn === undefined ? {} : { createdAt: createdOn.toISOString() }),
      ...(expiresOn === undefined ? {} : { expiresAt: expiresOn.toISOString() }),
    };
  }
}

function ageOf({ createdOn }: SecretProperties): number {
  return createdOn?.getTime() ?? 0;
}
