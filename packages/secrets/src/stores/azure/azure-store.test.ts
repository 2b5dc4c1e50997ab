import { setTimeout } from 'node:timers/promises';
import { inspect } from 'node:util';
import { SecretClient } from '@azure/keyvault-secrets';
import { Registry } from '@quality-hub/resilience';
import { createMask } from '@quality-hub/telemetry';
import {
  type AzureCredential,
  type AzureEmulator,
  azureThrottled,
  FakeClock,
  startAzureEmulator,
  startTlsFront,
  type TlsFront,
} from '@quality-hub/testkit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { azureError } from './azure-errors.ts';
import type { AzureSeams, AzureStoreOptions } from './azure-options.ts';
import { azureStore } from './azure-store.ts';
import { azureStoreSchema } from './options-schema.ts';

const { signal } = new AbortController();
let clock: FakeClock;
let azure: AzureEmulator;
let front: TlsFront;
beforeEach(async () => {
  // The SDK reckons with the clock of the machine.
  clock = new FakeClock(Date.now());
  azure = await startAzureEmulator({ now: clock.now });
  front = await startTlsFront(azure.url);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  front.close();
  await azure.close();
});

const open = (options: AzureStoreOptions = {}, seams: AzureSeams = {}) =>
  azureStore(
    { vaultUrl: front.url, caFile: front.cert, ...options },
    { credential: azure.credential(), env: {}, now: clock.now, ...seams },
  );
