/** Secrets in HashiCorp Vault, or OpenBao: keys and values, and credentials that are made for this run alone. */

import {
  type ReadSecretOptions,
  SecretError,
  type SecretStore,
  type StoredSecret,
  type StoreHealth,
} from '@quality-hub/protocol';
import { createMask, type Mask } from '@quality-hub/telemetry';
import { downBecause } from '../remote/down.ts';
import { checkAddress, isLoopback } from '../remote/plain-http.ts';
import { raced } from '../remote/raced.ts';
import { DEADLINE_MS } from '../remote/store-policy.ts';
import { noVersions, readPlain, readVersioned, type VaultCalls, versionsOf, writeKeys } from './key-value-engine.ts';
import { LeaseKeeper } from './lease-keeper.ts';
import type { WatchSeams } from './lifetime-watcher.ts';
import { Mounts } from './mounts.ts';
import { nothingThere } from './nothing-there.ts';
import { signIn } from './sign-in.ts';
import { TokenKeeper } from './token-keeper.ts';
import { openVaultClient, type VaultClient } from './vault-client.ts';
import { isRefused, VaultRefusal, vaultError } from './vault-errors.ts';
import type { VaultSeams, VaultStoreOptions } from './vault-options.ts';
import { encodeVaultPath } from './vault-path.ts';

const CLOSE_MS = 5_000;

/**
 * A path is what `vault kv get` takes: mount, then name (`kv/shop/payment`). Where the mount is an engine of another kind, the
 * path is read as it is (`database/creds/tests`): the credentials are renewed while the store is open, read again they are
 * the same, and `close` gives them back. A process that is killed leaves them to their time to live.
 *
 * @throws {OptionError} (`QH_OPTION`) for an address that is none, or plain HTTP to another machine.
 */
export function vaultStore(options: VaultStoreOptions = {}, seams: VaultSeams = {}): SecretStore {
  const { env = process.env, onUnsafe = () => {} } = seams;
  const asked = options.address ?? env.VAULT_ADDR ?? 'https://127.0.0.1:8200';
  const address = checkAddress('The address of Vault', asked, options.unsafeAllowHttp);
  if (options.unsafeSkipCertificateCheck) onUnsafe(`the certificate of ${address} is not checked`);
  if (address.startsWith('http:') && !isLoopback(address)) onUnsafe(`${address} is asked over plain HTTP`);
  return new VaultStore(options, seams, address);
}

