import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  startAwsEmulator,
  startAzureEmulator,
  startServer,
  startTlsFront,
  startVaultEmulator,
} from '@quality-hub/testkit';
import { afterEach, expect, test, vi } from 'vitest';
import { openSection } from '../open-section.ts';
import { secretsSchema } from '../schema.ts';
import type { SecretsSection } from '../section.ts';

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = readFileSync(new URL('../../../../docs/secret-stores.md', import.meta.url), 'utf8');

afterEach(() => vi.unstubAllEnvs());

/** A configuration of the page, as the schema takes it. */
function sectionOf(file: string): SecretsSection {
  const [, code = ''] = new RegExp(`\`\`\`ts file=${file.replace('.', '\\.')}\n(.*?)\`\`\``, 's').exec(PAGE) ?? [];
  const [, literal = ''] = /defineHub\((\{.*\})\);\n$/s.exec(code) ?? [];
  const { secrets } = new Function('process', `return ${literal};`)({ env: process.env }) as {
    secrets: SecretsSection;
  };
  expect(secretsSchema.safeParse(secrets).error).toBeUndefined();
  return secrets;
}

async function valuesOf(
  section: SecretsSection,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Record<string, unknown>> {
  const { secrets } = openSection(section, { folder: PACKAGE, env });
  try {
    const entries = secrets.names.map(async name => [name, (await secrets.get<unknown>(name)).reveal()] as const);
    return Object.fromEntries(await Promise.all(entries));
  } finally {
    await secrets.close();
  }
}

async function startShopVault() {
  const vault = await startVaultEmulator();
  vault.mountKv('kv');
  vault.mountDatabase('database', { tests: { ttlS: 600, maxTtlS: 3_600 } });
  const headers = { 'x-vault-token': vault.rootToken };
  for (const paymentKey of ['pk-old-4711', 'pk-new-4711'])
    await fetch(`${vault.url}/v1/kv/data/shop`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ data: { paymentKey } }),
    });
  return vault;
}

test('Vault: a GitHub job signs in by itself, and what was made for it is given back', async () => {
  const vault = await startShopVault();
  // What the page says that the policy needs, and no more.
  vault.setPolicy('e2e', { 'kv/data/shop': ['read'], 'kv/metadata/shop': ['read'], 'database/creds/tests': ['read'] });
  vault.addJwtRole({ name: 'e2e-tests', audience: 'https://vault.example', token: { policies: ['default', 'e2e'] } });
  const github = await startServer((request, response) => {
    const aud = new URL(request.url ?? '', 'http://github').searchParams.get('audience');
    response.end(JSON.stringify({ value: vault.newJwt({ aud }) }));
  });
  vi.stubEnv('VAULT_ADDR', vault.url);
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_URL', `${github.url}/token?api-version=2.0`);
  vi.stubEnv('ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'of-the-runner');
  expect(await valuesOf(sectionOf('quality-hub.config.ts'))).toEqual({
    paymentKey: 'pk-new-4711',
    oldPaymentKey: 'pk-old-4711',
    database: { username: expect.stringMatching(/^v-token-tests-/), password: expect.any(String) },
  });
  expect(vault.leases).toEqual([]);
  await Promise.all([vault.close(), github.close()]);
});

test('AWS: the chain of the SDK signs in, and a version that is being rotated in has its name', async () => {
  const aws = await startAwsEmulator();
  aws.call('CreateSecret', { Name: 'shop/payment', SecretString: '{"key":"pk-4711"}' });
  aws.call('CreateSecret', { Name: 'shop/db', SecretString: 'postgres://now' });
  aws.call('PutSecretValue', { SecretId: 'shop/db', SecretString: 'postgres://next', VersionStages: ['AWSPENDING'] });
  vi.stubEnv('AWS_ACCESS_KEY_ID', aws.key.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', aws.key.secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', undefined);
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', aws.url);
  expect(await valuesOf(sectionOf('aws.config.ts'))).toEqual({
    paymentKey: 'pk-4711',
    database: 'postgres://now',
    next: 'postgres://next',
  });
  await aws.close();
});

test('Azure: the identity of the machine signs in', async () => {
  let now = Date.now();
  const azure = await startAzureEmulator({ now: () => now });
  const front = await startTlsFront(azure.url);
  const { token } = await azure.credential().getToken('https://vault.azure.net/.default');
  for (const value of ['pk-old-4711', 'pk-new-4711']) {
    now += 1_000;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    await fetch(`${azure.url}/secrets/payment-key?api-version=7.6`, {
      method: 'PUT',
      headers,
      body: JSON.stringify({ value }),
    });
  }
  vi.stubEnv('AZURE_KEYVAULT_URL', front.url);
  vi.stubEnv('IDENTITY_ENDPOINT', azure.identityEndpoint);
  vi.stubEnv('IDENTITY_HEADER', azure.identityHeader);
  vi.stubEnv('AZURE_TOKEN_CREDENTIALS', 'ManagedIdentityCredential');
  const section = sectionOf('azure.config.ts');
  const azureSection = { ...section.stores?.azure, caFile: front.cert } as NonNullable<
    SecretsSection['stores']
  >[string];
  expect(await valuesOf({ ...section, stores: { azure: azureSection } })).toEqual({
    paymentKey: 'pk-new-4711',
    oldPaymentKey: 'pk-old-4711',
  });
  front.close();
  await azure.close();
  expect(sectionOf('azure-github.config.ts').stores).toHaveProperty('azure');
});

test('the program of the page runs', async () => {
  const vault = await startShopVault();
  const [, program = ''] = /```ts\n(.*?)```/s.exec(PAGE) ?? [];
  expect(program).toContain('@quality-hub/secrets/vault');
  const folder = join(PACKAGE, 'node_modules', '.cache', 'examples');
  mkdirSync(folder, { recursive: true });
  const file = join(mkdtempSync(join(folder, 'page-')), 'example.mjs');
  // The package by its own name is not there for itself: the door is taken from the manifest.
  const doors = (JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { exports: Record<string, string> })
    .exports;
  const door = new URL(doors['./vault'] ?? '', `file://${PACKAGE}`).href;
  writeFileSync(file, stripTypeScriptTypes(program.replace('@quality-hub/secrets/vault', door)));
  const env = { ...process.env, VAULT_ADDR: vault.url, VAULT_TOKEN: vault.newToken({ policies: ['root'] }).id };
  const { stdout } = await promisify(execFile)(process.execPath, [file], { env });
  expect(stdout).toMatch(/state: 'healthy'.*Vault 1\.18\.3, its token ends in \d+ s/s);
  await vault.close();
});
