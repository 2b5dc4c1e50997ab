import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runBin } from '../testing/run-bin.ts';
import { runHere } from '../testing/run-here.ts';

const ZOD = import.meta.resolve('zod');
const CONFIG = `import { z } from '${ZOD}';
export default {
  schema: z.object({ shop: z.object({ baseURL: z.url(), currency: z.string().default('EUR'), adminPassword: z.string().optional() }) }),
  environments: {
    local: { shop: { baseURL: 'http://127.0.0.1:4000' } },
    staging: { extends: 'local', shop: { baseURL: 'https://staging.example' } },
    broken: { shop: { baseURL: 'nowhere' } },
  },
  clients: { default: { baseURL: ({ config }) => config.shop.baseURL, timeoutMs: 500 } },
  databases: { shop: { kind: 'postgres', url: 'postgres://ada:ada@127.0.0.1/shop' } },
};`;

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'qh-config-'));
  mkdirSync(join(cwd, '.git'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const write = (name: string, text: string): void => writeFileSync(join(cwd, name), text);
const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');
const config = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => runHere(['config', ...args], { cwd, env });

test('check says that nothing is wrong, or everything that is, of one environment or of all', async () => {
  write('quality-hub.config.mjs', CONFIG);
  expect(await config(['check'])).toMatchObject({ code: 0, stdout: '✔ The environment local is right: 6 values.\n' });
  const { code, stdout } = await config(['check', '--all']);
  expect([code, stdout.split('\n')]).toEqual([
    1,
    [
      '✔ The environment local is right: 6 values.',
      '✔ The environment staging is right: 6 values.',
      '✘ The environment broken has a problem:',
      '  shop.baseURL is set, invalid URL (environment broken in quality-hub.config.mjs)',
      '',
    ],
  ]);
  const json = await config(['check', '--json', '-e', 'broken']);
  expect(JSON.parse(json.stdout)).toEqual({
    checked: [
      { environment: 'broken', problems: [expect.stringContaining('shop.baseURL is set')], notices: [], values: 0 },
    ],
  });
});

test('print shows every value with its source, and no credential', async () => {
  write('quality-hub.config.mjs', CONFIG);
  const env = { QH__shop__adminPassword: 'hunter-22-hunter', QUALITY_HUB_ENVIRONMENT: 'staging' };
  const { code, stdout } = await config(
    ['print', '--set', 'shop.currency=USD', '--set', 'clients.default.timeoutMs=7'],
    env,
  );
  expect([code, stdout.trimEnd().split('\n')]).toEqual([
    0,
    [
      'clients.default.baseURL = "https://staging.example"  quality-hub.config.mjs',
      'clients.default.timeoutMs = 7  --set clients.default.timeoutMs',
      'databases.shop.kind = "postgres"  quality-hub.config.mjs',
      'databases.shop.url = "postgres://ada:[masked]@127.0.0.1/shop"  quality-hub.config.mjs',
      'shop.baseURL = "https://staging.example"  environment staging in quality-hub.config.mjs',
      'shop.currency = "USD"  --set shop.currency',
      'shop.adminPassword = "[masked]"  QH__shop__adminPassword',
    ],
  ]);
  const below = await config(['print', 'shop', '--json'], env);
  expect(JSON.parse(below.stdout)).toMatchObject({
    environment: 'staging',
    values: [{ path: 'shop.baseURL' }, { path: 'shop.currency', source: 'the default of the schema' }, {}],
  });
  expect(below.stdout).not.toContain('hunter');
});

test('explain shows who says what, and who wins', async () => {
  write('quality-hub.config.mjs', CONFIG);
  const { code, stdout } = await config(['explain', 'shop.baseURL', '-e', 'staging'], {
    QH__SHOP__BASEURL: 'http://own',
  });
  expect([code, stdout]).toEqual([
    0,
    `shop.baseURL = "http://own"
    "http://127.0.0.1:4000"  environment local in quality-hub.config.mjs
    "https://staging.example"  environment staging in quality-hub.config.mjs
  → "http://own"  QH__SHOP__BASEURL
`,
  ]);
  expect((await config(['explain', 'shop.currency'])).stdout).toBe(
    'shop.currency = "EUR"\n  the default of the schema\n',
  );
  expect(await config(['explain', 'shop.curency'])).toMatchObject({
    code: 1,
    stderr:
      'quality-hub: There is no value shop.curency; did you mean shop.currency?. `quality-hub config print` lists all.\n',
  });
  expect(JSON.parse((await config(['explain', 'shop.baseURL', '--json'])).stdout)).toMatchObject({
    path: 'shop.baseURL',
    said: [{ source: 'environment local in quality-hub.config.mjs' }],
  });
});

test('diff shows what differs between two environments', async () => {
  write('quality-hub.config.mjs', CONFIG);
  const { code, stdout } = await config(['diff', 'local', 'staging']);
  expect([code, stdout]).toEqual([
    1,
    `clients.default.baseURL
  - "http://127.0.0.1:4000"  local
  + "https://staging.example"  staging
shop.baseURL
  - "http://127.0.0.1:4000"  local
  + "https://staging.example"  staging
`,
  ]);
  expect(await config(['diff', 'local', 'local'])).toMatchObject({
    code: 0,
    stdout: 'local and local are the same.\n',
  });
  expect(JSON.parse((await config(['diff', 'local', 'staging', '--json'])).stdout).changes).toHaveLength(2);
});

test.each(['browser', 'api', 'database', 'monorepo'])(
  'init writes the template %s in each language, and it is right',
  async template => {
    for (const format of ['ts', 'json', 'yaml']) {
      expect(await config(['init', '--template', template, '--format', format])).toMatchObject({ code: 0, stderr: '' });
      const name = `quality-hub.config.${format}`;
      if (format === 'ts') {
        const zod = read(name).replace("'zod'", `'${ZOD}'`);
        write(
          name,
          zod.replace(
            "'@quality-hub/test/config'",
            `'${new URL('../../../../fixtures/src/config.ts', import.meta.url).href}'`,
          ),
        );
      }
      expect(await runBin(['config', 'check', '--all'], { cwd })).toMatchObject({ code: 0, stderr: '' });
      const schema = JSON.parse(read('quality-hub.config.schema.json'));
      expect(schema.properties.environments.additionalProperties.properties.clients.type).toBe('object');
      rmSync(join(cwd, name));
    }
  },
);

test('init leaves a configuration as it is, and writes the schema of its values for editors', async () => {
  write('quality-hub.config.mjs', CONFIG);
  const { code, stdout } = await config(['init']);
  expect([code, stdout]).toEqual([0, '+ quality-hub.config.schema.json\nquality-hub.config.mjs is as it was.\n']);
  expect(read('quality-hub.config.mjs')).toBe(CONFIG);
  const { properties } = JSON.parse(read('quality-hub.config.schema.json'));
  expect(properties.values.properties.shop.properties.currency).toEqual({ default: 'EUR', type: 'string' });
  expect(properties.values.properties.shop.required).toBeUndefined();
  expect(properties.environments.additionalProperties).toMatchObject({ additionalProperties: false });
  expect((await config(['init'])).stdout).toBe('quality-hub.config.mjs is as it was.\n');
});

test('backup keeps the files, restore gives them back, and what was there before is kept too', async () => {
  write('quality-hub.config.json', '{ "values": { "a": 1 } }');
  write('quality-hub.config.local.json', '{ "values": { "a": 2 } }');
  expect((await config(['backup', '--list'])).stdout).toBe('Nothing is kept here yet.\n');
  expect(await config(['restore'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no backup here'),
  });
  const first = await config(['backup']);
  expect(first.stdout).toMatch(/^quality-hub\.config\.json and quality-hub\.config\.local\.json: kept as 2\S+\.\n$/);
  const name = /kept as (\S+)\.\n/.exec(first.stdout)?.[1] ?? '';
  expect((await config(['restore'])).stdout).toBe(`The files are as they are in ${name}.\n`);

  write('quality-hub.config.json', '{ "values": { "a": 3 } }');
  expect((await config(['restore', name, '--dry-run'])).stdout).toBe(
    `quality-hub.config.json: would be as in ${name}.\n`,
  );
  expect(read('quality-hub.config.json')).toContain('3');
  expect((await config(['restore', name])).stdout).toMatch(
    /^quality-hub\.config\.json: as in 2\S+\. What was there before is kept as 2/,
  );
  expect(read('quality-hub.config.json')).toContain('1');
  expect((await config(['backup', '--list'])).stdout.trimEnd().split('\n')).toHaveLength(2);
  expect(await config(['restore', 'unknown'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no backup "unknown"'),
  });

  const changes = read('.quality-hub/config-changes.jsonl')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  expect(changes).toEqual([
    {
      at: expect.stringMatching(/^2\d{3}-/),
      action: `restore ${name}`,
      user: expect.any(String),
      files: [
        {
          path: join(cwd, 'quality-hub.config.json'),
          before: expect.stringMatching(/^[0-9a-f]{64}$/),
          after: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      ],
    },
  ]);
});

test('a configuration that was lost comes back', async () => {
  write('quality-hub.config.json', '{}');
  await config(['backup']);
  rmSync(join(cwd, 'quality-hub.config.json'));
  expect((await config(['restore'])).stdout).toMatch(/^quality-hub\.config\.json: as in 2\S+\.\n$/);
  expect(read('quality-hub.config.json')).toBe('{}');
});

test('the environments of a local file are migrated too, and their sections stay', async () => {
  write(
    'quality-hub.config.mjs',
    MIGRATIONS.replace('values:', "environments: { own: {} }, environment: 'own', values:"),
  );
  write(
    'quality-hub.config.local.json',
    '{ "version": 2, "environments": { "own": { "extends": [], "base": "http://own", "policies": { "p": { "retry": 1 } } } } }',
  );
  expect((await config(['migrate'])).code).toBe(0);
  expect(JSON.parse(read('quality-hub.config.local.json'))).toEqual({
    version: 3,
    environments: { own: { extends: [], policies: { p: { retry: 1 } }, shop: { base: 'http://own' } } },
  });
});

const MIGRATIONS = `export default { version: 3, values: { shop: { base: 'http://main' } }, migrations: {
  2: { title: 'a host is a base', change: ({ host, ...rest }) => (host ? { ...rest, base: 'http://' + host } : rest) },
  3: { title: 'base is in shop', change: ({ base, ...rest }) => (base ? { ...rest, shop: { base } } : rest) } } };`;

test.each([
  ['json', '{\n    "version": 1,\n    "values": { "host": "own" },\n    "policies": {}\n}\n'],
  ['yaml', '# mine\nversion: 1\nvalues: { host: own }\npolicies: {} # later\n'],
])('migrate shows its steps, keeps the files, and rewrites a local file in %s', async (format, text) => {
  const name = `quality-hub.config.local.${format}`;
  write('quality-hub.config.mjs', MIGRATIONS);
  write(name, text);
  const shown = `${name} is of version 1:
  2: a host is a base
  3: base is in shop
  - values.host = "own"
  + values.shop.base = "http://own"
  - version = 1
  + version = 3
`;
  expect(await config(['migrate', '--dry-run'])).toMatchObject({ code: 0, stdout: shown });
  expect([read(name), existsSync(join(cwd, '.quality-hub'))]).toEqual([text, false]);
  const { code, stdout } = await config(['migrate']);
  expect([code, stdout]).toEqual([
    0,
    expect.stringContaining(`${shown}${name} is of version 3 now. The files before are kept as `),
  ]);
  expect((await config(['print', 'shop'])).stdout).toBe(`shop.base = "http://own"  ${name}\n`);
  if (format === 'yaml') expect(read(name)).toMatch(/^# mine\n[^]*# later/);
  else expect(read(name)).toMatch(/^\{\n {4}"version": 3,/);
  const [backup = ''] = readdirSync(join(cwd, '.quality-hub', 'config-backups'));
  expect(read(`.quality-hub/config-backups/${backup}/${name}`)).toBe(text);
  expect((await config(['migrate'])).stdout).toBe('Everything is of version 3.\n');
});

test('a local file that is a program is shown what to change; a migration that fails changes nothing', async () => {
  write('quality-hub.config.mjs', MIGRATIONS);
  write(
    'quality-hub.config.local.mjs',
    `export default { version: 2, environments: {}, values: { base: 'http://own' } }`,
  );
  const { code, stdout } = await config(['migrate']);
  expect([code, stdout]).toEqual([1, expect.stringContaining('is a program: change it by hand as shown')]);
  write(
    'quality-hub.config.mjs',
    MIGRATIONS.replace(
      'change: ({ base, ...rest }) =>',
      `change: () => { throw new Error('no base') }, old: () =>`,
    ).replace(/old: .*? \} \} \};$/, '} } };'),
  );
  expect(await config(['migrate'])).toMatchObject({
    code: 1,
    stderr:
      'quality-hub: quality-hub.config.local.mjs: the migration to 3 failed: no base. Correct the migration; no file was changed.\n',
  });
});

test.each([
  [['config'], 'quality-hub config needs an action'],
  [['config', 'chek'], 'quality-hub config has no action "chek"; did you mean "check"?'],
  [['config', 'diff', 'a'], 'quality-hub config diff takes 2 arguments, 1 was given'],
  [['config', 'check', 'a'], 'quality-hub config check takes no arguments, 1 was given'],
  [['config', 'print', 'a', 'b'], 'quality-hub config print takes at most 1 argument, 2 were given'],
  [['config', 'init', '--template', 'web'], '--template is "web"'],
] as const)('%j is a wrong usage', async (args, message) => {
  const { code, stderr } = await runHere(args, { cwd });
  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});

test.each([['check'], ['print'], ['backup'], ['migrate']])(
  '%s without a configuration says how to get one',
  async action => {
    expect(await config([action])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/There is no configuration in .* `quality-hub config init` writes one/),
    });
  },
);
