import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '@quality-hub/clients/db';
import { secret } from '@quality-hub/config';
import type { Evidence, SecretStore } from '@quality-hub/protocol';
import { verifyTrail } from '@quality-hub/secrets';
import { createMask } from '@quality-hub/telemetry';
import { startServer } from '@quality-hub/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { checkConfig } from '../check-config.ts';
import type { QualityHubConfig, RunningTest } from '../index.ts';
import { openWorker, scratchFolder } from '../testing/open-workers.ts';

/** A service that takes one key, as header or as user and password; and a store file that a test can change. */
async function rotatingService() {
  const state = { key: 'first-key-word', asked: [] as string[] };
  const server = await startServer((request, response) => {
    const { authorization = '', 'x-api-key': key } = request.headers;
    const password = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString().split(':')[1];
    state.asked.push(String(key ?? password ?? authorization.replace('Bearer ', '')));
    const isKnown = [key, password, authorization.replace('Bearer ', '')].includes(state.key);
    response.statusCode = isKnown ? 200 : 401;
    response.end('{}');
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const folder = scratchFolder();
  const put = (value: string): void => writeFileSync(join(folder, '.env.kept'), `KEY=${value}\nOTHER=another-word`);
  put(state.key);
  return { state, url: server.url, folder, put };
}

function secretsOf(folder: string): NonNullable<QualityHubConfig['secrets']> {
  return {
    stores: { kept: { kind: 'environment', files: [join(folder, '.env.kept')] } },
    refs: { paymentKey: 'kept:KEY', other: 'kept:OTHER' },
  };
}

const ofSecrets = (seen: readonly Evidence[]) => seen.filter(({ kind }) => kind === 'secret');

test.each<[string, NonNullable<QualityHubConfig['clients']>[string]]>([
  ['a header', { headers: { 'X-Api-Key': secret('paymentKey'), accept: 'text/plain' } }],
  ['a token', { auth: { kind: 'bearer', token: secret('paymentKey') } }],
  ['a password', { auth: { kind: 'basic', user: 'ann', password: secret('paymentKey') } }],
  ['an API key', { auth: { kind: 'apiKey', key: secret('paymentKey') } }],
])('%s is read from its store, and when it was rotated meanwhile the call does not notice', async (_, section) => {
  const { state, url, folder, put } = await rotatingService();
  const mask = createMask();
  const config = { secrets: secretsOf(folder), clients: { payments: { baseURL: url, ...section } } };
  const { runtime, seen } = await openWorker({ config, mask });
  expect((await runtime.client('payments').get('/')).status).toBe(200);
  expect(mask.text('a first-key-word')).toBe('a [masked]');
  expect(ofSecrets(seen)).toEqual([
    { kind: 'secret', name: 'paymentKey', outcome: 'ok', store: 'kept', dependency: 'payments' },
  ]);
  state.key = 'second-key-word';
  put(state.key);
  expect((await runtime.client('payments').get('/')).status).toBe(200);
  expect(ofSecrets(seen).at(-1)).toMatchObject({ outcome: 'rotated', detail: 'HTTP 401 from payments' });
  expect((await runtime.client('payments').get('/')).status).toBe(200);
  expect(state.asked).toEqual(['first-key-word', 'first-key-word', 'second-key-word', 'second-key-word']);
});

test('where there is no other value the refusal is told, with the secret as its reason', async () => {
  const { state, url, folder } = await rotatingService();
  state.key = 'a-word-nobody-has';
  const clients = { payments: { baseURL: url, headers: { 'x-api-key': secret('paymentKey') } } };
  const { runtime, seen } = await openWorker({ config: { secrets: secretsOf(folder), clients } });
  await expect(runtime.client('payments').get('/')).rejects.toMatchObject({ status: 401 });
  expect(state.asked).toHaveLength(1);
  expect(ofSecrets(seen).at(-1)).toEqual({
    kind: 'secret',
    name: 'paymentKey',
    outcome: 'rejected',
    store: 'kept',
    dependency: 'payments',
    detail: 'HTTP 401 from payments: the current version in kept was refused, and there is no other',
  });
});

test('a header that a call brings itself counts, and other origins get none', async () => {
  const { state, url, folder } = await rotatingService();
  const clients = { payments: { baseURL: url, headers: { 'x-api-key': secret('paymentKey') } } };
  const { runtime } = await openWorker({ config: { secrets: secretsOf(folder), clients } });
  const api = runtime.client('payments');
  await expect(api.get('/', { headers: { 'X-Api-Key': 'own' } })).rejects.toMatchObject({ status: 401 });
  const abroad = await rotatingService();
  await expect(api.get(`${abroad.url}/`)).rejects.toMatchObject({ status: 401 });
  expect([state.asked, abroad.state.asked]).toEqual([['own'], ['']]);
});

test('an address is a secret too: user and password in it sign in, also after they were rotated', async () => {
  const { state, url, folder, put } = await rotatingService();
  const address = (key: string): string => url.replace('http://', `http://ann:${key}@`);
  put(address(state.key));
  const config = { secrets: secretsOf(folder), clients: { payments: { baseURL: secret('paymentKey') } } };
  const { runtime } = await openWorker({ config });
  expect(runtime.baseURL('payments')).toBe(`${url}/`);
  expect((await runtime.client('payments').get('/')).status).toBe(200);
  state.key = 'second-key-word';
  put(address(state.key));
  expect((await runtime.client('payments').get('/')).status).toBe(200);
});

test('an OAuth client whose secret was rotated gets its token all the same', async () => {
  const { url, folder, put } = await rotatingService();
  const login = await startServer((request, response) => {
    const sent = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
    response.setHeader('content-type', 'application/json');
    response.statusCode = decodeURIComponent(sent).endsWith(':second-key-word') ? 200 : 401;
    const token = { access_token: 'first-key-word', token_type: 'bearer', expires_in: 60 };
    response.end(JSON.stringify(response.statusCode === 200 ? token : { error: 'invalid_client' }));
  });
  onTestFinished(() => login[Symbol.asyncDispose]());
  const auth = {
    kind: 'oauth' as const,
    issuer: login.url,
    endpoints: { token: `${login.url}/token` },
    clientId: 'suite',
    clientSecret: secret('paymentKey'),
  };
  const clients = { payments: { baseURL: url, auth } };
  const { runtime, seen } = await openWorker({ config: { secrets: secretsOf(folder), clients } });
  await runtime.secrets.get('paymentKey');
  put('second-key-word');
  expect((await runtime.client('payments').get('/')).status).toBe(200);
  expect(ofSecrets(seen).at(-1)).toMatchObject({
    outcome: 'rotated',
    detail: 'the sign-in said invalid_client from payments',
  });
});

test('a database takes its address from a store', async () => {
  const { folder, put } = await rotatingService();
  put(join(folder, 'shop.db'));
  const databases = { shop: { kind: 'sqlite' as const, url: secret('paymentKey') } };
  const { runtime, seen } = await openWorker({ config: { secrets: secretsOf(folder), databases } });
  expect((await runtime.database('shop').query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  expect(await runtime.addressOf('shop')).toBe(join(folder, 'shop.db'));
  expect(ofSecrets(seen)[0]).toMatchObject({ name: 'paymentKey', outcome: 'ok', dependency: 'shop' });
});

const { QH_POSTGRES_URL: postgres } = process.env;

test.skipIf(postgres === undefined)('a user of PostgreSQL that was rotated is fetched while it connects', async () => {
  const { folder, put } = await rotatingService();
  const user = `qh_rotated_${Math.random().toString(36).slice(2, 8)}`;
  const admin = openDatabase({ name: 'admin', kind: 'postgres', url: postgres ?? '' });
  await admin.query(`create role ${user} login`);
  onTestFinished(async () => {
    await admin.query(`drop role ${user}`);
    await admin.close();
  });
  const address = (name: string): string => {
    const url = new URL(postgres ?? '');
    url.username = name;
    return url.href;
  };
  put(address('qh_nobody'));
  const databases = { shop: { kind: 'postgres' as const, url: secret('paymentKey') } };
  const { runtime, seen } = await openWorker({ config: { secrets: secretsOf(folder), databases } });
  await runtime.secrets.get('paymentKey');
  put(address(user));
  const { rows } = await runtime.database('shop').query('select current_user as name');
  expect(rows).toEqual([{ name: user }]);
  expect(ofSecrets(seen).at(-1)).toMatchObject({
    outcome: 'rotated',
    dependency: 'shop',
    detail: 'postgres said 28000 from shop',
  });
  put(address('qh_nobody'));
  const other = await openWorker({ config: { secrets: secretsOf(folder), databases } });
  await expect(other.runtime.database('shop').query('select 1')).rejects.toMatchObject({ code: 'QH_DB_CREDENTIALS' });
  expect(ofSecrets(other.seen).at(-1)).toMatchObject({ outcome: 'rejected', dependency: 'shop' });
});

test('who had which secret is written down, once for each test; who may not have it is refused and told', async () => {
  const { url, folder } = await rotatingService();
  const auditFile = join(folder, 'audit', 'w1.jsonl');
  let running: RunningTest = { attempt: '1', title: 'pays', tags: ['@payments'] };
  const config = {
    secrets: { ...secretsOf(folder), access: [{ name: 'payments', secrets: 'payment*', tags: ['@payments'] }] },
    clients: { payments: { baseURL: url, headers: { 'x-api-key': secret('paymentKey') } } },
  };
  const { runtime, seen } = await openWorker({ config, auditFile, worker: 'w1', runningTest: () => running });
  const api = runtime.client('payments');
  await api.get('/');
  await api.get('/');
  expect((await runtime.secrets.get('paymentKey')).reveal()).toBe('first-key-word');
  running = { attempt: '2', title: 'reads' };
  await expect(api.get('/')).rejects.toMatchObject({ code: 'QH_SECRET_REFUSED' });
  await expect(runtime.secrets.get('paymentKey')).rejects.toMatchObject({
    message: 'The secret paymentKey is not for the test "reads": only payments allows it, to others',
  });
  expect(ofSecrets(seen).map(one => one.kind === 'secret' && one.outcome)).toEqual(['ok', 'ok', 'refused', 'refused']);
  const text = readFileSync(auditFile, 'utf8');
  expect(text).not.toContain('first-key-word');
  const lines = text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  expect(lines.map(({ action, by, why }) => [action, by, why])).toEqual([
    ['read', 'pays', undefined],
    ['revealed', 'pays', 'for payments'],
    ['revealed', 'pays', undefined],
    ['refused', 'reads', expect.stringContaining('only payments allows it')],
    ['refused', 'reads', expect.stringContaining('only payments allows it')],
  ]);
  const { seq, hash } = runtime.secrets.auditEnd ?? { seq: 0, hash: '' };
  expect(await verifyTrail(auditFile, { seq, hash })).toMatchObject({ lines: 5, end: { seq: 5 } });
});

test('a part of a secret is sent, masked and audited as such, and the other parts stay closed', async () => {
  const { state, url, folder, put } = await rotatingService();
  put(`'{"user":"ann-the-first","password":"${state.key}"}'`);
  const auditFile = join(folder, 'audit', 'w1.jsonl');
  const mask = createMask();
  const { stores } = secretsOf(folder);
  const section = { ...(stores && { stores }), refs: { login: { ref: 'kept:KEY', type: 'json' as const } } };
  const config = { secrets: section, clients: { payments: { baseURL: url } } };
  const { runtime, seen } = await openWorker({ config, auditFile, worker: 'w1', mask });
  const login = await runtime.secrets.get<{ user: string; password: string }>('login');
  const password = login.at('password');
  expect(JSON.stringify({ password })).toBe('{"password":"[secret:login.password]"}');
  const response = await runtime.client('payments').get('/', { headers: { 'x-api-key': password } });
  expect([response.status, state.asked]).toEqual([200, [state.key]]);
  const everywhere = { headers: { 'x-api-key': password }, params: { key: password }, query: { with: password } };
  expect((await runtime.client('payments').get('/keys/{key}', everywhere)).status).toBe(200);
  expect(JSON.stringify(seen)).not.toContain(state.key);
  expect(mask.text(`${state.key} ann-the-first`)).toBe('[masked] ann-the-first');
  const lines = readFileSync(auditFile, 'utf8').trim().split('\n');
  expect(lines.map(line => JSON.parse(line)).map(({ action, name, part }) => [action, name, part])).toEqual([
    ['read', 'login', undefined],
    ['revealed', 'login', 'password'],
  ]);
  expect(() => login.at('pasword' as 'password')).toThrow('The secret login has no part pasword');
});

test('who could not have a secret, and why, is written down as well', async () => {
  const { state, url, folder } = await rotatingService();
  state.key = 'a-word-nobody-has';
  const auditFile = join(folder, 'audit', 'w1.jsonl');
  const { refs, ...others } = secretsOf(folder);
  const clients = { payments: { baseURL: url, headers: { 'x-api-key': secret('paymentKey') } } };
  const own: SecretStore = {
    kind: 'own',
    read: async () => {
      throw Object.assign(new Error('first-key-word was refused'), { code: 'EOWN' });
    },
    versions: async () => [],
    health: async () => ({ state: 'healthy' }),
    close: async () => {},
  };
  const section = {
    ...others,
    stores: { ...others.stores, own },
    refs: { ...refs, gone: 'env:QH_NOT_THERE', strange: 'own:a' },
  };
  const { runtime } = await openWorker({ config: { secrets: section, clients }, auditFile, worker: 'w1' });
  await expect(runtime.secrets.get('strange')).rejects.toThrow('was refused');
  await expect(runtime.client('payments').get('/')).rejects.toMatchObject({ status: 401 });
  await expect(runtime.secrets.get('gone')).rejects.toMatchObject({ code: 'QH_SECRET_NOT_FOUND' });
  await expect(runtime.secrets.get('gone')).rejects.toMatchObject({ code: 'QH_SECRET_NOT_FOUND' });
  const lines = readFileSync(auditFile, 'utf8').trim().split('\n');
  const failed = lines.map(line => JSON.parse(line)).filter(({ action }) => action === 'failed');
  expect(failed).toMatchObject([
    { name: 'strange', store: 'own', why: 'Error EOWN' },
    { name: 'paymentKey', store: 'kept', why: 'HTTP 401 from payments' },
    { name: 'gone', store: 'env', why: expect.stringContaining('There is no environment variable QH_NOT_THERE') },
  ]);
});

test('the reason why a secret cannot be had is evidence, and the error of the call', async () => {
  const { url, folder } = await rotatingService();
  const config = {
    secrets: { refs: { gone: 'env:QH_NOT_THERE' } },
    clients: { payments: { baseURL: url, auth: { kind: 'bearer' as const, token: secret('gone') } } },
  };
  const { runtime, seen } = await openWorker({ config, configPath: join(folder, 'x.ts') });
  await expect(runtime.client('payments').get('/')).rejects.toMatchObject({ code: 'QH_SECRET_NOT_FOUND' });
  expect(ofSecrets(seen)).toMatchObject([{ name: 'gone', outcome: 'missing', store: 'env', dependency: 'payments' }]);
  await expect(runtime.secrets.get('gon')).rejects.toMatchObject({ hint: 'Did you mean gone?' });
});

test('before the run every name that is none is told, and every reference', async () => {
  const from = scratchFolder();
  mkdirSync(join(from, '.git'));
  const reference = (name: string): unknown => ({ $secret: name });
  const config = {
    clients: {
      payments: { baseURL: reference('shopUrl'), headers: { 'x-api-key': reference('paymentKye') } },
      mail: { auth: { kind: 'bearer', token: reference('mailToken') } },
    },
    databases: { shop: { kind: 'postgres', url: reference('nothing') } },
    secrets: {
      refs: { paymentKey: 'vualt:a', shopUrl: 'env:A', mailToken: 'env:B' },
      stores: { vault: { kind: 'file' } },
    },
  };
  writeFileSync(join(from, 'quality-hub.config.json'), JSON.stringify(config));
  const error = await checkConfig({ from, cwd: from, env: {} });
  expect((error as { problems?: readonly string[] }).problems).toEqual([
    expect.stringMatching(/^secrets\.stores\.vault/),
    'clients.payments.headers.x-api-key names the secret paymentKye, which is none; did you mean paymentKey?',
    expect.stringMatching(/^databases\.shop\.url names the secret nothing, which is none; there are /),
    'secrets.refs.paymentKey names the store vualt, which is none; did you mean vault?',
  ]);
});

test('what is in an address or in JSON is masked by itself too', async () => {
  const { folder, put } = await rotatingService();
  put('postgres://ann:a%20word-of-ann@db/shop');
  const mask = createMask();
  const learned: string[] = [];
  const { runtime } = await openWorker({
    config: { secrets: secretsOf(folder) },
    mask,
    beforeReveal: (name, texts) => void learned.push(name, ...texts),
  });
  (await runtime.secrets.get('paymentKey')).reveal();
  expect(mask.text('she said a word-of-ann')).toBe('she said [masked]');
  expect(learned).toEqual(['paymentKey', 'postgres://ann:a%20word-of-ann@db/shop', 'a%20word-of-ann', 'a word-of-ann']);
});

test('the address of a client is read for all tests, and its password for those that may have it', async () => {
  const { url, folder, put } = await rotatingService();
  put(url.replace('http://', 'http://ann:first-key-word@'));
  let tags = ['@other'];
  const { runtime } = await openWorker({
    config: {
      secrets: { ...secretsOf(folder), access: [{ name: 'payments', secrets: '*', tags: ['@payments'] }] },
      clients: { payments: { baseURL: secret('paymentKey') } },
    },
    runningTest: () => ({ attempt: tags.join(), title: 'pays', tags }),
  });
  await expect(runtime.client('payments').get('/')).rejects.toMatchObject({ code: 'QH_SECRET_REFUSED' });
  tags = ['@payments'];
  expect((await runtime.client('payments').get('/')).status).toBe(200);
});
