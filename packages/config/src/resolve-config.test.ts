import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { nameOfSecret, type ResolvedConfig, type ResolveOptions, resolveConfig } from './index.ts';
import { scratchFiles } from './testing/scratch-files.ts';

const ZOD = import.meta.resolve('zod');
const SCHEMA = `z.object({
  shop: z.object({ baseURL: z.url(), currency: z.string().default('EUR'), tags: z.array(z.string()).optional() }),
  limit: z.number().int().default(10),
  dark: z.boolean().optional(),
})`;

/** A suite whose configuration is `text`, the inside of an object. */
function suite(text: string, more: Readonly<Record<string, string>> = {}): string {
  return scratchFiles({
    'quality-hub.config.mjs': `import { z } from '${ZOD}';\nconst schema = ${SCHEMA};\nexport default { ${text} };`,
    ...more,
  });
}

async function resolve(folder: string, options: Partial<ResolveOptions> = {}): Promise<ResolvedConfig> {
  const resolved = await resolveConfig({ from: folder, cwd: folder, env: {}, ...options });
  if (resolved === undefined) throw new Error('there is no configuration');
  return resolved;
}

async function problemsIn(folder: string, options: Partial<ResolveOptions> = {}): Promise<readonly string[]> {
  const error = await resolve(folder, options).catch(caught => caught);
  expect(error).toMatchObject({ code: 'QH_CONFIG' });
  return error.problems;
}

const ENVIRONMENTS = `schema, values: { shop: { currency: 'USD', tags: ['a', 'b'] } }, environments: {
  local: { shop: { baseURL: 'http://127.0.0.1:4000' } },
  dark: { dark: true, limit: 20 },
  staging: { extends: ['local', 'dark'], shop: { baseURL: 'https://staging.example' }, limit: 30,
    clients: { default: { timeoutMs: 500 } } },
}, clients: { default: { timeoutMs: 1000, headers: { a: 'b' } } }`;

test('without a configuration there is none', async () => {
  expect(await resolveConfig({ from: scratchFiles({}), cwd: scratchFiles({}), env: {} })).toBeUndefined();
});

test('values come from the file, then from the environments that one extends, then from the environment', async () => {
  const folder = suite(ENVIRONMENTS);
  const local = await resolve(folder);
  expect([local.environment, local.environments]).toEqual(['local', ['local', 'dark', 'staging']]);
  expect(local.values).toEqual({
    shop: { baseURL: 'http://127.0.0.1:4000', currency: 'USD', tags: ['a', 'b'] },
    limit: 10,
  });
  const staging = await resolve(folder, { environment: 'staging' });
  expect(staging.values).toEqual({
    shop: { baseURL: 'https://staging.example', currency: 'USD', tags: ['a', 'b'] },
    limit: 30,
    dark: true,
  });
  expect(staging.config.clients).toEqual({ default: { timeoutMs: 500, headers: { a: 'b' } } });
});

test('layers count in their order, and every value remembers its own', async () => {
  const folder = suite(ENVIRONMENTS, {
    'quality-hub.config.local.yaml':
      'values: { shop: { tags: [local] }, dark: false }\nenvironments:\n  dark: { limit: 21 }\n',
  });
  const resolved = await resolve(folder, {
    env: {
      QUALITY_HUB_ENVIRONMENT: 'staging',
      QH__shop__baseURL: 'https://variable.example',
      QH__LIMIT: '40',
      QH__DARK: 'TRUE',
      QH__SHOP__TAGS: '["x"]',
      QUALITY_HUB_SET: 'limit=41\nshop.currency=GBP',
    },
    settings: 'limit=42\nclients.default.headers={"c":"d"}',
    sources: [{ name: 'hub', read: async ({ environment }) => ({ shop: { currency: `of ${environment}` } }) }],
    updates: [{ kind: 'update', source: 'update', tree: { shop: { tags: ['last'] } } }],
  });
  expect(resolved.values).toEqual({
    shop: { baseURL: 'https://variable.example', currency: 'of staging', tags: ['last'] },
    limit: 42,
    dark: true,
  });
  expect(resolved.config.clients).toEqual({ default: { timeoutMs: 500, headers: { a: 'b', c: 'd' } } });
  expect(resolved.explain('limit')).toEqual({
    path: 'limit',
    value: 42,
    source: '--set limit',
    said: [
      { kind: 'environment', source: 'environment dark in quality-hub.config.mjs', value: 20 },
      { kind: 'environment', source: 'environment staging in quality-hub.config.mjs', value: 30 },
      { kind: 'environment', source: 'environment dark in quality-hub.config.local.yaml', value: 21 },
      { kind: 'variable', source: 'QH__LIMIT', value: 40 },
      { kind: 'set', source: 'QUALITY_HUB_SET limit', value: 41 },
      { kind: 'set', source: '--set limit', value: 42 },
    ],
  });
  expect(resolved.explain('clients.default.timeoutMs')?.source).toBe('environment staging in quality-hub.config.mjs');
  expect(resolved.explain('shop.tags[0]')).toMatchObject({ value: 'last', source: 'update' });
  expect(resolved.explain('shop.tagz')).toBeUndefined();
  expect(resolved.nearest('shop.tagz')).toBe('shop.tags');
  expect(resolved.files).toEqual([
    join(folder, 'quality-hub.config.mjs'),
    join(folder, 'quality-hub.config.local.yaml'),
  ]);
});

