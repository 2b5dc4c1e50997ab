import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secretStoreContract } from '@quality-hub/testkit';
import { describe, test } from 'vitest';
import { environmentStore } from './environment-store.ts';
import { fileStore } from './file-store.ts';
import { SecretFile } from './secret-file.ts';

const { signal } = new AbortController();
const functions = { describe, test, skip: test.skip };

secretStoreContract(
  'The environment',
  {
    open: async () => {
      const env: NodeJS.ProcessEnv = {};
      return {
        store: environmentStore({ env }),
        put: async (name, value) => {
          env[name] = value as string;
        },
        stop: { notSupported: 'the environment is always there' },
        close: async () => {},
      };
    },
    path: name => `QH_${name.toUpperCase()}`,
    values: 'texts',
    versions: { notSupported: 'a variable has one value' },
    unknownVersion: '7',
    strangePaths: ['../PATH', '__proto__', 'constructor'],
    writes: { notSupported: 'what is set there is gone with the process' },
  },
  functions,
);

secretStoreContract(
  'An encrypted file',
  {
    open: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'qh-secrets-'));
      const path = join(folder, 'secrets.json');
      const key = { key: Buffer.alloc(32, 7).toString('base64') };
      await SecretFile.create(path, key);
      const store = fileStore({ path, key: () => key });
      return {
        store,
        put: async (name, value) => void (await store.write?.(name, value, { signal })),
        stop: { notSupported: 'it is read once' },
        close: async () => rmSync(folder, { recursive: true }),
      };
    },
    path: name => `shop/${name}`,
    values: 'both',
    versions: 2,
    unknownVersion: '7',
    strangePaths: ['../secrets.json', '__proto__', 'constructor'],
    writes: true,
  },
  functions,
);