/** By its own hand, for what the store cannot do. */
const byHand = async (path: string, method: string, body?: object): Promise<Response> => {
  const { token } = await azure.credential().getToken('https://vault.azure.net/.default');
  const init = { method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' } };
  return fetch(
    `${azure.url}${path}?api-version=7.6`,
    body === undefined ? init : { ...init, body: JSON.stringify(body) },
  );
};
const write = async (name: string, ...values: readonly string[]): Promise<void> => {
  for (const value of values) {
    clock.advance(1_000);
    await byHand(`/secrets/${name}`, 'PUT', { value });
  }
};

describe('signing in', () => {
  test('the vault says whose tokens it takes, and one token serves fifty who ask at once', async () => {
    await write('shop-db', 'first-4711');
    const before = azure.tokensGiven;
    const mask = createMask();
    const store = open({}, { mask });
    const all = await Promise.all(Array.from({ length: 50 }, () => store.read('shop-db', { signal })));
    expect(new Set(all.map(({ value }) => value))).toEqual(new Set(['first-4711']));
    expect(azure.tokensGiven - before).toBe(1);
    expect(azure.requests.find(({ headers }) => headers.authorization === undefined)?.body.length).toBe(0);
    const [, token = ''] = /Bearer (.+)/.exec(azure.requests.at(-1)?.headers.authorization ?? '') ?? [];
    expect(mask.text(`it is ${token}`)).toBe('it is [masked]');
    await store.close();
  });

  test('a token that is over, and one that has to show more, are replaced', async () => {
    await write('shop-db', 'first-4711');
    const store = open();
    await store.read('shop-db', { signal });
    azure.demandClaims();
    expect(await store.read('shop-db', { signal })).toMatchObject({ value: 'first-4711' });
    expect(await store.health({ signal })).toEqual({
      state: 'healthy',
      detail: `Key Vault ${front.url}, its token ends in 3600 s`,
    });
    await store.close();
  });

  test('the chain of the SDK is walked: the identity that an app in Azure has', async () => {
    await write('shop-db', 'first-4711');
    for (const name of ['AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_CLIENT_SECRET', 'AZURE_FEDERATED_TOKEN_FILE'])
      vi.stubEnv(name, undefined);
    vi.stubEnv('IDENTITY_ENDPOINT', azure.identityEndpoint);
    vi.stubEnv('IDENTITY_HEADER', azure.identityHeader);
    vi.stubEnv('AZURE_TOKEN_CREDENTIALS', 'ManagedIdentityCredential');
    for (const auth of [
      undefined,
      { method: 'managed-identity' },
      { method: 'managed-identity', clientId: 'of-mine' },
    ] as const) {
      const store = azureStore(
        { vaultUrl: front.url, caFile: front.cert, ...(auth === undefined ? {} : { auth }) },
        { now: clock.now },
      );
      expect(await store.read('shop-db', { signal })).toMatchObject({ value: 'first-4711' });
      await store.close();
    }
    expect(
      azure.requests
        .filter(({ path }) => path === '/identity/token')
        .map(({ query }) => query.get('client_id') ?? query.get('clientid')),
    ).toContain('of-mine');
  });

  test('an application signs in with its secret, or with the token of a job that it trusts, read anew each time', async () => {
    await write('shop-db', 'first-4711');
    azure.addApp({ clientId: 'with-secret', secret: 'sec~4711-right' });
    azure.addApp({ clientId: 'over', secret: 'sec~4711-right', secretEndsAt: clock.now() - 1 });
    azure.addApp({ clientId: 'of-a-job', trusts: assertion => assertion === 'jwt-of-the-job' });
    const mask = createMask();
    const reads = async (auth: NonNullable<AzureStoreOptions['auth']>): Promise<unknown> => {
      const options = { vaultUrl: front.url, caFile: front.cert, authorityHost: front.url, auth };
      const store = azureStore(options, { env: { JOB: 'jwt-of-the-job', OTHER: 'jwt-of-another' }, mask });
      try {
        return (await store.read('shop-db', { signal })).value;
      } finally {
        await store.close();
      }
    };
    const app = (clientId: string) => ({ tenantId: azure.tenant, clientId });
    const secret = (clientId: string, clientSecret: string) =>
      ({ method: 'client-secret', ...app(clientId), clientSecret }) as const;
    expect(await reads(secret('with-secret', 'sec~4711-right'))).toBe('first-4711');
    expect(await reads({ method: 'federated', ...app('of-a-job'), assertion: { env: 'JOB' } })).toBe('first-4711');
    expect(mask.text('sec~4711-right jwt-of-the-job')).toBe('[masked] [masked]');
    const refused = [
      [secret('with-secret', 'sec~4711-wrong'), 'AADSTS7000215', 'not its id'],
      [secret('over', 'sec~4711-right'), 'AADSTS7000222', 'is over'],
      [secret('none', 'sec~4711-right'), 'AADSTS700016', 'tenant, client and secret'],
      [
        { method: 'federated', ...app('of-a-job'), assertion: { env: 'OTHER' } },
        'AADSTS700213',
        'federated credential',
      ],
    ] as const;
    for (const [auth, message, hint] of refused) {
      const error = await reads(auth).catch(thrown => thrown);
      expect(error).toMatchObject({
        code: 'QH_SECRET_AUTH',
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      });
      expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/sec~4711|jwt-of-another/);
    }
  });

  test('where nobody lets us in, that is said', async () => {
    vi.stubEnv('IDENTITY_ENDPOINT', azure.identityEndpoint);
    vi.stubEnv('IDENTITY_HEADER', 'wrong');
    const store = azureStore({ vaultUrl: front.url, caFile: front.cert, auth: { method: 'managed-identity' } });
    await expect(store.read('shop-db', { signal })).rejects.toMatchObject({ code: 'QH_SECRET_AUTH' });
    expect(await store.health({ signal })).toMatchObject({ state: 'down' });
    await store.close();
    const missing = azureStore(
      {
        vaultUrl: front.url,
        caFile: front.cert,
        auth: { method: 'client-secret', tenantId: 't', clientId: 'c', clientSecret: { env: 'NONE' } },
      },
      { env: {} },
    );
    await expect(missing.read('shop-db', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_AUTH',
      message: expect.stringContaining('the environment variable NONE, which is not set'),
    });
    await missing.close();
    const foreign: AzureCredential = {
      getToken: async () => ({ token: 'of-somebody-else', expiresOnTimestamp: Date.now() + 60_000 }),
    };
    const refused = open({}, { credential: foreign });
    const error = await refused.read('shop-db', { signal }).catch(thrown => thrown);
    expect(error).toMatchObject({
      code: 'QH_SECRET_AUTH',
      message: expect.stringContaining('AKV10022'),
      hint: expect.stringContaining('tenant'),
    });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain('of-somebody-else');
    await refused.close();
  });

  test.each([
    ['AuthenticationError', 'AADSTS7000222: The provided client secret keys are expired.', 'QH_SECRET_AUTH', 'is over'],
    ['AuthenticationError', 'AADSTS7000215: Invalid client secret provided.', 'QH_SECRET_AUTH', 'not its id'],
    [
      'AuthenticationError',
      'AADSTS700024: Client assertion is not within its valid time range.',
      'QH_SECRET_SKEW',
      'date -u',
    ],
    [
      'AuthenticationError',
      'AADSTS700213: No matching federated identity record found.',
      'QH_SECRET_AUTH',
      'federated credential',
    ],
    ['AuthenticationError', 'AADSTS90002: Tenant not found.', 'QH_SECRET_AUTH', 'tenant'],
    ['CredentialUnavailableError', 'ManagedIdentityCredential: is unavailable.', 'QH_SECRET_AUTH', 'az login'],
  ])('%s %s is told as %s', (name, message, code, hint) => {
    const error = azureError({ name, message: `${message}\nTrace ID: 1` }, {}, 'Key Vault', 'read shop-db');
    expect(error).toMatchObject({
      code,
      hint: expect.stringContaining(hint),
      message: `Key Vault cannot read shop-db. ${name}: ${message}`,
    });
  });

  test('rights that are missing, and a firewall, are told apart', async () => {
    await write('shop-db', 'first-4711');
    const store = open({}, { credential: azure.credential({ rights: [] }) });
    await expect(store.read('shop-db', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_DENIED',
      message: expect.stringContaining('Forbidden, ForbiddenByRbac'),
      hint: expect.stringContaining('Key Vault Secrets User'),
    });
    expect(await store.health({ signal })).toMatchObject({ state: 'healthy' });
    azure.closeFirewall(true);
    await expect(store.read('shop-db', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_DENIED',
      hint: expect.stringContaining('firewall'),
    });
    expect(await store.health({ signal })).toMatchObject({
      state: 'down',
      detail: expect.stringContaining('ForbiddenByFirewall'),
    });
    await store.close();
  });
});

