/** node-vault over our own HTTP client: its words for Vault's paths, and none of its ways with the network. */
import { createHttpClient, type HttpClient } from '@quality-hub/clients';
import { SecretError } from '@quality-hub/protocol';
import type { Mask } from '@quality-hub/telemetry';
import type NodeVault from 'node-vault';
import { authorityOf } from '../remote/authority.ts';
import { storePolicy, unreachable } from '../remote/store-policy.ts';
import { VaultRefusal } from './vault-errors.ts';
import type { VaultSeams, VaultStoreOptions } from './vault-options.ts';

export interface VaultAsk {
  readonly token?: string;
  readonly signal: AbortSignal;
  /** False where doing it twice leaves something behind. @default by method */
  readonly idempotent?: boolean;
}

export interface VaultBody {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly auth?: {
    readonly client_token: string;
    readonly lease_duration: number;
    readonly renewable: boolean;
    readonly token_type?: string;
  } | null;
  readonly lease_id?: string;
  readonly lease_duration?: number;
  readonly renewable?: boolean;
  readonly [name: string]: unknown;
}

export interface VaultClient {
  read(path: string, ask: VaultAsk): Promise<VaultBody>;
  write(path: string, body: unknown, ask: VaultAsk): Promise<VaultBody>;
  /** Whatever the status is. */
  health(ask: VaultAsk): Promise<VaultBody>;
  close(): Promise<void>;
}

export interface VaultClientOptions
  extends Pick<VaultStoreOptions, 'timeoutMs' | 'caFile' | 'unsafeSkipCertificateCheck'> {
  readonly name: string;
  readonly address: string;
  readonly namespace: string | undefined;
  readonly mask: Mask;
}

/** What node-vault hands to whoever sends. */
interface Outgoing {
  readonly method: string;
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly ask: VaultAsk;
  readonly anyStatus?: boolean;
}

interface Answered {
  readonly statusCode: number;
  readonly body: unknown;
  readonly request: { readonly path: string };
}

/** Both are loaded with the first question. */
export async function openVaultClient(options: VaultClientOptions, seams: VaultSeams): Promise<VaultClient> {
  const { name, address, namespace, mask } = options;
  const [{ default: nodeVault }, http] = await Promise.all([import('node-vault'), openHttp(options, seams)]);
  const vault = nodeVault({
    apiVersion: 'v1',
    endpoint: address,
    // Node's parser does not know the verb LIST, and many proxies do not either.
    noCustomHTTPVerbs: true,
    // It would print what is written and what signs us in.
    debug: () => {},
    'request-promise': { defaults: () => (outgoing: Outgoing) => send(http, name, mask, outgoing) },
  }) as NodeVault.client & { namespace: string; pathPrefix: string };
  // What it takes from the environment by itself would go along unseen, with logins too.
  vault.token = '';
  vault.namespace = '';
  vault.pathPrefix = '';
  const headersOf = ({ token }: VaultAsk): Record<string, string> => ({
    // So that a Vault Agent in between lets it through.
    'x-vault-request': 'true',
    ...(token === undefined ? {} : { 'x-vault-token': token }),
    ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
  });
  return {
    read: async (path, ask) => (await vault.read(path, { headers: headersOf(ask), ask })) ?? {},
    write: async (path, body, ask) => (await vault.write(path, body, { headers: headersOf(ask), ask })) ?? {},
    health: async ask => {
      const { 'x-vault-namespace': _, ...headers } = headersOf(ask);
      return (
        (await vault.read('sys/health?standbyok=true&perfstandbyok=true', { headers, ask, anyStatus: true })) ?? {}
      );
    },
    close: () => http.close(),
  };
}

async function openHttp(
  { name, address, timeoutMs, caFile, unsafeSkipCertificateCheck, mask }: VaultClientOptions,
  { registry, folder }: VaultSeams,
): Promise<HttpClient> {
  const tls = {
    verify: unsafeSkipCertificateCheck !== true,
    ...(await authorityOf(caFile, folder)),
  };
  return createHttpClient({
    name,
    baseURL: address,
    mask,
    policy: storePolicy({ name, timeoutMs, registry }),
    connection: { connections: 8, tls },
    keptBodyBytes: 0,
  });
}

async function send(http: HttpClient, name: string, mask: Mask, outgoing: Outgoing): Promise<Answered> {
  const { method, uri, headers, json, ask, anyStatus = false } = outgoing;
  const { signal, idempotent } = ask;
  const { pathname } = new URL(uri);
  const options = {
    headers,
    signal,
    throws: false,
    redirects: 0,
    ...(json === undefined ? {} : { json }),
    ...(idempotent === undefined ? {} : { idempotent }),
  };
  try {
    let response = await http.request(method, uri, options);
    const elsewhere = response.header('location');
    // A standby names the active node. The token goes along, so the way there has to be as safe as the first one.
    if ((response.status === 307 || response.status === 308) && elsewhere !== undefined)
      response = await http.request(method, asSafe(uri, elsewhere), options);
    const body: unknown = response.wholeBody?.length ? await response.json() : undefined;
    const { status } = response;
    if (anyStatus) return { statusCode: 200, body, request: { path: pathname } };
    if (status >= 400) throw refusalOf(status, body, mask);
    return { statusCode: body === undefined ? 204 : 200, body, request: { path: pathname } };
  } catch (error) {
    if (error instanceof VaultRefusal || error instanceof SecretError) throw error;
    if (signal.aborted) throw signal.reason;
    throw unreachable(name, `${method} ${pathname}`, error);
  }
}

function asSafe(from: string, to: string): string {
  const next = new URL(to, from);
  if (next.protocol === new URL(from).protocol || next.protocol === 'https:') return next.href;
  throw new SecretError(
    'QH_SECRET_UNREACHABLE',
    `${new URL(from).origin} sends us on to ${next.origin}, which is not encrypted`,
    'Correct api_addr in the configuration of Vault',
  );
}

function refusalOf(status: number, body: unknown, mask: Mask): VaultRefusal {
  const { errors, data } = (body ?? {}) as { errors?: unknown; data?: unknown };
  const texts = Array.isArray(errors) ? errors.map(text => mask.text(String(text)).replace(/\s+/g, ' ').trim()) : [];
  return new VaultRefusal(status, texts, data);
}
