import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAwsEmulator, startVaultEmulator } from '@quality-hub/testkit';
import { expect, test } from 'vitest';
import { openSection } from '../open-section.ts';
import { secretsSchema } from '../schema.ts';
import type { SecretsSection } from '../section.ts';

test('stores in the network are opened from a section, sign in with secrets of other stores, and the mask hears of all', async () => {
  const [vault, aws] = await Promise.all([startVaultEmulator(), startAwsEmulator()]);
  vault.mountKv('kv');
  vault.setPolicy('all', { 'kv/data/*': ['create', 'read', 'update'] });
  vault.addAppRole({ roleId: 'tests', token: { policies: ['default', 'all'] } });
  aws.call('CreateSecret', { Name: 'shop/payment', SecretString: '{"key":"pk-live-4711"}' });
  const folder = mkdtempSync(join(tmpdir(), 'qh-stores-'));
  writeFileSync(join(folder, 'aws-key'), `${aws.key.secretAccessKey}\n`);
  const section: SecretsSection = {
    stores: {
      vault: {
        kind: 'vault',
        address: vault.url,
        auth: { method: 'approle', roleId: 'tests', secretId: { ref: 'env:VAULT_SECRET_ID' } },
      },
      aws: {
        kind: 'aws',
        region: 'eu-central-1',
        endpoint: aws.url,
        credentials: { accessKeyId: aws.key.accessKeyId, secretAccessKey: { file: 'aws-key' } },
      },
      open: { kind: 'vault', address: 'http://vault.invalid', unsafeAllowHttp: true, timeoutMs: 200 },
      none: { kind: 'azure' },
    },
    refs: {
      db: 'vault:kv/shop#password',
      payment: 'aws:shop/payment#key',
      far: 'open:kv/shop#x',
      nowhere: 'none:shop-db',
    },
  };
  expect(secretsSchema.safeParse(section).error).toBeUndefined();
  const heard = new Map<string, string[]>();
  const unsafe: string[] = [];
  const VAULT_SECRET_ID = vault.newSecretId('tests');
  const { secrets } = openSection(section, {
    folder,
    env: { VAULT_SECRET_ID, VAULT_TOKEN: 'hvs.of-nobody' },
    beforeReveal: (name, texts) => heard.set(name, [...(heard.get(name) ?? []), ...texts]),
    onUnsafe: what => unsafe.push(what),
  });
  await vaultWrite(vault.url, vault.rootToken);
  expect((await secrets.get('db')).reveal()).toBe('swordfish-4711');
  expect((await secrets.get('payment')).reveal()).toBe('pk-live-4711');
  const [token] = vault.tokens.filter(({ path }) => path === 'auth/approle/login');
  expect(heard.get('secrets.stores.vault')).toEqual(['tests', VAULT_SECRET_ID, token?.id]);
  expect(heard.get('secrets.stores.aws')).toContain(aws.key.secretAccessKey);
  await expect(secrets.get('far')).rejects.toMatchObject({ code: 'QH_SECRET_UNREACHABLE' });
  expect(unsafe).toEqual(['http://vault.invalid is asked over plain HTTP']);
  await expect(secrets.get('nowhere')).rejects.toThrow('AZURE_KEYVAULT_URL');
  await secrets.rotate('db', { create: () => 'swordfish-4712', test: () => {} });
  expect((await secrets.get('db')).reveal()).toBe('swordfish-4712');
  await secrets.close();
  expect(vault.tokens.some(({ path }) => path === 'auth/approle/login')).toBe(false);
  await Promise.all([vault.close(), aws.close()]);
});

async function vaultWrite(url: string, token: string): Promise<void> {
  const body = JSON.stringify({ data: { password: 'swordfish-4711', user: 'ann' } });
  await fetch(`${url}/v1/kv/data/shop`, { method: 'POST', headers: { 'x-vault-token': token }, body });
}

test('a section is refused for what is wrong in any store', () => {
  const stores = { a: { kind: 'vault', adress: 'x' }, b: { kind: 'aws', region: 7 }, c: { kind: 'gcp' } };
  const problems = secretsSchema.safeParse({ stores }).error?.issues ?? [];
  expect(problems.map(({ path }) => path.slice(0, 2).join('.'))).toEqual(['stores.a', 'stores.b', 'stores.c']);
});

test('user and password of one making stay together, also when the database has forgotten the user', async () => {
  const vault = await startVaultEmulator();
  vault.mountDatabase('database', { tests: { ttlS: 600, maxTtlS: 3_600 } });
  const auth = { method: 'token', token: vault.newToken({ policies: ['root'] }).id } as const;
  let now = Date.now();
  const { secrets } = openSection(
    {
      stores: { vault: { kind: 'vault', address: vault.url, auth } },
      refs: { user: 'vault:database/creds/tests#username', password: 'vault:database/creds/tests#password' },
    },
    { folder: '.', env: {}, now: () => now },
  );
  const login = async () => [(await secrets.get('user')).reveal(), (await secrets.get('password')).reveal()];
  const before = await login();
  now += 60_000;
  // One after the other, as two who are refused come.
  expect(await secrets.recover('user', [before[0]], 'refused')).toBe(true);
  expect(await secrets.recover('password', [before[1]], 'refused')).toBe(true);
  const after = await login();
  expect([after[0] === before[0], after[1] === before[1]]).toEqual([false, false]);
  expect(vault.leases).toHaveLength(2);
  await secrets.close();
  expect(vault.leases).toEqual([]);
  await vault.close();
});
