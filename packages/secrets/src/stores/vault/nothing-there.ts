/** What may have been meant by a path that holds nothing. */
import { closestName, SecretError } from '@quality-hub/protocol';
import type { VaultCalls } from './key-value-engine.ts';
import type { Mounted } from './mounts.ts';
import type { VaultRefusal } from './vault-errors.ts';
import { encodeVaultPath } from './vault-path.ts';

/** Who may list the folder is told the nearest name in it; it costs a question, and nobody waits for it who finds his secret. */
export async function nothingThere(
  calls: VaultCalls,
  { mount, engine, rest }: Mounted,
  store: string,
  cause: VaultRefusal,
  signal: AbortSignal,
): Promise<SecretError> {
  const folder = rest.split('/').slice(0, -1);
  const inside = [mount, ...(engine === 'kv2' ? ['metadata'] : []), ...folder].join('/');
  const listed = await calls.read(`${encodeVaultPath(inside)}?list=true`, signal).catch(() => undefined);
  signal.throwIfAborted();
  const keys = listed?.data?.keys;
  const names = Array.isArray(keys) ? keys.map(String) : [];
  const close = closestName(rest.slice(rest.lastIndexOf('/') + 1), names);
  return new SecretError(
    'QH_SECRET_NOT_FOUND',
    `${store} has nothing at ${mount}/${rest}`,
    close === undefined
      ? 'Compare the path with `vault kv list`, mount and namespace too'
      : `Did you mean ${[mount, ...folder, close].join('/')}?`,
    cause,
  );
}