describe('versions', () => {
  test('of two in one second the current one is known, and pages are read to their end', async () => {
    for (let index = 0; index < 30; index++) await byHand('/secrets/shop-db', 'PUT', { value: `value ${index}` });
    const store = open();
    const versions = await store.versions('shop-db', { signal });
    expect(versions).toHaveLength(30);
    expect(await store.read('shop-db', { signal, version: versions[0]?.version ?? '' })).toMatchObject({
      value: 'value 29',
    });
    await store.close();
  });

  test('one that is disabled is told as withdrawn, and is not the previous one', async () => {
    await write('shop-db', 'one', 'two', 'three');
    const store = open();
    const [, second] = await store.versions('shop-db', { signal });
    await byHand(`/secrets/shop-db/${second?.version}`, 'PATCH', { attributes: { enabled: false } });
    await expect(store.read('shop-db', { signal, version: second?.version ?? '' })).rejects.toMatchObject({
      code: 'QH_SECRET_REVOKED',
      message: expect.stringContaining('SecretDisabled'),
    });
    expect(await store.read('shop-db', { signal, version: 'previous' })).toMatchObject({ value: 'one' });
    await expect(store.read('shop-db', { signal, version: '3' })).rejects.toMatchObject({ code: 'QH_SECRET_VERSION' });
    await store.close();
  });

  test('one that is over, or not yet valid, is told, although the vault gives it', async () => {
    const now = Math.floor(clock.now() / 1_000);
    const store = open();
    await byHand('/secrets/ending', 'PUT', { value: 'x', attributes: { exp: now + 60 } });
    expect(await store.read('ending', { signal })).toMatchObject({
      expiresAt: new Date((now + 60) * 1_000).toISOString(),
    });
    clock.advance(61_000);
    await expect(store.read('ending', { signal })).rejects.toMatchObject({ code: 'QH_SECRET_EXPIRED' });
    await byHand('/secrets/coming', 'PUT', { value: 'x', attributes: { nbf: now + 600 } });
    await expect(store.read('coming', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_INVALID',
      message: expect.stringContaining('is valid from'),
    });
    await store.close();
  });

  test('a name that was deleted is not there, and cannot be written', async () => {
    await write('shop-db', 'one');
    await byHand('/secrets/shop-db', 'DELETE');
    const store = open();
    await expect(store.read('shop-db', { signal })).rejects.toMatchObject({ code: 'QH_SECRET_NOT_FOUND' });
    await expect(store.write?.('shop-db', 'two', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_REVOKED',
      hint: expect.stringContaining('purge'),
    });
    await store.write?.('other', { user: 'ann' }, { signal });
    expect(await store.read('other', { signal })).toMatchObject({ value: '{"user":"ann"}' });
    await store.close();
  });
});