test('what nobody says is the default of the schema', async () => {
  const resolved = await resolve(suite(`schema, values: { shop: { baseURL: 'http://x' } }`));
  expect(resolved.explain('shop.currency')).toEqual({
    path: 'shop.currency',
    value: 'EUR',
    source: 'the default of the schema',
    said: [],
  });
  expect(resolved.explain('limit')?.source).toBe('the default of the schema');
  expect(resolved.sourceOf(['shop', 'baseURL'])).toBe('quality-hub.config.mjs');
});

test('values are frozen', async () => {
  const { values } = await resolve(suite(`schema, values: { shop: { baseURL: 'http://x', tags: ['a'] } }`));
  const shop = (values as { shop: { tags: string[] } }).shop;
  expect(() => shop.tags.push('b')).toThrow(TypeError);
  expect(Object.isFrozen(values) && Object.isFrozen(shop)).toBe(true);
});

test('every problem is told at once: place, value, expectation, source, and the name that was meant', async () => {
  const folder = suite(
    `schema, values: { shop: { curency: 'USD' } }, polices: {}, environments: {
      local: { shpo: {}, limit: 1.5 }, other: { extends: 'locl' } }`,
    { 'quality-hub.config.local.json': '{ "values": { "dark": "yes" } }' },
  );
  expect(await problemsIn(folder, { env: { QH__limit: 'many', QH____x: '1' } })).toEqual([
    'there is no section polices; did you mean policies?',
    'QH____x names no place; write names with two underscores between',
    'shop.baseURL is missing, expected string, received undefined (environment local)',
    'limit is "many", expected number, received string (QH__limit)',
    'dark is "yes", expected boolean, received string (quality-hub.config.local.json)',
    'shop has no option curency; did you mean currency?',
    'there is no value shpo; did you mean shop? (environment local in quality-hub.config.mjs)',
  ]);
});

test.for([
  ['stagign', 'QUALITY_HUB_ENVIRONMENT is "stagign", which is no environment; there are local, dark, staging'],
] as const)('the environment %s is none', async ([name, problem]) => {
  expect(await problemsIn(suite(ENVIRONMENTS), { env: { QUALITY_HUB_ENVIRONMENT: name } })).toContain(problem);
});

test('environments that extend nothing, or themselves, are told', async () => {
  const broken = `environments: { a: { extends: 'b' }, b: { extends: ['weather', 'a'] } }`;
  expect(await problemsIn(suite(broken), { environment: 'a' })).toEqual([
    'environments.b.extends is "weather", which is no environment; there are a, b',
    'environments.a extends itself: a -> b -> a',
  ]);
  expect(await problemsIn(suite(broken))).toEqual([
    'no environment is chosen; name one of a, b as environment, or in QUALITY_HUB_ENVIRONMENT',
  ]);
});

test('an address may be made of values; where those are wrong, it is not asked', async () => {
  const clients = `clients: { default: { baseURL: ({ config, environment }) => config.shop.baseURL + '/' + environment } },
    databases: { shop: { url: () => 'asked with each connection' }, other: { url: ({ config }) => config.shop.currency } }`;
  const resolved = await resolve(
    suite(`${clients}, schema, environments: { local: { shop: { baseURL: 'http://x' } } }`),
  );
  expect(resolved.config.clients).toEqual({ default: { baseURL: 'http://x/local' } });
  expect(resolved.config.databases).toEqual({ shop: { url: expect.any(Function) }, other: { url: 'EUR' } });

  const schemas = async () => ({ clients: z.record(z.string(), z.strictObject({ baseURL: z.string() })) });
  expect(await problemsIn(suite(`${clients}, schema`), { schemas })).toEqual([
    'shop is missing, expected object, received undefined',
  ]);
  const failing = suite(`clients: { a: { baseURL: () => { throw new Error('no host') } } }`);
  expect(await problemsIn(failing, { schemas })).toEqual(['clients.a.baseURL is a function that failed: no host']);
});

