/** Paths in Vault: each part encoded, none that leads elsewhere. */
import { SecretError } from '@quality-hub/protocol';

/**
 * Encodes a path for a URL. Vault's router resolves `..`, after it has decoded: `kv/data/../../sys/x` would be `sys/x`.
 *
 * @throws {SecretError} (`QH_SECRET_INVALID`)
 */
export function encodeVaultPath(path: string): string {
  const parts = path.split('/');
  if (parts.every(part => part !== '' && part !== '.' && part !== '..')) return parts.map(encodeURIComponent).join('/');
  throw new SecretError(
    'QH_SECRET_INVALID',
    `"${path}" is no path of Vault: its parts are not empty, and none is . or ..`,
    'Write it as `vault kv get` has it, mount first, without a slash at either end',
  );
}
