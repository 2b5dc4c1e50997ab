/** A Vault that lives in the process of the test: its protocol and its errors, without its storage and its cryptography. */
import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import { type EmulatedAnswer, type EmulatedRequest, type Emulator, startEmulator } from '../emulator-server.ts';
import { acceptListVerb } from './list-verb.ts';
import { KvEngine, type KvOptions } from './vault-kv.ts';
import { type AppRole, type JwtRole, LoginBook, type SecretIdOptions } from './vault-logins.ts';
import { type Capability, PolicyBook, type PolicyRules } from './vault-policies.ts';
import { health, leases, ownToken, sealStatus } from './vault-system.ts';
import { type Lease, type Token, TokenBook, type TokenOptions } from './vault-tokens.ts';
import { DENIED, envelope, errors, NOT_FOUND, UNSUPPORTED } from './vault-words.ts';

export interface DatabaseRole {
  readonly ttlS: number;
  readonly maxTtlS: number;
  readonly renewable?: boolean;
}

export interface VaultEmulator extends Emulator {
  /** May do all. It does not end. */
  readonly rootToken: string;
  readonly leases: readonly Lease[];
  readonly tokens: readonly Token[];
  /** @param path Without a slash at its end; in a namespace with its name before it: `team/kv`. */
  mountKv(path: string, options?: KvOptions): void;
  /** Makes credentials for `creds/<role>`. */
  mountDatabase(path: string, roles: Readonly<Record<string, DatabaseRole>>): void;
  setPolicy(name: string, rules: PolicyRules): void;
  addAppRole(role: AppRole): void;
  newSecretId(roleId: string, options?: SecretIdOptions, mount?: string): string;
  addJwtRole(role: JwtRole): void;
  /** Signed by the issuer that it trusts. */
  newJwt(claims: Readonly<Record<string, unknown>>): string;
  newToken(options?: TokenOptions): Token;
  revokeToken(id: string): void;
  revokeLease(id: string): void;
  seal(): void;
  unseal(): void;
}

type Mount = KvEngine | Readonly<Record<string, DatabaseRole>>;

/** @param now Wall clock, in milliseconds: tokens and leases end by it. */
export async function startVaultEmulator({
  now = Date.now,
}: {
  readonly now?: () => number;
} = {}): Promise<VaultEmulator> {
  const vault = new Vault(now);
  const emulator = await startEmulator(request => vault.handle(request), { now });
  const front = await acceptListVerb(emulator.url);
  const close = async (): Promise<void> => {
    await front.close();
    await emulator.close();
  };
  return {
    url: front.url,
    requests: emulator.requests,
    fault: emulator.fault,
    close,
    [Symbol.asyncDispose]: close,
    rootToken: vault.root.id,
    get leases() {
      return vault.tokens.leases;
    },
    get tokens() {
      return vault.tokens.tokens;
    },
    mountKv: (path, options = {}) => void vault.mounts.set(path, new KvEngine(options, now)),
    mountDatabase: (path, roles) => void vault.mounts.set(path, roles),
    setPolicy: (name, rules) => vault.policies.set(name, rules),
    addAppRole: role => vault.logins.addAppRole(role),
    newSecretId: (roleId, options, mount) => vault.logins.newSecretId(roleId, options, mount),
    addJwtRole: role => vault.logins.addJwtRole(role),
    newJwt: claims => vault.logins.newJwt(claims),
    newToken: options => vault.tokens.create(options),
    revokeToken: id => vault.tokens.revoke(id),
    revokeLease: id => vault.tokens.revokeLease(id),
    seal: () => {
      vault.seal.sealed = true;
    },
    unseal: () => {
      vault.seal.sealed = false;
    },
  };
}

const NEEDED: Readonly<Record<string, Capability>> = { GET: 'read', POST: 'update', DELETE: 'delete', LIST: 'list' };

