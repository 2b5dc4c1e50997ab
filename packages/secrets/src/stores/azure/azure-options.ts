/** What a store on Azure Key Vault is made of. */
import type { TokenCredential } from '@azure/identity';
import type { CredentialSource } from '../remote/credential-source.ts';
import type { RemoteSeams } from '../remote/remote-seams.ts';

/** How to sign in. */
export type AzureAuth =
  /** The chain of the SDK: environment, workload identity, managed identity, then the tools of a developer. */
  | { readonly method: 'default' }
  | { readonly method: 'managed-identity' /** Of one that a user has assigned. */; readonly clientId?: string }
  | {
      readonly method: 'client-secret';
      readonly tenantId: string;
      readonly clientId: string;
      readonly clientSecret: CredentialSource;
    }
  | {
      /** The token of a CI job, or of a pod, that the application trusts: a federated credential. */
      readonly method: 'federated';
      readonly tenantId: string;
      readonly clientId: string;
      readonly assertion: CredentialSource;
    };

export interface AzureStoreOptions {
  /** `https://name.vault.azure.net`. @default AZURE_KEYVAULT_URL */
  readonly vaultUrl?: string;
  /** @default the chain of the SDK */
  readonly auth?: AzureAuth;
  /** Where to sign in: a national cloud's, say. @default AZURE_AUTHORITY_HOST, else https://login.microsoftonline.com */
  readonly authorityHost?: string;
  /** Certificates of an authority of your own, as PEM: of a proxy that looks into TLS, say. @default those of Node */
  readonly caFile?: string;
  /** Longest time of one request, in milliseconds. @default 4_000 */
  readonly timeoutMs?: number;
}

export interface AzureSeams extends RemoteSeams {
  /** Signs in instead of `auth`. */
  readonly credential?: Pick<TokenCredential, 'getToken'>;
}
