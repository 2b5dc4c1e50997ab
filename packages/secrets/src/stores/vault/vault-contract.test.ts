import {
  type OpenedSecretStore,
  type SecretStoreSource,
  secretStoreContract,
  startVaultEmulator,
} from '@quality-hub/testkit';
import { describe, test } from 'vitest';
import { vaultStore } from './vault-store.ts';

const { VAULT_ADDR, VAULT_TOKEN, QH_REAL_STORES = '' } = process.env;
const { signal } = new AbortController();
const functions = { describe, test, skip: test.skip };

async function openEmulated(version: 1 | 2): Promise<OpenedSecretStore> {
  const vault = await startVaultEmulator();
  vault.mountKv('team/kv', { version });
  const options = { address: vault.url, auth: { method: 'token', token: vault.rootToken } } as const;
  const writer = vaultStore(options, { env: {} });
  return {
    store: vaultStore(options, { env: {} }),
    put: async (path, value) => void (await writer.write?.(path, value, { signal })),
    stop: () => vault.close(),
    close: async () => {
      await writer.close();
      await vault.close();
    },
  };
}

const common = {
  values: 'keys',
  unknownVersion: '99',
  writes: true,
} as const satisfies Partial<SecretStoreSource>;

for (const version of [1, 2] as const) {
  secretStoreContract(
    `Vault, KV ${version}`,
    {
      ...common,
      open: () => openEmulated(version),
      path: name => `team/kv/shop of ${name}/ü?#%2e`,
      versions: version === 2 ? 10 : { notSupported: 'KV 1 keeps one' },
      strangePaths: ['team/kv/../../sys/seal-status', 'team/kv/..', 'team/kv//x', '/team/kv/x', 'team/kv', 'nowhere/x'],
    },
    functions,
  );
}

// A Vault that runs, with an engine `secret` of version 2, as `vault server -dev` has it.
if (VAULT_ADDR !== undefined && VAULT_TOKEN !== undefined && QH_REAL_STORES.includes('vault')) {
  let run = 0;
  secretStoreContract(
    'A real Vault, KV 2',
    {
      ...common,
      open: async () => {
        run += 1;
        const store = vaultStore();
        const writer = vaultStore();
        return {
          store,
          put: async (path, value) => void (await writer.write?.(path, value, { signal })),
          stop: { notSupported: 'it is not ours' },
          close: () => writer.close(),
        };
      },
      path: name => `secret/quality-hub-contract-${process.pid}-${run}/${name}`,
      versions: 10,
      strangePaths: ['secret/../sys/seal-status', 'secret//x', 'nowhere/x'],
    },
    functions,
  );
}
