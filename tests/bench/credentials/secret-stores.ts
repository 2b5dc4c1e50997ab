/** Stores as a team has them on a bad day: what the suite's secrets are in, and who it signs in as. */
import {
  AWS_THROTTLED,
  type Emulator,
  startAwsEmulator,
  startAzureEmulator,
  startTlsFront,
  startVaultEmulator,
} from '@quality-hub/testkit';
import { BILLING_KEY, ORDERS_KEY } from './services.ts';
import type { Site } from './suite/site.ts';

type Addresses = Omit<Site, 'orders' | 'billing' | 'unwell' | 'broken' | 'strict' | 'nobody'>;

export interface SecretStores extends AsyncDisposable {
  readonly addresses: Addresses;
  /** What signs in, by the variables that the configuration names. */
  readonly env: Readonly<Record<string, string>>;
}

const CLIENT_SECRET = 'sec~4711-right';

export async function startSecretStores(): Promise<SecretStores> {
  const open: (() => unknown)[] = [];
  const opened = <Service extends Emulator>(service: Service): Service => {
    open.push(() => service.close());
    return service;
  };
  const vaults = await vaultStores(opened);
  const amazon = await awsStores(opened);
  const microsoft = await azureStores(opened, end => open.push(end));
  return {
    addresses: { ...vaults.addresses, ...amazon.addresses, ...microsoft.addresses },
    env: { ...vaults.env, ...amazon.env, ...microsoft.env },
    async [Symbol.asyncDispose]() {
      for (const close of open.reverse()) await close();
    },
  };
}

type Opened = <Service extends Emulator>(service: Service) => Service;

async function vaultStores(opened: Opened) {
  const [vault, sealed, broken] = [
    opened(await startVaultEmulator()),
    opened(await startVaultEmulator()),
    opened(await startVaultEmulator()),
  ];
  vault.mountKv('kv');
  vault.setPolicy('tests', { 'kv/data/shop': ['read'], 'kv/data/shop/*': ['read'], 'kv/metadata/shop/*': ['read'] });
  const byHand = (method: string, path: string, data?: object): Promise<Response> =>
    fetch(`${vault.url}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': vault.rootToken },
      ...(data === undefined ? {} : { body: JSON.stringify({ data }) }),
    });
  await byHand('POST', 'kv/data/shop', { orders: ORDERS_KEY });
  await byHand('POST', 'kv/data/foreign', { key: 'of another team' });
  await byHand('POST', 'kv/data/shop/old', { key: 'of last year' });
  await byHand('DELETE', 'kv/data/shop/old');
  vault.addAppRole({ roleId: 'role-of-the-tests', token: { policies: ['default', 'tests'] } });
  vault.addJwtRole({ name: 'job', token: { policies: ['default', 'tests'] } });
  const policies = ['default', 'tests'];
  const revoked = vault.newToken({ policies });
  vault.revokeToken(revoked.id);
  sealed.seal();
  broken.fault({ times: 10_000, act: { status: 500, body: { errors: ['internal error'] } } });
  const now = Math.floor(Date.now() / 1_000);
  return {
    addresses: { vault: vault.url, sealedVault: sealed.url, brokenVault: broken.url },
    env: {
      TESTS_VAULT_TOKEN: vault.newToken({ policies }).id,
      OVER_VAULT_TOKEN: vault.newToken({ policies, ttlS: 0.001 }).id,
      REVOKED_VAULT_TOKEN: revoked.id,
      WRONG_SECRET_ID: 'c0ffee00-4711-4a11-8bad-000000000000',
      OLD_JOB_JWT: vault.newJwt({ iat: now - 7_200, exp: now - 3_600 }),
      EARLY_JOB_JWT: vault.newJwt({ iat: now + 3_600, nbf: now + 3_600, exp: now + 7_200 }),
    },
  };
}

async function awsStores(opened: Opened) {
  const [aws, busy] = [opened(await startAwsEmulator()), opened(await startAwsEmulator())];
  aws.call('CreateSecret', { Name: 'shop/billing', SecretString: BILLING_KEY });
  aws.call('CreateSecret', { Name: 'shop/old', SecretString: 'of last year' });
  aws.call('DeleteSecret', { SecretId: 'shop/old' });
  busy.fault({ times: 10_000, act: AWS_THROTTLED });
  const over = aws.newKey({ ttlS: 0.001 });
  const poor = aws.newKey({ may: () => false });
  return {
    addresses: { aws: aws.url, busyAws: busy.url },
    env: {
      AWS_TESTS_ID: aws.key.accessKeyId,
      AWS_TESTS_KEY: aws.key.secretAccessKey,
      AWS_UNKNOWN_ID: 'AKIA0000000000004711',
      AWS_UNKNOWN_KEY: 'nobody-knows-this-key-of-forty-characters',
      AWS_OVER_ID: over.accessKeyId,
      AWS_OVER_KEY: over.secretAccessKey,
      AWS_OVER_TOKEN: over.sessionToken ?? '',
      AWS_POOR_ID: poor.accessKeyId,
      AWS_POOR_KEY: poor.secretAccessKey,
    },
  };
}

async function azureStores(opened: Opened, atEnd: (close: () => void) => void) {
  const [azure, closed] = [opened(await startAzureEmulator()), opened(await startAzureEmulator())];
  const { token } = await azure.credential().getToken('https://vault.azure.net/.default');
  const put = (name: string, value: string, attributes: object = {}): Promise<Response> =>
    fetch(`${azure.url}/secrets/${name}?api-version=7.5`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ value, attributes }),
    });
  await put('orders', ORDERS_KEY);
  await put('disabled', 'of last year', { enabled: false });
  await put('ended', 'of yesterday', { exp: Math.floor(Date.now() / 1_000) - 86_400 });
  for (const each of [azure, closed]) each.addApp({ clientId: 'tests', secret: CLIENT_SECRET });
  azure.addApp({ clientId: 'over', secret: CLIENT_SECRET, secretEndsAt: Date.now() - 1 });
  closed.closeFirewall(true);
  const [front, closedFront] = [await startTlsFront(azure.url), await startTlsFront(closed.url)];
  for (const each of [front, closedFront]) atEnd(() => each.close());
  return {
    addresses: {
      azure: front.url,
      closedAzure: closedFront.url,
      tenant: azure.tenant,
      closedTenant: closed.tenant,
      caFile: front.cert,
      closedCaFile: closedFront.cert,
    },
    env: { AZURE_TESTS_SECRET: CLIENT_SECRET, AZURE_WRONG_SECRET: 'sec~4711-wrong' },
  };
}
