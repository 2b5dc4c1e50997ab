/** Secrets on a schedule in the stores that can be written, over their real clients. */
import type { SecretStore } from '@quality-hub/protocol';
import { startAwsEmulator, startAzureEmulator, startTlsFront, startVaultEmulator } from '@quality-hub/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { openSecrets } from '../secrets.ts';
import { awsStore } from '../stores/aws/aws-store.ts';
import { azureStore } from '../stores/azure/azure-store.ts';
import { vaultStore } from '../stores/vault/vault-store.ts';

import { rotationPlan } from './rotation-plan.ts';

const { signal } = new AbortController();
const DAY_MS = 24 * 60 * 60 * 1_000;

async function vault(version: 1 | 2): Promise<SecretStore> {
  const emulator = await startVaultEmulator();
  onTestFinished(() => emulator.close());
  emulator.mountKv('kv', { version });
  return vaultStore({ address: emulator.url, auth: { method: 'token', token: emulator.rootToken } }, { env: {} });
}

async function aws(): Promise<SecretStore> {
  const emulator = await startAwsEmulator();
  onTestFinished(() => emulator.close());
  return awsStore({ region: 'eu-central-1', endpoint: emulator.url, credentials: emulator.key });
}

async function azure(): Promise<SecretStore> {
  // Versions have an age in whole seconds: a second passes with each question.
  let passed = 0;
  const now = (): number => {
    passed += 1_000;
    return Date.now() + passed;
  };
  const emulator = await startAzureEmulator({ now });
  const front = await startTlsFront(emulator.url);
  onTestFinished(async () => {
    front.close();
    await emulator.close();
  });
  return azureStore({ vaultUrl: front.url, caFile: front.cert }, { credential: emulator.credential() });
}

interface Kind {
  readonly open: () => Promise<SecretStore>;
  readonly path: string;
  /** What the store keeps: several values under a path, or one text. */
  readonly put: (value: Readonly<Record<string, string>>) => string | Readonly<Record<string, string>>;
  readonly keepsPrevious: boolean;
  readonly tellsAge: boolean;
}

test.each<[string, Kind]>([
  ['Vault, KV 2', { open: () => vault(2), path: 'kv/shop', put: value => value, keepsPrevious: true, tellsAge: true }],
  [
    'Vault, KV 1',
    { open: () => vault(1), path: 'kv/shop', put: value => value, keepsPrevious: false, tellsAge: false },
  ],
  ['AWS', { open: aws, path: 'shop/login', put: JSON.stringify, keepsPrevious: true, tellsAge: true }],
  ['Azure', { open: azure, path: 'shop-login', put: JSON.stringify, keepsPrevious: true, tellsAge: true }],
])('%s', async (_, { open, path, put, keepsPrevious, tellsAge }) => {
  const store = await open();
  await store.write?.(path, put({ user: 'ann', password: 'first-password', token: 'first-token' }), { signal });
  const rotate = { everyDays: 30 };
  await using secrets = openSecrets({
    stores: { kv: store },
    refs: {
      password: { ref: `kv:${path}#password`, rotate },
      token: { ref: `kv:${path}#token`, rotate },
      user: `kv:${path}#user`,
      ...(keepsPrevious ? { oldPassword: `kv:${path}#password@previous` } : {}),
    },
    ttlMs: 0,
  });
  const { password, token } = await secrets.all(['password', 'token']);
  const later = Date.now() + 31 * DAY_MS;
  expect(rotationPlan(secrets.factsOf('token'), later)?.state).toBe(tellsAge ? 'due' : 'ageless');
  const [written] = await secrets.rotateScheduled(['password', 'token']);
  expect(written?.keepsPrevious).toBe(keepsPrevious);
  expect(password.reveal()).toMatch(/^[A-Za-z0-9]{32}$/);
  expect(token.reveal()).toMatch(/^[A-Za-z0-9]{32}$/);
  expect((await secrets.get('user')).reveal()).toBe('ann');
  if (keepsPrevious) expect((await secrets.get('oldPassword')).reveal()).toBe('first-password');
});