class Vault {
  readonly tokens: TokenBook;
  readonly logins: LoginBook;
  readonly policies = new PolicyBook();
  readonly mounts = new Map<string, Mount>();
  readonly seal = { sealed: false, initialized: true, standby: false };
  readonly root: Token;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
    this.tokens = new TokenBook(now);
    this.logins = new LoginBook(this.tokens, now);
    this.root = this.tokens.create({ policies: ['root'], ttlS: 10 ** 9 });
  }

  handle(request: EmulatedRequest): EmulatedAnswer {
    // Go decodes a path, then resolves `..` in it: a client has to keep them out.
    const path = posix.normalize(decodeURIComponent(request.path));
    if (!path.startsWith('/v1/')) return NOT_FOUND;
    const inside = path.slice(4);
    const method = this.#methodOf(request);
    if (inside === 'sys/health') return health(this.seal, request, this.#now());
    if (inside === 'sys/seal-status') return sealStatus(this.seal);
    if (this.seal.sealed) return errors(503, 'Vault is sealed');
    const namespace = (request.headers['x-vault-namespace'] ?? '').replace(/^\/|\/$/g, '');
    const mount = /^auth\/(?<mount>.+)\/login$/.exec(inside)?.groups?.mount;
    if (mount !== undefined && method === 'POST')
      return this.logins.login(mount, request, namespace) ?? errors(404, 'no handler for route');
    const { 'x-vault-token': own, authorization = '' } = request.headers;
    const token = this.tokens.use(own ?? authorization.replace(/^Bearer /i, ''));
    if (token === undefined || (token !== this.root && token.namespace !== namespace)) return DENIED;
    return this.#authorised(method, inside, namespace, request, token);
  }

  /** `PUT` is `POST`, and a list can be asked for with `GET`. */
  #methodOf({ method, query }: EmulatedRequest): string {
    if (method === 'PUT') return 'POST';
    const listed = query.get('list');
    return method === 'GET' && (listed === 'true' || listed === '1') ? 'LIST' : method;
  }

  #authorised(method: string, path: string, namespace: string, request: EmulatedRequest, token: Token): EmulatedAnswer {
    const now = this.#now();
    const asked = /^sys\/internal\/ui\/mounts\/(?<path>.+)$/.exec(path)?.groups?.path;
    if (asked !== undefined) return this.#describeMount(asked, namespace, token);
    const needed = NEEDED[method];
    if (needed === undefined) return UNSUPPORTED;
    const creating = needed === 'update' && this.policies.allows(token, path, 'create');
    if (!creating && !this.policies.allows(token, path, needed)) return DENIED;
    if (path.startsWith('auth/token/')) return ownToken(path.slice(11), method, request, token, this.tokens, now);
    if (path.startsWith('sys/leases/')) return leases(path.slice(11), request, this.tokens, now);
    const found = this.#mountOf(path, namespace);
    if (found === undefined) return errors(404, `no handler for route "${path}". route entry not found.`);
    const rest = path.slice(found.path.length + 1);
    if (found.mount instanceof KvEngine) return found.mount.handle(method, rest, request);
    return this.#credentials(path, rest, found.mount, token);
  }

  #credentials(
    path: string,
    rest: string,
    roles: Readonly<Record<string, DatabaseRole>>,
    token: Token,
  ): EmulatedAnswer {
    const name = rest.replace(/^creds\//, '');
    const role = rest.startsWith('creds/') ? roles[name] : undefined;
    if (role === undefined) return errors(400, `unknown role: ${name}`);
    const { ttlS, maxTtlS, renewable = true } = role;
    const lease = this.tokens.lend(path, token, ttlS, maxTtlS, renewable);
    const data = {
      username: `v-token-${name}-${randomBytes(8).toString('hex')}`,
      password: `${randomBytes(12).toString('base64url')}-A1a`,
    };
    return envelope({ data, lease_id: lease.id, lease_duration: ttlS, renewable });
  }

  /** Who has no right there is not told whether there is anything. */
  #describeMount(asked: string, namespace: string, token: Token): EmulatedAnswer {
    const found = this.#mountOf(asked, namespace);
    if (found === undefined || !this.policies.reaches(token, `${found.path}/`)) {
      return errors(
        403,
        `preflight capability check returned 403, please ensure client's policies grant access to path "${asked}/"`,
      );
    }
    const { path, mount } = found;
    const kv = mount instanceof KvEngine;
    const options = kv ? { version: String(mount.version) } : null;
    return envelope({
      data: { path: `${path}/`, type: kv ? 'kv' : 'database', options, local: false, description: '' },
    });
  }

  #mountOf(path: string, namespace: string): { readonly path: string; readonly mount: Mount } | undefined {
    const inside = namespace === '' ? '' : `${namespace}/`;
    const paths = [...this.mounts.keys()].filter(key => key.startsWith(inside)).map(key => key.slice(inside.length));
    const own = paths.filter(each => path === each || path.startsWith(`${each}/`));
    const [longest] = own.sort((a, b) => b.length - a.length);
    const mount = longest === undefined ? undefined : this.mounts.get(inside + longest);
    return longest === undefined || mount === undefined ? undefined : { path: longest, mount };
  }
}
