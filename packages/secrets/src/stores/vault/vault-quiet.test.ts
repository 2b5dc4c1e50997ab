import { startVaultEmulator } from '@quality-hub/testkit';
import { expect, test, vi } from 'vitest';
import { vaultStore } from './vault-store.ts';

const { signal } = new AbortController();

// In a file of its own: node-vault reads DEBUG when it is loaded.
test('nothing is printed, and no token of the environment goes along', async () => {
  const vault = await startVaultEmulator();
  vault.mountKv('kv');
  const printed = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.stubEnv('DEBUG', '*');
  for (const [name, value] of [
    ['VAULT_TOKEN', 'of-somebody'],
    ['VAULT_PREFIX', '/elsewhere'],
    ['VAULT_NAMESPACE', 'x'],
  ] as const)
    vi.stubEnv(name, value);
  vault.addAppRole({ roleId: 'r', token: { policies: ['root'] } });
  const secretId = vault.newSecretId('r');
  const store = vaultStore({ address: vault.url, auth: { method: 'approle', roleId: 'r', secretId } }, { env: {} });
  await store.write?.('kv/shop', { key: 'swordfish-4711' }, { signal });
  await store.close();
  await vault.close();
  vi.unstubAllEnvs();
  expect(printed).not.toHaveBeenCalled();
  printed.mockRestore();
  const login = vault.requests.find(({ path }) => path.endsWith('/login'));
  expect(login?.headers).not.toHaveProperty('x-vault-token');
  expect(vault.requests.filter(({ headers }) => headers['x-vault-namespace'] !== undefined)).toEqual([]);
});
