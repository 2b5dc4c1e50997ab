import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { openSection } from './open-section.ts';
import { secretsSchema } from './schema.ts';
import type { SecretsSection } from './section.ts';
import { SecretFile } from './stores/secret-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'qh-section-'));

function opened(section: SecretsSection, env: NodeJS.ProcessEnv = {}, now = Date.now) {
  expect(secretsSchema.safeParse(section).error?.issues).toBeUndefined();
  return openSection(section, { folder, env, now });
}

test('the environment is there without being named, and files lie beside the configuration', async () => {
  writeFileSync(join(folder, '.env.shop'), 'SHOP_DB=from-the-file\nBOTH=file');
  const { secrets } = opened(
    {
      stores: { shop: { kind: 'environment', files: ['.env.shop'] } },
      refs: { db: 'shop:SHOP_DB', both: 'shop:BOTH', token: 'env:TOKEN' },
    },
    { BOTH: 'process', TOKEN: 'from-the-process' },
  );
  const { db, both, token } = await secrets.all(['db', 'both', 'token']);
  expect([db.reveal(), both.reveal(), token.reveal()]).toEqual(['from-the-file', 'process', 'from-the-process']);
  writeFileSync(join(folder, '.env.shop'), 'SHOP_DB=written-anew');
  expect(await secrets.renew('db', 'HTTP 401')).toBe(true);
  expect(db.reveal()).toBe('written-anew');
});

test('the passphrase of an encrypted file lies in the environment, in a file or in another store', async () => {
  const path = join(folder, 'secrets.json');
  const passphrase = 'a passphrase of many words';
  const file = (await SecretFile.create(path, { passphrase })).with('payment', 'first', new Date());
  writeFileSync(join(folder, 'passphrase.txt'), `${passphrase}\n`);
  const stores: SecretsSection['stores'] = {
    given: { kind: 'file', path: 'secrets.json' },
    file: { kind: 'file', path, passphrase: { file: 'passphrase.txt' } },
    other: { kind: 'file', path, passphrase: { ref: 'env:OTHER' } },
    lost: { kind: 'file', path, key: { env: 'NOWHERE' } },
  };
  const refs = { a: 'given:payment', b: 'file:payment', c: 'other:payment', d: 'lost:payment' };
  const { secrets } = opened({ stores, refs }, { QUALITY_HUB_SECRETS_PASSPHRASE: passphrase, OTHER: passphrase });
  const { a, b, c } = await secrets.all(['a', 'b', 'c']);
  expect([a.reveal(), b.reveal(), c.reveal()]).toEqual(['first', 'first', 'first']);
  await expect(secrets.get('d')).rejects.toMatchObject({
    code: 'QH_SECRET_AUTH',
    message: 'The file of secrets cannot be opened: its key is not in the environment variable NOWHERE',
  });
  file.with('payment', 'second', new Date());
  expect(await secrets.renew('a', 'HTTP 401'), 'another process has written it').toBe(true);
  expect(a.reveal()).toBe('second');
  expect(await secrets.rotate('a', { create: () => 'third', test: () => {} })).toMatchObject({ version: '3' });
  expect(a.reveal()).toBe('third');
});

test('one key of several is rotated, and the others stay', async () => {
  const path = join(folder, 'logins.json');
  const passphrase = 'a passphrase of many words';
  const file = await SecretFile.create(path, { passphrase });
  file
    .with('login', { user: 'ann', password: 'first-word' }, new Date())
    .with('text', '{"user":"bob","password":"first-word"}', new Date());
  const { secrets } = opened(
    {
      stores: { logins: { kind: 'file', path } },
      refs: { ann: 'logins:login#password', login: 'logins:login', bob: 'logins:text#password', text: 'logins:text' },
    },
    { QUALITY_HUB_SECRETS_PASSPHRASE: passphrase },
  );
  for (const name of ['ann', 'bob']) await secrets.rotate(name, { create: () => 'second-word', test: () => {} });
  expect((await secrets.get('login')).reveal()).toEqual({ user: 'ann', password: 'second-word' });
  expect((await secrets.get('text')).reveal()).toBe('{"user":"bob","password":"second-word"}');
});

test('a key whose default serves gets its first value', async () => {
  const path = join(folder, 'first.json');
  const passphrase = 'a passphrase of many words';
  await SecretFile.create(path, { passphrase });
  const { secrets } = opened(
    { stores: { kept: { kind: 'file', path } }, refs: { pin: { ref: 'kept:login#pin', default: '0000' } } },
    { QUALITY_HUB_SECRETS_PASSPHRASE: passphrase },
  );
  await secrets.rotate('pin', { create: () => 'first-value', test: () => {} });
  expect((await secrets.get('pin')).reveal()).toBe('first-value');
});