class VaultStore implements SecretStore {
  readonly kind = 'vault';
  readonly #options: VaultStoreOptions;
  readonly #seams: VaultSeams;
  readonly #address: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #mask: Mask;
  readonly #watch: WatchSeams;
  readonly #making = new Map<string, Promise<StoredSecret>>();
  #opening: Promise<Opened> | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: VaultStoreOptions, seams: VaultSeams, address: string) {
    this.#options = options;
    this.#seams = seams;
    this.#address = address;
    this.#env = seams.env ?? process.env;
    this.#mask = seams.mask ?? createMask();
    this.#watch = { now: seams.now ?? Date.now, after: seams.after ?? timer, random: seams.random ?? Math.random };
  }

  read(path: string, { version, fresh = false, signal }: ReadSecretOptions): Promise<StoredSecret> {
    return this.#inWords(`read ${path}`, signal, async ({ calls, mounts, leases, tokens }) => {
      const mounted = await mounts.of(path, signal);
      if (mounted.engine !== 'dynamic') {
        const read = mounted.engine === 'kv2' ? readVersioned : readPlain;
        return read(calls, mounted, version, signal).catch(async (error: unknown) => {
          throw isRefused(error, 404) ? await nothingThere(calls, mounted, this.#name, error, signal) : error;
        });
      }
      if (version !== undefined) throw noVersions(mounted, version);
      // A token that is over takes its leases along: it has to be looked at first.
      await tokens.get(signal);
      const secret = leases.held(path, fresh) ?? (await raced(this.#makeOnce(path), signal));
      return atMostUntil(secret, tokens.endsAt);
    });
  }

  versions(path: string, { signal }: { readonly signal: AbortSignal }) {
    return this.#inWords(`list the versions of ${path}`, signal, async ({ calls, mounts }) => {
      const mounted = await mounts.of(path, signal);
      if (mounted.engine === 'dynamic') throw noVersions(mounted, 'the list of them');
      return versionsOf(calls, mounted, signal);
    });
  }

  write(path: string, value: StoredSecret['value'], { signal }: { readonly signal: AbortSignal }) {
    return this.#inWords(`write ${path}`, signal, async ({ calls, mounts }) => {
      const mounted = await mounts.of(path, signal);
      if (mounted.engine !== 'dynamic') return writeKeys(calls, mounted, value, signal);
      throw new SecretError(
        'QH_SECRET_INVALID',
        `${path} is made by Vault, it cannot be written`,
        'Write to an engine kv',
      );
    });
  }

  async health({ signal }: { readonly signal: AbortSignal }): Promise<StoreHealth> {
    try {
      const { client, tokens } = await this.#open();
      const { initialized, sealed, version } = await client.health({ signal });
      if (initialized === false)
        return { state: 'down', detail: `${this.#name} is not initialized: \`vault operator init\`` };
      if (sealed === true) return { state: 'down', detail: `${this.#name} is sealed: \`vault operator unseal\`` };
      await tokens.get(signal);
      const { endsAt } = tokens;
      const left =
        endsAt === undefined
          ? 'does not end'
          : `ends in ${Math.max(0, Math.round((endsAt - this.#watch.now()) / 1_000))} s`;
      return { state: 'healthy', detail: `Vault ${version}, its token ${left}` };
    } catch (error) {
      return downBecause(error, signal);
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  get #name(): string {
    return `Vault at ${this.#address}`;
  }

  async #close(): Promise<void> {
    const opened = await this.#opening?.catch(() => undefined);
    if (opened === undefined) return;
    const signal = AbortSignal.timeout(CLOSE_MS);
    await opened.leases.close(signal);
    await opened.tokens.close(signal).catch(() => undefined);
    await opened.client.close();
  }

  #open(): Promise<Opened> {
    if (this.#closing !== undefined) {
      const closed = new SecretError(
        'QH_SECRET_UNREACHABLE',
        `${this.#name} is closed`,
        'Read secrets while the run goes on',
      );
      return Promise.reject(closed);
    }
    this.#opening ??= this.#openNow().catch((error: unknown) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #openNow(): Promise<Opened> {
    const {
      auth = { method: 'token' },
      mounts: known = {},
      namespace,
      caFile,
      timeoutMs,
      unsafeSkipCertificateCheck,
    } = this.#options;
    const authority = caFile ?? this.#env.VAULT_CACERT;
    const client = await openVaultClient(
      {
        name: this.#name,
        address: this.#address,
        namespace: namespace ?? this.#env.VAULT_NAMESPACE,
        mask: this.#mask,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        ...(authority === undefined ? {} : { caFile: authority }),
        ...(unsafeSkipCertificateCheck === undefined ? {} : { unsafeSkipCertificateCheck }),
      },
      this.#seams,
    );
    const leases = new LeaseKeeper({ client, seams: this.#watch });
    const tokens = new TokenKeeper({
      client,
      seams: this.#watch,
      onGone: token => leases.forgetThoseOf(token),
      signIn: signal => signIn(auth, { ...this.#seams, name: this.#name, client, mask: this.#mask, signal }),
    });
    const calls: VaultCalls = {
      now: this.#watch.now,
      read: (path, signal) => withToken(tokens, signal, token => client.read(path, { token, signal })),
      write: (path, body, signal) => withToken(tokens, signal, token => client.write(path, body, { token, signal })),
    };
    return { client, tokens, leases, calls, mounts: new Mounts(known, calls.read) };
  }

  /** Many who ask for the same get the same credentials: each set is a user in a database. */
  #makeOnce(path: string): Promise<StoredSecret> {
    const running = this.#making.get(path);
    if (running !== undefined) return running;
    const making = this.#make(path, AbortSignal.timeout(DEADLINE_MS)).finally(() => this.#making.delete(path));
    this.#making.set(path, making);
    return making;
  }

  async #make(path: string, signal: AbortSignal): Promise<StoredSecret> {
    const { client, tokens, leases } = await this.#open();
    const encoded = encodeVaultPath(path);
    return withToken(tokens, signal, async token => {
      // Asked twice, it would make two.
      const body = await client.read(encoded, { token, signal, idempotent: false });
      const { data, lease_id: id = '', lease_duration: leaseS = 0, renewable = false } = body;
      const value = data ?? {};
      if (id === '') return { value };
      return leases.hold(path, { id, token, value, leaseMs: leaseS * 1_000, renewable });
    });
  }

  async #inWords<T>(doing: string, signal: AbortSignal, work: (opened: Opened) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    try {
      return await work(await this.#open());
    } catch (error) {
      throw error instanceof VaultRefusal ? vaultError(error, this.#name, doing) : error;
    }
  }
}

interface Opened {
  readonly client: VaultClient;
  readonly tokens: TokenKeeper;
  readonly leases: LeaseKeeper;
  readonly calls: VaultCalls;
  readonly mounts: Mounts;
}

/** Once more with a new token, where the old one was at fault. */
async function withToken<T>(tokens: TokenKeeper, signal: AbortSignal, work: (token: string) => Promise<T>): Promise<T> {
  const token = await tokens.get(signal);
  try {
    return await work(token);
  } catch (error) {
    if (!isRefused(error, 403) || !(await tokens.isGone(token, signal))) throw error;
    return work(await tokens.get(signal));
  }
}

/** A lease ends with the token that it was made with. */
function atMostUntil(secret: StoredSecret, endsAt: number | undefined): StoredSecret {
  const { expiresAt } = secret;
  if (expiresAt === undefined || endsAt === undefined || Date.parse(expiresAt) <= endsAt) return secret;
  return { ...secret, expiresAt: new Date(endsAt).toISOString() };
}

function timer(delayMs: number, run: () => void): () => void {
  const waiting = setTimeout(run, Math.min(delayMs, 2_147_483_647));
  waiting.unref();
  return () => clearTimeout(waiting);
}
