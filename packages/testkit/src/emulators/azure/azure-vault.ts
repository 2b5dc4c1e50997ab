/** The secrets of the emulated Key Vault. @see https://learn.microsoft.com/rest/api/keyvault/secrets */
import { randomBytes } from 'node:crypto';
import { type EmulatedAnswer, type EmulatedRequest, jsonBody } from '../emulator-server.ts';

interface Version {
  readonly id: string;
  readonly value: string;
  readonly contentType: string | undefined;
  readonly tags: Readonly<Record<string, string>> | undefined;
  readonly createdAt: number;
  updatedAt: number;
  enabled: boolean;
  nbf: number | undefined;
  exp: number | undefined;
}

interface Held {
  readonly versions: Version[];
  deletedAt: number | undefined;
}

const NAME = /^[0-9a-zA-Z-]{1,127}$/;
/** Retention of what was deleted. */
const DAYS = 90;

export class AzureVault {
  readonly #now: () => number;
  readonly #secrets = new Map<string, Held>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** @param url Of the vault, which stands in every id. */
  handle(request: EmulatedRequest, url: string): EmulatedAnswer {
    const [collection = '', name, part, ...rest] = request.path.replace(/^\//, '').split('/').map(decodeURIComponent);
    if (rest.length > 0 || (collection !== 'secrets' && collection !== 'deletedsecrets'))
      return azureError(404, 'NotFound', 'The resource was not found.');
    if (name !== undefined && name !== '' && !NAME.test(name))
      return azureError(400, 'BadParameter', `The request URI contains an invalid name: ${name}`);
    if (collection === 'deletedsecrets') return this.#deleted(request.method, name ?? '', part, url);
    if (name === undefined || name === '') return this.#page(request, this.#names(url), url);
    if (request.method === 'PUT') return this.#set(name, request, url);
    if (request.method === 'GET' && part === 'versions') return this.#versions(name, request, url);
    const held = this.#alive(name);
    const versions = held?.versions ?? [];
    if (held === undefined) return notFound(name);
    if (request.method === 'DELETE') {
      held.deletedAt = this.#now();
      return { status: 200, body: this.#deletedBundle(name, held, url) };
    }
    const version = part === undefined || part === '' ? versions.at(-1) : versions.find(({ id }) => id === part);
    if (version === undefined) return notFound(`${name}/${part}`);
    if (request.method === 'PATCH') return this.#update(name, version, request, url);
    if (request.method !== 'GET') return azureError(405, 'MethodNotAllowed', 'The method is not allowed.');
    if (!version.enabled)
      return azureError(403, 'Forbidden', 'Operation get is not allowed on a disabled secret.', 'SecretDisabled');
    return { status: 200, body: { value: version.value, ...this.#describe(name, version, url) } };
  }

  #set(name: string, request: EmulatedRequest, url: string): EmulatedAnswer {
    const {
      value,
      contentType,
      tags,
      attributes = {},
    } = (jsonBody(request) ?? {}) as {
      value?: unknown;
      contentType?: string;
      tags?: Record<string, string>;
      attributes?: { enabled?: boolean; nbf?: number; exp?: number };
    };
    if (typeof value !== 'string') return azureError(400, 'BadParameter', 'The parameter value is missing.');
    if (Buffer.byteLength(value) > 25_600)
      return azureError(400, 'BadParameter', 'The secret value is longer than 25600 bytes.');
    const held = this.#secrets.get(name) ?? { versions: [], deletedAt: undefined };
    if (held.deletedAt !== undefined) {
      const message = `Secret ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, the secret can only be recovered or purged.`;
      return azureError(409, 'Conflict', message, 'ObjectIsDeletedButRecoverable');
    }
    const { enabled = true, nbf, exp } = attributes;
    const now = this.#now();
    const id = randomBytes(16).toString('hex');
    const version = { id, value, contentType, tags, createdAt: now, updatedAt: now, enabled, nbf, exp };
    held.versions.push(version);
    this.#secrets.set(name, held);
    return { status: 200, body: { value, ...this.#describe(name, version, url) } };
  }

  #update(name: string, version: Version, request: EmulatedRequest, url: string): EmulatedAnswer {
    const { attributes = {} } = (jsonBody(request) ?? {}) as { attributes?: Partial<Version> };
    if (attributes.enabled !== undefined) version.enabled = attributes.enabled;
    if (attributes.nbf !== undefined) version.nbf = attributes.nbf;
    if (attributes.exp !== undefined) version.exp = attributes.exp;
    version.updatedAt = this.#now();
    return { status: 200, body: this.#describe(name, version, url) };
  }

  #versions(name: string, request: EmulatedRequest, url: string): EmulatedAnswer {
    const held = this.#alive(name);
    // There is no error for a name that is not there: it has no versions.
    if (held === undefined) return this.#page(request, [], url);
    // By their ids, as the service has them: not by their age.
    const sorted = held.versions.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    return this.#page(
      request,
      sorted.map(version => this.#describe(name, version, url)),
      url,
    );
  }

  #page(request: EmulatedRequest, items: readonly unknown[], url: string): EmulatedAnswer {
    const most = Number(request.query.get('maxresults') ?? 25);
    const from = Number(request.query.get('$skiptoken') ?? 0);
    const next = from + most;
    const query = `api-version=${request.query.get('api-version')}&$skiptoken=${next}&maxresults=${most}`;
    const nextLink = next < items.length ? `${url}${request.path}?${query}` : null;
    return { status: 200, body: { value: items.slice(from, next), nextLink } };
  }

  #deleted(method: string, name: string, part: string | undefined, url: string): EmulatedAnswer {
    const held = this.#secrets.get(name);
    if (held?.deletedAt === undefined) return notFound(name);
    if (method === 'GET') return { status: 200, body: this.#deletedBundle(name, held, url) };
    if (method === 'POST' && part === 'recover') {
      held.deletedAt = undefined;
      return { status: 200, body: this.#describe(name, held.versions.at(-1) as Version, url) };
    }
    this.#secrets.delete(name);
    return { status: 204 };
  }

  /** Without values, and without the id of a version. */
  #names(url: string): readonly unknown[] {
    return [...this.#secrets].flatMap(([name, { versions, deletedAt }]) => {
      const newest = versions.at(-1);
      if (newest === undefined || deletedAt !== undefined) return [];
      return [{ ...this.#describe(name, newest, url), id: `${url}/secrets/${name}` }];
    });
  }

  #alive(name: string): Held | undefined {
    const held = this.#secrets.get(name);
    return held?.deletedAt === undefined ? held : undefined;
  }

  #deletedBundle(name: string, held: Held, url: string) {
    const deletedAt = held.deletedAt ?? this.#now();
    return {
      ...this.#describe(name, held.versions.at(-1) as Version, url),
      recoveryId: `${url}/deletedsecrets/${name}`,
      deletedDate: Math.floor(deletedAt / 1_000),
      scheduledPurgeDate: Math.floor(deletedAt / 1_000) + DAYS * 86_400,
    };
  }

  #describe(name: string, version: Version, url: string) {
    const { id, contentType, tags, enabled, nbf, exp, createdAt, updatedAt } = version;
    return {
      id: `${url}/secrets/${name}/${id}`,
      ...(contentType === undefined ? {} : { contentType }),
      ...(tags === undefined ? {} : { tags }),
      attributes: {
        enabled,
        ...(nbf === undefined ? {} : { nbf }),
        ...(exp === undefined ? {} : { exp }),
        created: Math.floor(createdAt / 1_000),
        updated: Math.floor(updatedAt / 1_000),
        recoveryLevel: 'Recoverable+Purgeable',
        recoverableDays: DAYS,
      },
    };
  }
}

export function azureError(status: number, code: string, message: string, inner?: string): EmulatedAnswer {
  return {
    status,
    body: { error: { code, message, ...(inner === undefined ? {} : { innererror: { code: inner } }) } },
  };
}

function notFound(name: string): EmulatedAnswer {
  const message = `A secret with (name/id) ${name} was not found in this key vault. If you recently deleted this secret you may be able to recover it using the correct recovery command. For help resolving this issue, please see https://go.microsoft.com/fwlink/?linkid=2125182`;
  return azureError(404, 'SecretNotFound', message);
}
