/**
 * Secrets in Azure Key Vault.
 *
 * A door of its own: the SDK is loaded with the first question, and nothing of this where there is no Azure.
 */
export type { CredentialSource } from '../remote/credential-source.ts';
export type { AzureAuth, AzureSeams, AzureStoreOptions } from './azure-options.ts';
export { azureStore } from './azure-store.ts';
