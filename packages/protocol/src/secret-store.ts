/** Where secrets are kept: Vault, AWS, Azure, an environment, a file. The stores are in `@quality-hub/secrets`. */
import { QualityHubError } from './errors.ts';

/** What a store holds under one path. */
export interface StoredSecret {
  /** A text, or several by key. */
  readonly value: string | Readonly<Record<string, unknown>>;
  /** As the store names it. */
  readonly version?: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  /** When it ends to be valid, as ISO 8601; a lease ends then as well. */
  readonly expiresAt?: string;
  /** Of a credential that was made for us alone, and is revoked when the store is closed. */
  readonly leaseId?: string;
}

export interface SecretVersion {
  readonly version: string;
  readonly createdAt?: string;
  /** `current` is read where no version is asked for; `pending` is being rotated in. */
  readonly stage: 'current' | 'previous' | 'pending' | 'older';
}

export interface ReadSecretOptions {
  /** As the store names it, or `previous`. @default the current one */
  readonly version?: string;
  /** Somebody was refused with what was read before: credentials that were made for us are made anew. @default false */
  readonly fresh?: boolean;
  readonly signal: AbortSignal;
}

export interface StoreHealth {
  readonly state: 'healthy' | 'down';
  /** Why it is down, and what to do about it. */
  readonly detail?: string;
}

export interface SecretStore {
  /** `vault`, `aws`, `azure`, `env`, `file`. */
  readonly kind: string;
  /** @throws {SecretError} with the reason. */
  read(path: string, options: ReadSecretOptions): Promise<StoredSecret>;
  /** The newest first. */
  versions(path: string, options: { readonly signal: AbortSignal }): Promise<readonly SecretVersion[]>;
  /** Not there where the store cannot be written. */
  write?(path: string, value: StoredSecret['value'], options: { readonly signal: AbortSignal }): Promise<SecretVersion>;
  health(options: { readonly signal: AbortSignal }): Promise<StoreHealth>;
  /** Gives back what was leased. Safe to call twice. */
  close(): Promise<void>;
}

/** In the words of the one classifier of `@quality-hub/resilience`, which takes an error's own word before all. */
export interface SecretClassification {
  readonly lasting: 'transient' | 'permanent';
  readonly blame: 'credential';
  readonly applied: 'no';
  readonly answered: boolean;
  readonly code: SecretErrorCode;
}

export type SecretErrorCode =
  | 'QH_SECRET_AUTH'
  | 'QH_SECRET_DENIED'
  | 'QH_SECRET_EXPIRED'
  | 'QH_SECRET_INVALID'
  | 'QH_SECRET_NOT_FOUND'
  | 'QH_SECRET_REFUSED'
  | 'QH_SECRET_REVOKED'
  | 'QH_SECRET_SEALED'
  | 'QH_SECRET_SKEW'
  | 'QH_SECRET_THROTTLED'
  | 'QH_SECRET_UNREACHABLE'
  | 'QH_SECRET_VERSION';

/**
 * A secret cannot be had: the store does not let us in (`_AUTH`), or not to this one (`_DENIED`); it is not there
 * (`_NOT_FOUND`), not in this version (`_VERSION`), over (`_EXPIRED`), withdrawn (`_REVOKED`), not what it should be
 * (`_INVALID`); the store is sealed (`_SEALED`), asked too often (`_THROTTLED`), out of reach (`_UNREACHABLE`), or the clocks
 * differ (`_SKEW`); or a rule of the configuration keeps it from this test (`_REFUSED`). No message holds a value.
 */
export class SecretError extends QualityHubError {
  declare readonly code: SecretErrorCode;
  /** It may be had in a moment. */
  readonly transient: boolean;

  constructor(code: SecretErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, { code, hint, ...(cause === undefined ? {} : { cause }) });
    this.transient = code === 'QH_SECRET_THROTTLED' || code === 'QH_SECRET_UNREACHABLE' || code === 'QH_SECRET_SEALED';
  }

  /** For whoever decides about trying again: nothing was done with what was not there. */
  get classification(): SecretClassification {
    const lasting = this.transient ? 'transient' : 'permanent';
    return { lasting, blame: 'credential', applied: 'no', answered: !this.transient, code: this.code };
  }
}
