/** What a store on HashiCorp Vault, or OpenBao, is made of. */
import type { CredentialSource } from '../remote/credential-source.ts';
import type { RemoteSeams } from '../remote/remote-seams.ts';

/** How to sign in. */
export type VaultAuth =
  | { readonly method: 'token' /** @default the variable VAULT_TOKEN */; readonly token?: CredentialSource }
  | {
      readonly method: 'approle';
      readonly roleId: CredentialSource;
      readonly secretId: CredentialSource;
      /** @default 'approle' */
      readonly mount?: string;
    }
  | {
      /** Of a CI job, mostly. */
      readonly method: 'jwt';
      readonly role: string;
      readonly jwt: CredentialSource;
      /** @default 'jwt' */
      readonly mount?: string;
    }
  | {
      readonly method: 'kubernetes';
      readonly role: string;
      /** @default the file that Kubernetes puts into each pod */
      readonly jwt?: CredentialSource;
      /** @default 'kubernetes' */
      readonly mount?: string;
    };

export interface VaultStoreOptions {
  /** @default VAULT_ADDR, else https://127.0.0.1:8200 */
  readonly address?: string;
  /** @default VAULT_NAMESPACE */
  readonly namespace?: string;
  /** @default the token in VAULT_TOKEN */
  readonly auth?: VaultAuth;
  /**
   * Engines by path, for tokens that may not ask what is mounted: `{ kv: 'kv2', database: 'dynamic' }`.
   * @default Vault is asked
   */
  readonly mounts?: Readonly<Record<string, 'kv1' | 'kv2' | 'dynamic'>>;
  /** Longest time of one request, in milliseconds. @default 4_000 */
  readonly timeoutMs?: number;
  /** Certificates of the authority that has signed Vault's, as PEM. @default VAULT_CACERT, beside those of Node */
  readonly caFile?: string;
  /** Takes any certificate. Told to `onUnsafe`. `VAULT_SKIP_VERIFY` is not listened to. @default false */
  readonly unsafeSkipCertificateCheck?: boolean;
  /** Plain HTTP to another machine. Told to `onUnsafe`. @default false */
  readonly unsafeAllowHttp?: boolean;
}

export interface VaultSeams extends RemoteSeams {
  /** Calls back later; the function it returns takes that back. @default a timer that keeps no process alive */
  readonly after?: (delayMs: number, run: () => void) => () => void;
  /** From 0 to 1. @default Math.random */
  readonly random?: () => number;
}