test('sections are checked with their schemas, and variables become what those want', async () => {
  const schemas = async () => ({
    policies: z.record(z.string(), z.strictObject({ retry: z.number().optional(), timeoutMs: z.number().optional() })),
  });
  const folder = suite(`policies: { quick: { retry: 1 } }`);
  const resolved = await resolve(folder, { schemas, env: { QH__policies__quick__timeoutMs: '200' } });
  expect(resolved.config.policies).toEqual({ quick: { retry: 1, timeoutMs: 200 } });
  expect(
    await problemsIn(folder, {
      schemas,
      settings: 'policies.quick.retyr=1',
      check: (_, { told, path }) => [`${told.length} in ${path}`],
    }),
  ).toEqual([
    'policies.quick has no option retyr; did you mean retry? (--set policies.quick.retyr)',
    `1 in ${join(folder, 'quality-hub.config.mjs')}`,
  ]);
});

test('what stands for a value in a section is checked as that value', async () => {
  const schemas = async () => ({ clients: z.record(z.string(), z.strictObject({ baseURL: z.url() })) });
  const folder = suite(`clients: { a: { baseURL: 'the shop' } }`);
  const checkedAs = async () => ({ clients: { a: { baseURL: 'http://shop' } } });
  expect((await resolve(folder, { schemas, checkedAs })).config).toEqual({ clients: { a: { baseURL: 'the shop' } } });
  expect(await problemsIn(folder, { schemas })).toEqual(['clients.a.baseURL is set, invalid URL']);
});

test('a layer from elsewhere that cannot be read is left out, and said', async () => {
  const folder = suite(`values: { a: 1 }`);
  const sources = [
    { name: 'hub', read: async () => Promise.reject(new Error('no route')) },
    { name: 'second', read: async () => ['list'] },
    { name: 'third', read: async () => undefined },
  ];
  const resolved = await resolve(folder, { sources });
  expect(resolved.values).toEqual({ a: 1 });
  expect(resolved.notices).toEqual(['hub gave no settings: no route', 'second gave no settings: it gives no object']);
});

test('settings that are none are told, and a JSON object gives several', async () => {
  const folder = suite(`values: { a: 1, b: { c: [1] } }`);
  expect(await problemsIn(folder, { settings: 'a\n.b=2', env: { QUALITY_HUB_SET: '{ broken' } })).toEqual([
    'QUALITY_HUB_SET is no JSON object, and no lines path=value',
    '--set has "a", expected path=value',
    '--set has ".b", expected path=value',
  ]);
  const resolved = await resolve(folder, {
    env: { QUALITY_HUB_SET: '{ "a": 2, "b": { "d": null } }' },
    settings: 'b.c=[2]',
  });
  expect(resolved.values).toEqual({ a: 2, b: { c: [2], d: null } });
});

test('a credential that is written into a file is refused, with what to write instead', async () => {
  const folder = suite(
    `clients: { pay: { auth: { kind: 'bearer', token: 'hunter-22-hunter' }, headers: { 'x-api-key': ['not', 'written', 'here'].join('-') } } },
     databases: { shop: { url: 'postgres://ada:hunter-22@db.example/shop' }, own: { url: 'postgres://a:b@localhost/shop' } },
     values: { shop: { aws: 'AKIAIOSFODNN7EXAMPLE', users: [{ name: 'ada', logins: [{ password: 'in-a-list' }] }] } }`,
    { 'quality-hub.config.local.json': '{ "values": { "adminPassword": "hunter \\"22\\"" } }' },
  );
  const problems = await problemsIn(folder);
  expect(problems).toEqual([
    "shop.aws is a text that looks like a key in clear in quality-hub.config.mjs; write secret('shopAws'), and in the section secrets where it is kept: refs: { shopAws: 'env:SHOP_AWS' }",
    "shop.users[0].logins[0].password is a credential in clear in quality-hub.config.mjs; write secret('usersLoginsPassword'), and in the section secrets where it is kept: refs: { usersLoginsPassword: 'env:USERS_LOGINS_PASSWORD' }",
    "clients.pay.auth.token is a credential in clear in quality-hub.config.mjs; write secret('payToken'), and in the section secrets where it is kept: refs: { payToken: 'env:PAY_TOKEN' }",
    "databases.shop.url is an address with a password in clear in quality-hub.config.mjs; write secret('shopUrl'), and in the section secrets where it is kept: refs: { shopUrl: 'env:SHOP_URL' }",
    "adminPassword is a credential in clear in quality-hub.config.local.json; write secret('adminPassword'), and in the section secrets where it is kept: refs: { adminPassword: 'env:ADMIN_PASSWORD' }",
  ]);
});

