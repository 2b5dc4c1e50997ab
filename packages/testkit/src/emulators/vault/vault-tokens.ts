/** Tokens and leases of the emulated Vault: both end, both can be renewed up to a limit, and a lease ends with its token. */
import { randomBytes, randomUUID } from 'node:crypto';

export interface TokenOptions {
  readonly policies?: readonly string[];
  /** @default 3600 */
  readonly ttlS?: number;
  /** No renewal goes beyond so long after it was made. @default ten times the ttl */
  readonly maxTtlS?: number;
  readonly renewable?: boolean;
  /** A batch token cannot be renewed, and not be revoked. @default 'service' */
  readonly type?: 'service' | 'batch';
  /** Requests that it may make; 0 for any number. @default 0 */
  readonly uses?: number;
  readonly namespace?: string;
  /** Where it was made. @default 'auth/token/create' */
  readonly path?: string;
}

export interface Token {
  readonly id: string;
  readonly accessor: string;
  readonly policies: readonly string[];
  readonly namespace: string;
  readonly path: string;
  readonly type: 'service' | 'batch';
  readonly renewable: boolean;
  readonly createdAt: number;
  readonly ttlS: number;
  readonly maxTtlS: number;
  expiresAt: number;
  usesLeft: number;
}

export interface Lease {
  readonly id: string;
  readonly token: string;
  readonly renewable: boolean;
  readonly createdAt: number;
  readonly ttlS: number;
  readonly maxTtlS: number;
  expiresAt: number;
}

export class TokenBook {
  readonly #now: () => number;
  readonly #tokens = new Map<string, Token>();
  readonly #leases = new Map<string, Lease>();

  constructor(now: () => number) {
    this.#now = now;
  }

  create(options: TokenOptions = {}): Token {
    const { policies = ['default'], ttlS = 3_600, type = 'service', uses = 0, namespace = '' } = options;
    const createdAt = this.#now();
    const token: Token = {
      id: `${type === 'batch' ? 'hvb' : 'hvs'}.${randomBytes(70).toString('base64url')}`,
      accessor: randomBytes(12).toString('hex'),
      policies,
      namespace,
      path: options.path ?? 'auth/token/create',
      type,
      renewable: type === 'service' && (options.renewable ?? true),
      createdAt,
      ttlS,
      maxTtlS: options.maxTtlS ?? ttlS * 10,
      expiresAt: createdAt + ttlS * 1_000,
      usesLeft: uses,
    };
    this.#tokens.set(token.id, token);
    return token;
  }

  /** The token, where it is valid. A use is counted. */
  use(id: string): Token | undefined {
    const token = this.#tokens.get(id);
    if (token === undefined) return undefined;
    if (this.#now() >= token.expiresAt) {
      this.revoke(id);
      return undefined;
    }
    if (token.usesLeft > 0 && --token.usesLeft === 0) this.revoke(id);
    return token;
  }

  /** The leases that were made with it end as well. */
  revoke(id: string): void {
    this.#tokens.delete(id);
    for (const lease of this.#leases.values()) if (lease.token === id) this.#leases.delete(lease.id);
  }

  lend(path: string, token: Token, ttlS: number, maxTtlS: number, renewable = true): Lease {
    const createdAt = this.#now();
    const id = `${path}/${randomUUID()}`;
    const lease = { id, token: token.id, renewable, createdAt, ttlS, maxTtlS, expiresAt: createdAt + ttlS * 1_000 };
    this.#leases.set(id, lease);
    return lease;
  }

  /** A lease that is over is gone, as if it had never been. */
  lease(id: string): Lease | undefined {
    const lease = this.#leases.get(id);
    if (lease === undefined) return undefined;
    if (this.#now() < lease.expiresAt && this.#tokens.has(lease.token)) return lease;
    this.#leases.delete(id);
    return undefined;
  }

  revokeLease(id: string): void {
    this.#leases.delete(id);
  }

  /** All that have not ended. */
  get leases(): readonly Lease[] {
    return [...this.#leases.keys()].flatMap(id => this.lease(id) ?? []);
  }

  get tokens(): readonly Token[] {
    return [...this.#tokens.values()].filter(({ expiresAt }) => this.#now() < expiresAt);
  }

  /** Sets the end anew, at most at the limit. @returns what is left, in seconds */
  renew(what: Token | Lease, incrementS: number | undefined): number {
    const now = this.#now();
    const limit = what.createdAt + what.maxTtlS * 1_000;
    what.expiresAt = Math.min(now + (incrementS ?? what.ttlS) * 1_000, limit);
    return Math.max(0, Math.round((what.expiresAt - now) / 1_000));
  }
}
