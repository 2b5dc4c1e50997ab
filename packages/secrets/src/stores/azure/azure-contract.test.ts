import { setTimeout } from 'node:timers/promises';
import { type SecretStoreSource, secretStoreContract, startAzureEmulator, startTlsFront } from '@quality-hub/testkit';
import { describe, test } from 'vitest';
import { azureStore } from './azure-store.ts';

const { AZURE_KEYVAULT_URL, QH_REAL_STORES = '' } = process.env;
const { signal } = new AbortController();
const functions = { describe, test, skip: test.skip };

const common = {
  values: 'texts',
  versions: 2,
  unknownVersion: '0123456789abcdef0123456789abcdef',
  strangePaths: ['../secrets/plain', 'a/b', 'a?b', '', 'ü', 'x'.repeat(128)],
  writes: true,
} as const satisfies Partial<SecretStoreSource>;

secretStoreContract(
  'Azure Key Vault',
  {
    ...common,
    open: async () => {
      // Versions have an age in whole seconds: a second passes with each question.
      let passed = 0;
      const azure = await startAzureEmulator({
        now: () => {
          passed += 1_000;
          return Date.now() + passed;
        },
      });
      const front = await startTlsFront(azure.url);
      const options = { vaultUrl: front.url, caFile: front.cert };
      const writer = azureStore(options, { credential: azure.credential() });
      return {
        store: azureStore(options, { credential: azure.credential() }),
        put: async (path, value) => void (await writer.write?.(path, value, { signal })),
        stop: async () => {
          front.close();
          await azure.close();
        },
        close: async () => {
          await writer.close();
          front.close();
          await azure.close();
        },
      };
    },
    path: name => `shop-${name}`,
  },
  functions,
);

// A vault of your own: the secrets it makes stay there.
if (AZURE_KEYVAULT_URL !== undefined && QH_REAL_STORES.includes('azure')) {
  let opened = 0;
  secretStoreContract(
    'The real Azure Key Vault',
    {
      ...common,
      open: async () => {
        opened += 1;
        const writer = azureStore();
        return {
          store: azureStore(),
          put: async (path, value) => {
            await writer.write?.(path, value, { signal });
            await setTimeout(1_100);
          },
          stop: { notSupported: 'it is not ours' },
          close: () => writer.close(),
        };
      },
      path: name => `quality-hub-contract-${process.pid}-${opened}-${name}`,
    },
    functions,
  );
}
