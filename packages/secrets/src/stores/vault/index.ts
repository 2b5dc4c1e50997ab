/**
 * Secrets in HashiCorp Vault, or OpenBao.
 *
 * A door of its own: node-vault and undici are loaded with the first question, and nothing of this where there is no Vault.
 */
export type { CredentialSource } from '../remote/credential-source.ts';
export type { VaultAuth, VaultSeams, VaultStoreOptions } from './vault-options.ts';
export { vaultStore } from './vault-store.ts';