test('a secret by its name is a value, and no layer looks into it', async () => {
  const reference = import.meta.resolve('./secret-reference.ts');
  const folder = scratchFiles({
    'quality-hub.config.mjs': `import { secret } from '${reference}';
      export default { clients: { a: { baseURL: secret('shop') } }, databases: { shop: { url: secret('shopDb') } } };`,
    'quality-hub.config.local.json': '{ "databases": { "shop": { "url": { "$secret": "ownDb" } } } }',
  });
  const { config, leaves } = await resolve(folder);
  expect(nameOfSecret((config.clients as { a: { baseURL: unknown } }).a.baseURL)).toBe('shop');
  expect(config.databases).toEqual({ shop: { url: { $secret: 'ownDb' } } });
  expect(leaves.map(([path]) => path.join('.'))).toEqual(['clients.a.baseURL', 'databases.shop.url']);
});

test('a local file of an earlier version is brought to the one that counts, and that is said', async () => {
  const migrations = `version: 3, migrations: {
      2: { title: 'host is a base', change: ({ host, ...rest }) => (host ? { ...rest, base: 'http://' + host } : rest) },
      3: { title: 'base is in shop', change: ({ base, ...rest }) => (base ? { ...rest, shop: { base } } : rest) } },
    values: { shop: { base: 'http://main' } }`;
  const old = suite(migrations, { 'quality-hub.config.local.json': '{ "version": 1, "values": { "host": "local" } }' });
  const resolved = await resolve(old);
  expect(resolved.values).toEqual({ shop: { base: 'http://local' } });
  expect(resolved.notices).toEqual([
    'quality-hub.config.local.json is of version 1: `quality-hub config migrate` brings it to 3',
  ]);
  const newer = suite(migrations, {
    'quality-hub.config.local.json': '{ "version": 4, "values": { "host": "local" } }',
  });
  expect(await problemsIn(newer)).toEqual([
    'version is 4, which is newer than the 3 of the configuration (quality-hub.config.local.json)',
  ]);
});

test.for([
  ['{ 3: {} }', 'version is 1, and there is no migration to 2 (quality-hub.config.local.json)'],
  [
    "{ 2: { title: 'x', change: () => [] } }",
    'the migration to 2 failed: it gives no object (quality-hub.config.local.json)',
  ],
] as const)('migrations %s are told to be wrong', async ([migrations, problem]) => {
  const local = { 'quality-hub.config.local.json': '{ "version": 1, "values": { "a": 1 } }' };
  expect(await problemsIn(suite(`version: 2, migrations: ${migrations}`, local))).toEqual([problem]);
});

test('a schema that gives something else than an object is told', async () => {
  const text = `import { z } from '${ZOD}'; export default { schema: z.object({}).transform(() => 3) };`;
  expect(await problemsIn(scratchFiles({ 'quality-hub.config.mjs': text }))).toEqual([
    'the schema gives no object, expected z.object({ … })',
  ]);
});

test('a name that would change the prototype changes nothing', async () => {
  const folder = scratchFiles({
    'quality-hub.config.json': '{ "values": { "__proto__": { "polluted": true }, "a": 1 } }',
  });
  const { values } = await resolve(folder);
  expect([values, (values as { polluted?: unknown }).polluted]).toEqual([{ a: 1 }, undefined]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test('a file of data names the module that has its schema', async () => {
  const schema = `import { z } from '${ZOD}'; export default ${SCHEMA};`;
  const folder = scratchFiles({
    'quality-hub.config.yaml': 'schema: ./values.mjs\nvalues: { shop: { baseURL: "http://x" } }\n',
    'values.mjs': schema,
    'other.mjs': 'export default {};',
  });
  expect((await resolve(folder)).values).toEqual({ shop: { baseURL: 'http://x', currency: 'EUR' }, limit: 10 });
  expect(
    await problemsIn(
      scratchFiles({ 'quality-hub.config.json': '{ "schema": "./other.mjs" }', 'other.mjs': 'export default {};' }),
    ),
  ).toEqual(['schema is "./other.mjs", whose default export is no schema, expected z.object({ … })']);
  const missing = scratchFiles({ 'quality-hub.config.json': '{ "schema": "./missing.mjs" }' });
  await expect(resolve(missing)).rejects.toMatchObject({ code: 'QH_CONFIG_LOAD' });
});
