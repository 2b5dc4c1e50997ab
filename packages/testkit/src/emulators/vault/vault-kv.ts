/** The engines `kv` of the emulated Vault: one without versions, one with them. */
import { type EmulatedAnswer, type EmulatedRequest, jsonBody } from '../emulator-server.ts';
import { envelope, errors, NO_CONTENT, NOT_FOUND, UNSUPPORTED, vaultTime } from './vault-words.ts';

export interface KvOptions {
  /** @default 2 */
  readonly version?: 1 | 2;
  /** Older ones are dropped. @default 10 */
  readonly maxVersions?: number;
  /** A write has to say which version it replaces. @default false */
  readonly casRequired?: boolean;
  /** A version is deleted by itself after so long. @default never */
  readonly deleteVersionAfterS?: number;
}

interface Version {
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
  deletedAt: number | undefined;
  destroyed: boolean;
}

interface Entry {
  readonly versions: Map<number, Version>;
  current: number;
  readonly createdAt: number;
  updatedAt: number;
}

export class KvEngine {
  readonly version: 1 | 2;
  readonly #options: KvOptions;
  readonly #now: () => number;
  readonly #plain = new Map<string, Readonly<Record<string, unknown>>>();
  readonly #entries = new Map<string, Entry>();

  constructor(options: KvOptions, now: () => number) {
    this.version = options.version ?? 2;
    this.#options = options;
    this.#now = now;
  }

  /** @param path Below the mount, decoded. */
  handle(method: string, path: string, request: EmulatedRequest): EmulatedAnswer {
    if (this.version === 1) return this.#first(method, path, request);
    const [part = '', ...rest] = path.split('/');
    const name = rest.join('/');
    if (part === 'data' && method === 'GET') return this.#read(name, Number(request.query.get('version') ?? 0));
    if (part === 'data' && method === 'POST') return this.#write(name, request);
    if (part === 'data' && method === 'DELETE') return this.#mark(name, undefined, 'delete');
    if (part === 'metadata' && method === 'LIST') return list([...this.#entries.keys()], name);
    if (part === 'metadata' && method === 'GET') return this.#metadata(name);
    if (part === 'metadata' && method === 'DELETE') {
      this.#entries.delete(name);
      return NO_CONTENT;
    }
    if ((part === 'delete' || part === 'undelete' || part === 'destroy') && method === 'POST') {
      return this.#mark(name, jsonBody(request)?.versions as readonly number[] | undefined, part);
    }
    return part === 'data' || part === 'metadata' ? UNSUPPORTED : NOT_FOUND;
  }

  #first(method: string, path: string, request: EmulatedRequest): EmulatedAnswer {
    if (method === 'LIST') return list([...this.#plain.keys()], path);
    if (method === 'DELETE') {
      this.#plain.delete(path);
      return NO_CONTENT;
    }
    if (method === 'POST') {
      this.#plain.set(path, jsonBody(request) ?? {});
      return NO_CONTENT;
    }
    const data = this.#plain.get(path);
    // The lease of the old engine is a piece of advice: how long to keep it. There is nothing to renew.
    return data === undefined ? NOT_FOUND : envelope({ data, lease_duration: 2_764_800 });
  }

  #read(name: string, asked: number): EmulatedAnswer {
    const entry = this.#entries.get(name);
    const number = asked === 0 ? (entry?.current ?? 0) : asked;
    const version = entry?.versions.get(number);
    if (entry === undefined || version === undefined) return NOT_FOUND;
    const gone = version.destroyed || this.#isDeleted(version);
    const metadata = { ...this.#describe(version), custom_metadata: null, version: number };
    return envelope({ data: { data: gone ? null : version.data, metadata } }, gone ? 404 : 200);
  }

  #write(name: string, request: EmulatedRequest): EmulatedAnswer {
    const { data, options } = (jsonBody(request) ?? {}) as { data?: object; options?: { cas?: number } };
    if (data === undefined) return errors(400, 'no data provided');
    const now = this.#now();
    const entry = this.#entries.get(name) ?? { versions: new Map(), current: 0, createdAt: now, updatedAt: now };
    const cas = options?.cas;
    if (cas === undefined && this.#options.casRequired)
      return errors(400, 'check-and-set parameter required for this call');
    if (cas !== undefined && cas !== entry.current)
      return errors(400, 'check-and-set parameter did not match the current version');
    entry.current += 1;
    entry.updatedAt = now;
    const { deleteVersionAfterS: after, maxVersions = 10 } = this.#options;
    const version: Version = {
      data: data as Readonly<Record<string, unknown>>,
      createdAt: now,
      deletedAt: after === undefined ? undefined : now + after * 1_000,
      destroyed: false,
    };
    entry.versions.set(entry.current, version);
    for (const number of entry.versions.keys())
      if (number <= entry.current - maxVersions) entry.versions.delete(number);
    this.#entries.set(name, entry);
    return envelope({ data: { ...this.#describe(version), custom_metadata: null, version: entry.current } });
  }

  #mark(name: string, numbers: readonly number[] | undefined, what: 'delete' | 'undelete' | 'destroy'): EmulatedAnswer {
    const entry = this.#entries.get(name);
    for (const number of numbers ?? [entry?.current ?? 0]) {
      const version = entry?.versions.get(number);
      if (version === undefined) continue;
      if (what === 'destroy') version.destroyed = true;
      else version.deletedAt = what === 'delete' ? this.#now() : undefined;
    }
    return NO_CONTENT;
  }

  #metadata(name: string): EmulatedAnswer {
    const entry = this.#entries.get(name);
    if (entry === undefined) return NOT_FOUND;
    const numbers = [...entry.versions.keys()];
    return envelope({
      data: {
        cas_required: this.#options.casRequired ?? false,
        created_time: vaultTime(entry.createdAt),
        current_version: entry.current,
        custom_metadata: null,
        delete_version_after: `${this.#options.deleteVersionAfterS ?? 0}s`,
        max_versions: this.#options.maxVersions ?? 0,
        oldest_version: Math.min(...numbers),
        updated_time: vaultTime(entry.updatedAt),
        versions: Object.fromEntries([...entry.versions].map(([number, each]) => [number, this.#describe(each)])),
      },
    });
  }

  /** A moment of deletion in the time to come is told as well. */
  #describe({ createdAt, deletedAt, destroyed }: Version) {
    const deletion_time = deletedAt === undefined ? '' : vaultTime(deletedAt);
    return { created_time: vaultTime(createdAt), deletion_time, destroyed };
  }

  #isDeleted({ deletedAt }: Version): boolean {
    return deletedAt !== undefined && this.#now() >= deletedAt;
  }
}

function list(names: readonly string[], folder: string): EmulatedAnswer {
  const prefix = folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
  const below = names.filter(name => name.startsWith(prefix)).map(name => name.slice(prefix.length));
  const keys = [...new Set(below.map(name => (name.includes('/') ? `${name.split('/')[0]}/` : name)))].sort();
  return keys.length === 0 ? NOT_FOUND : envelope({ data: { keys } });
}
