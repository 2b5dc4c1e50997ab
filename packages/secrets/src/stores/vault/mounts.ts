/** What stands behind a path: keys and values with versions, without them, or an engine that makes credentials. */
import { SecretError } from '@quality-hub/protocol';
import type { VaultBody } from './vault-client.ts';
import { isRefused } from './vault-errors.ts';
import { encodeVaultPath } from './vault-path.ts';

export interface Mounted {
  /** Without a slash at its end. */
  readonly mount: string;
  readonly engine: 'kv1' | 'kv2' | 'dynamic';
  /** Below the mount; empty where the path is the mount itself. */
  readonly rest: string;
}

export type AskMount = (path: string, signal: AbortSignal) => Promise<VaultBody>;

type Engine = Mounted['engine'];

export class Mounts {
  readonly #known: Map<string, Engine>;
  readonly #ask: AskMount;

  constructor(known: Readonly<Record<string, Engine>>, ask: AskMount) {
    this.#known = new Map(Object.entries(known).map(([path, engine]) => [path.replace(/^\/+|\/+$/g, ''), engine]));
    this.#ask = ask;
  }

  /** Vault is asked once for each mount, as its own command line does. @throws {SecretError} */
  async of(path: string, signal: AbortSignal): Promise<Mounted> {
    const known = this.#find(path) ?? (await this.#learn(path, signal));
    if (known.rest !== '') return known;
    throw new SecretError(
      'QH_SECRET_INVALID',
      `"${path}" is a mount of Vault, and no secret in it`,
      'Write the path of the secret behind it',
    );
  }

  #find(path: string): Mounted | undefined {
    const [longest] = [...this.#known]
      .filter(([mount]) => path === mount || path.startsWith(`${mount}/`))
      .sort(([a], [b]) => b.length - a.length);
    if (longest === undefined) return undefined;
    const [mount, engine] = longest;
    return { mount, engine, rest: path.slice(mount.length + 1) };
  }

  async #learn(path: string, signal: AbortSignal): Promise<Mounted> {
    let body: VaultBody;
    try {
      body = await this.#ask(`sys/internal/ui/mounts/${encodeVaultPath(path)}`, signal);
    } catch (error) {
      if (!isRefused(error, 403) && !isRefused(error, 404)) throw error;
      throw new SecretError(
        'QH_SECRET_DENIED',
        `Vault does not say what is mounted at "${path}": there is nothing, or nothing that our token may use`,
        'Compare mount and namespace with `vault secrets list`; where the token may not ask, name the engine in `mounts`',
        error,
      );
    }
    const {
      path: mounted = '',
      type,
      options,
    } = (body.data ?? {}) as { path?: string; type?: string; options?: { version?: string } | null };
    const mount = mounted.replace(/\/+$/, '');
    const engine = type !== 'kv' && type !== 'generic' ? 'dynamic' : options?.version === '2' ? 'kv2' : 'kv1';
    this.#known.set(mount, engine);
    return { mount, engine, rest: path.slice(mount.length + 1) };
  }
}
