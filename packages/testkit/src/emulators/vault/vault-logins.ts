/** Ways to sign in to the emulated Vault: AppRole, JWT and Kubernetes. */
import { generateKeyPairSync, randomUUID, sign, verify } from 'node:crypto';
import { type EmulatedAnswer, type EmulatedRequest, jsonBody } from '../emulator-server.ts';
import type { Token, TokenBook, TokenOptions } from './vault-tokens.ts';
import { DENIED, envelope, errors } from './vault-words.ts';

export interface AppRole {
  readonly roleId: string;
  /** What its tokens are like. */
  readonly token?: TokenOptions;
  /** @default 'approle' */
  readonly mount?: string;
}

export interface SecretIdOptions {
  /** @default never over */
  readonly ttlS?: number;
  /** Logins that it is good for; 0 for any number. @default 0 */
  readonly uses?: number;
}

export interface JwtRole {
  readonly name: string;
  readonly audience?: string;
  /** Claims that have to have these values. */
  readonly boundClaims?: Readonly<Record<string, string>>;
  readonly token?: TokenOptions;
  /** `kubernetes` says less about what is wrong. @default 'jwt' */
  readonly mount?: string;
}

interface SecretId {
  readonly expiresAt: number;
  usesLeft: number;
}

/** Seconds by which a clock may differ. @see https://developer.hashicorp.com/vault/api-docs/auth/jwt (clock_skew_leeway) */
const LEEWAY_S = 60;

export class LoginBook {
  readonly #tokens: TokenBook;
  readonly #now: () => number;
  readonly #appRoles = new Map<string, { readonly role: AppRole; readonly secretIds: Map<string, SecretId> }>();
  readonly #jwtRoles = new Map<string, JwtRole>();
  readonly #keys = generateKeyPairSync('ed25519');

  constructor(tokens: TokenBook, now: () => number) {
    this.#tokens = tokens;
    this.#now = now;
  }

  addAppRole(role: AppRole): void {
    this.#appRoles.set(`${role.mount ?? 'approle'} ${role.roleId}`, { role, secretIds: new Map() });
  }

  newSecretId(roleId: string, { ttlS, uses = 0 }: SecretIdOptions = {}, mount = 'approle'): string {
    const id = randomUUID();
    const expiresAt = ttlS === undefined ? Number.POSITIVE_INFINITY : this.#now() + ttlS * 1_000;
    this.#appRoles.get(`${mount} ${roleId}`)?.secretIds.set(id, { expiresAt, usesLeft: uses });
    return id;
  }

  addJwtRole(role: JwtRole): void {
    this.#jwtRoles.set(`${role.mount ?? 'jwt'} ${role.name}`, role);
  }

  /** Signed by the issuer that Vault trusts. Times are claims in seconds, `iat` is now. */
  newJwt(claims: Readonly<Record<string, unknown>>): string {
    const now = Math.floor(this.#now() / 1_000);
    const parts = [
      { alg: 'EdDSA', typ: 'JWT' },
      { iat: now, exp: now + 600, ...claims },
    ];
    const text = parts.map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${text}.${sign(null, Buffer.from(text), this.#keys.privateKey).toString('base64url')}`;
  }

  /** @param mount `approle`; @returns undefined where nothing is mounted there */
  login(mount: string, request: EmulatedRequest, namespace: string): EmulatedAnswer | undefined {
    const body = jsonBody(request) ?? {};
    if ([...this.#appRoles.keys()].some(key => key.startsWith(`${mount} `)))
      return this.#appRole(mount, body, namespace);
    if ([...this.#jwtRoles.keys()].some(key => key.startsWith(`${mount} `))) return this.#jwt(mount, body, namespace);
    return undefined;
  }

  #appRole(mount: string, body: Readonly<Record<string, unknown>>, namespace: string): EmulatedAnswer {
    const { role_id: roleId, secret_id: id } = body;
    if (typeof roleId !== 'string' || roleId === '') return errors(400, 'missing role_id');
    const found = this.#appRoles.get(`${mount} ${roleId}`);
    const secretId = typeof id === 'string' ? found?.secretIds.get(id) : undefined;
    if (found === undefined || secretId === undefined || this.#now() >= secretId.expiresAt)
      return errors(400, 'invalid role or secret ID');
    if (secretId.usesLeft > 0 && --secretId.usesLeft === 0) found.secretIds.delete(id as string);
    return this.#signedIn({ ...found.role.token, namespace, path: `auth/${mount}/login` });
  }

  #jwt(mount: string, body: Readonly<Record<string, unknown>>, namespace: string): EmulatedAnswer {
    const { role: name, jwt } = body;
    const role = this.#jwtRoles.get(`${mount} ${name}`);
    const terse = mount.startsWith('kubernetes');
    if (typeof jwt !== 'string' || jwt === '') return errors(400, 'missing jwt');
    if (role === undefined)
      return errors(400, terse ? `invalid role name "${name}"` : `role "${name}" could not be found`);
    const problem = this.#problemOf(jwt, role);
    if (problem !== undefined) return terse ? DENIED : errors(400, `error validating token: ${problem}`);
    return this.#signedIn({ ...role.token, namespace, path: `auth/${mount}/login` });
  }

  #problemOf(jwt: string, { audience, boundClaims = {} }: JwtRole): string | undefined {
    const [head = '', payload = '', signature = ''] = jwt.split('.');
    const signed = Buffer.from(`${head}.${payload}`);
    if (!verify(null, signed, this.#keys.publicKey, Buffer.from(signature, 'base64url')))
      return 'error verifying token signature: no known key successfully validated the token signature';
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>;
    const now = Math.floor(this.#now() / 1_000);
    if (Number(claims.exp) + LEEWAY_S < now) return 'invalid expiration time (exp) claim: token is expired';
    if (Number(claims.nbf ?? claims.iat) - LEEWAY_S > now) return 'invalid not before (nbf) claim: token not yet valid';
    if (audience !== undefined && claims.aud !== audience)
      return 'invalid audience (aud) claim: audience claim does not match any bound audience';
    const wrong = Object.keys(boundClaims).find(claim => claims[claim] !== boundClaims[claim]);
    return wrong === undefined ? undefined : `claim "${wrong}" does not match any associated bound claim values`;
  }

  #signedIn(options: TokenOptions): EmulatedAnswer {
    return envelope({ auth: authOf(this.#tokens.create(options)) });
  }
}

/** The block `auth` of an answer that gives or renews a token. */
export function authOf(token: Token, leftS = token.ttlS) {
  return {
    client_token: token.id,
    accessor: token.accessor,
    policies: token.policies,
    token_policies: token.policies,
    metadata: {},
    lease_duration: leftS,
    renewable: token.renewable,
    entity_id: randomUUID(),
    token_type: token.type,
    orphan: true,
    mfa_requirement: null,
    num_uses: token.usesLeft,
  };
}