test('stores say how they are, and one that does not answer is down', async () => {
  const own = (health: () => Promise<{ state: 'healthy' }>) => ({
    kind: 'own',
    read: async () => ({ value: 'x' }),
    versions: async () => [],
    health,
    close: async () => {},
  });
  const { secrets } = opened({
    stores: {
      deaf: own(() => new Promise(() => {})),
      broken: own(() => Promise.reject(new Error('no route'))),
      missing: { kind: 'file', path: 'nowhere.json' },
      unused: own(async () => ({ state: 'healthy' })),
    },
    refs: { a: 'deaf:a', b: 'broken:b', c: 'missing:c', d: 'env:D' },
    timeoutMs: 30,
  });
  expect(await secrets.health()).toMatchObject({
    deaf: { state: 'down', detail: 'It did not answer in time' },
    broken: { state: 'down', detail: 'no route' },
    missing: { state: 'down' },
    env: { state: 'healthy' },
  });
});

test('what cannot be written is not rotated, and nothing is made for it', async () => {
  const made: string[] = [];
  const { secrets } = opened({ refs: { token: 'env:TOKEN' } }, { TOKEN: 'value-of-token' });
  const steps = { create: () => `${made.push('made')}`, test: () => {} };
  await expect(secrets.rotate('token', steps)).rejects.toMatchObject({
    code: 'QH_SECRET_DENIED',
    message: 'The secret token cannot be rotated: a store of the kind environment cannot be written',
  });
  expect(made).toEqual([]);
});

test('a value is what its type says, or is missed without being shown', async () => {
  const login = z.object({ user: z.string(), password: z.string().min(20) });
  const { secrets } = opened(
    {
      refs: {
        json: { ref: 'env:LOGIN', type: 'json' },
        text: { ref: 'env:LOGIN', type: 'text' },
        login: { ref: 'env:LOGIN', type: login },
        broken: { ref: 'env:BROKEN', type: 'json' },
        parts: { ref: 'env:LOGIN', type: z.preprocess(text => JSON.parse(String(text)), login) },
        user: 'env:LOGIN#user',
      },
    },
    { LOGIN: '{"user":"ann","password":"hidden-word"}', BROKEN: 'hidden-word' },
  );
  expect((await secrets.get<{ user: string }>('json')).reveal().user).toBe('ann');
  expect((await secrets.get('text')).reveal()).toContain('ann');
  expect((await secrets.get('user')).reveal()).toBe('ann');
  for (const [name, said] of [
    ['login', 'The secret login is not what its schema expects (as a whole)'],
    ['parts', 'The secret parts is not what its schema expects (password)'],
    ['broken', 'The secret broken is no JSON'],
  ] as const) {
    await expect(secrets.get(name)).rejects.toMatchObject({ code: 'QH_SECRET_INVALID', message: said });
  }
});

test('a default serves only where the store has no such secret', async () => {
  let now = 0;
  const env: NodeJS.ProcessEnv = {};
  const { secrets } = opened({ refs: { pin: { ref: 'env:PIN', default: '0000' } }, ttlMs: 100 }, env, () => now);
  const pin = await secrets.get('pin');
  expect([pin.reveal(), secrets.factsOf('pin').version]).toEqual(['0000', 'default']);
  env.PIN = '4711';
  await secrets.get('pin');
  expect(pin.reveal()).toBe('0000');
  now = 200;
  await secrets.get('pin');
  expect(pin.reveal()).toBe('4711');
});

test('who may use a secret stands in a rule, or at the secret itself', async () => {
  const { whyRefused } = opened({
    refs: {
      a: 'env:A',
      b: { ref: 'env:B', access: { tags: ['@admin'] } },
      '(*)': { ref: 'env:C', access: { tags: ['@c'] } },
    },
    access: [{ name: 'not-in-webkit', secrets: '*', effect: 'deny', projects: ['webkit'] }],
  });
  expect(whyRefused('a', { project: 'chromium' })).toBeUndefined();
  expect(whyRefused('a', { project: 'webkit' })).toMatchObject({ code: 'QH_SECRET_REFUSED' });
  expect(whyRefused('b', { tags: ['@admin'] })).toBeUndefined();
  expect(whyRefused('(*)', {})).toMatchObject({ code: 'QH_SECRET_REFUSED' });
  expect(whyRefused('a', {})).toBeUndefined();
  expect(whyRefused('b', {})?.message).toContain('secrets.refs.b.access');
});

test('a store that somebody has made is taken as it is, and closed with the others', async () => {
  let closed = 0;
  const own = {
    kind: 'own',
    read: async () => ({ value: 'x' }),
    versions: async () => [],
    health: async () => ({ state: 'healthy' as const }),
    close: async () => void closed++,
  };
  const { secrets } = opened({ stores: { own }, refs: { a: 'own:a' } });
  expect((await secrets.get('a')).reveal()).toBe('x');
  await secrets.close();
  expect(closed).toBe(1);
});

test.each([
  [{ stores: { a: { kind: 'vualt' } } }, 'stores.a'],
  [{ stores: { a: { kind: 'file', path: 'x', key: { env: 'A' }, passphrase: { env: 'A' } } } }, 'stores.a'],
  [{ refs: { a: { ref: 'env:A', type: 'number' } } }, 'refs.a'],
  [{ access: [{ secrets: '*' }] }, 'access.0.name'],
  [{ verify: 'maybe' }, 'verify'],
])('%j is no section', (section, place) => {
  const places = secretsSchema.safeParse(section).error?.issues.map(({ path }) => path.join('.'));
  expect(places).toEqual([place]);
});