describe('what goes wrong', () => {
  test('too many requests, and a failure of the service, are tried three times and no more', async () => {
    await write('shop-db', 'one');
    const store = open({ timeoutMs: 600 }, { registry: new Registry({ wallNow: clock.now }) });
    await store.read('shop-db', { signal });
    azure.fault({ act: { status: 503, body: { error: { code: 'ServiceUnavailable', message: 'later' } } }, times: 2 });
    expect(await store.read('shop-db', { signal })).toMatchObject({ value: 'one' });
    const cases = [
      [azureThrottled(0), 'QH_SECRET_THROTTLED'],
      [{ status: 500, body: { error: { code: 'InternalServerError', message: 'oops' } } }, 'QH_SECRET_UNREACHABLE'],
      ['hang', 'QH_SECRET_UNREACHABLE'],
      ['cut', 'QH_SECRET_UNREACHABLE'],
    ] as const;
    for (const [act, code] of cases) {
      const before = azure.requests.length;
      azure.fault({ act, times: 3 });
      await expect(store.read('shop-db', { signal })).rejects.toMatchObject({ code, transient: true });
      expect(azure.requests.length - before).toBe(3);
    }
    const before = azure.requests.length;
    azure.fault({ act: 'lost' });
    await expect(store.write?.('shop-db', 'two', { signal })).rejects.toMatchObject({ code: 'QH_SECRET_UNREACHABLE' });
    expect(azure.requests.length - before).toBe(1);
    azure.fault({ act: { status: 400, body: { error: { code: 'BadParameter', message: 'no' } } } });
    await expect(store.read('shop-db', { signal })).rejects.toMatchObject({ code: 'QH_SECRET_INVALID' });
    await store.close();
    await expect(store.read('shop-db', { signal })).rejects.toThrow('is closed');
  });

  test('a delay that the service asks for is kept', async () => {
    await write('shop-db', 'one');
    const store = open({}, { registry: new Registry({ clock, wallNow: clock.now }) });
    azure.fault({ act: azureThrottled(4) });
    const before = clock.now();
    let ended = false;
    const reading = store.read('shop-db', { signal }).finally(() => {
      ended = true;
    });
    while (!ended) {
      clock.advance(100);
      await setTimeout(5);
    }
    await reading;
    expect(clock.now() - before).toBeGreaterThanOrEqual(4_000);
    await store.close();
  });

  test('certificates are checked whatever the environment says, and a vault has https', async () => {
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const store = azureStore({ vaultUrl: front.url }, { credential: azure.credential() });
    await expect(store.read('shop-db', { signal })).rejects.toMatchObject({
      code: 'QH_SECRET_UNREACHABLE',
      message: expect.stringContaining('DEPTH_ZERO_SELF_SIGNED_CERT'),
    });
    await store.close();
    expect(() => azureStore({ vaultUrl: 'http://127.0.0.1' })).toThrow('expected https://name.vault.azure.net');
    expect(() => azureStore({}, { env: {} })).toThrow('AZURE_KEYVAULT_URL');
  });

  test('the emulator serves the SDK as it is: deletion, recovery and the list', async () => {
    await write('shop-db', 'one');
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    const client = new SecretClient(front.url, azure.credential(), { disableChallengeResourceVerification: true });
    const names: string[] = [];
    for await (const { name } of client.listPropertiesOfSecrets()) names.push(name);
    expect(names).toEqual(['shop-db']);
    const poller = await client.beginDeleteSecret('shop-db', { intervalInMs: 1 });
    expect((await poller.pollUntilDone()).properties.recoveryId).toContain('/deletedsecrets/shop-db');
    await client.purgeDeletedSecret('shop-db');
    await expect(client.getDeletedSecret('shop-db')).rejects.toMatchObject({ statusCode: 404, code: 'SecretNotFound' });
  });
});

test('the schema takes what the documentation shows, and names what is wrong', () => {
  const right = [
    { kind: 'azure', vaultUrl: 'https://shop.vault.azure.net' },
    {
      kind: 'azure',
      auth: { method: 'federated', tenantId: 't', clientId: 'c', assertion: { github: 'api://AzureADTokenExchange' } },
    },
    {
      kind: 'azure',
      auth: { method: 'client-secret', tenantId: 't', clientId: 'c', clientSecret: { env: 'S' } },
      caFile: 'ca.pem',
    },
    { kind: 'azure', auth: { method: 'managed-identity' } },
  ];
  for (const options of right) expect(azureStoreSchema.safeParse(options).error).toBeUndefined();
  const wrong = {
    kind: 'azure',
    vaultUrl: 'shop',
    auth: { method: 'federated', tenantId: 't', clientId: 'c' },
    retries: 3,
  };
  expect(
    azureStoreSchema
      .safeParse(wrong)
      .error?.issues.map(({ path }) => path.join('.'))
      .sort(),
  ).toEqual(['', 'auth.assertion', 'vaultUrl']);
});
