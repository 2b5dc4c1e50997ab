import { execFile } from 'node:child_process';
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { loadConfig } from './index.ts';
import { scratchFiles } from './testing/scratch-files.ts';

const CLIENTS = { clients: { default: { baseURL: 'http://127.0.0.1:1' } } };
const CHILD = fileURLToPath(new URL('./testing/load-config-child.ts', import.meta.url));
const TEXT = JSON.stringify(CLIENTS);

/** In a process of its own: Vitest would transform what is imported here, and Node has to do it. */
async function load(name: string, text: string, more: Readonly<Record<string, string>> = {}): Promise<Loaded> {
  return loadAt(join(scratchFiles({ [name]: text, ...more }), name));
}

async function loadAt(path: string): Promise<Loaded> {
  const { stdout } = await promisify(execFile)(process.execPath, [CHILD, path]);
  const [answer] = JSON.parse(stdout) as [Loaded];
  return answer;
}

interface Loaded {
  readonly config?: unknown;
  readonly message?: string;
  readonly code?: string;
  readonly problems?: readonly string[];
}

test.for([
  ['quality-hub.config.json', TEXT],
  ['quality-hub.config.yaml', 'clients:\n  default:\n    baseURL: http://127.0.0.1:1\n'],
  ['quality-hub.config.yml', TEXT],
  ['quality-hub.config.mjs', `export default ${TEXT}`],
  ['quality-hub.config.js', `module.exports = ${TEXT}`],
  ['quality-hub.config.js', `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = ${TEXT}`],
  ['quality-hub.config.mts', `type A = string; export default ${TEXT} satisfies object`],
  [
    'quality-hub.config.ts',
    `const name: string = 'default'; export default { clients: { [name]: ${JSON.stringify(CLIENTS.clients.default)} } }`,
  ],
  ['quality-hub.config.ts', `export default async () => (${TEXT})`],
  [
    'quality-hub.config.ts',
    `enum Name { one = 'default' } export default { clients: { [Name.one]: ${JSON.stringify(CLIENTS.clients.default)} } }`,
  ],
  ['quality-hub.config.ts', `import { inner } from './inner'; export default inner`],
] as const)('%s: %s', async ([name, text]) => {
  const inner = { 'inner.ts': `export const inner = ${TEXT}` };
  expect((await load(name, text, inner)).config).toEqual(CLIENTS);
});

test('a file that changes is loaded anew', async () => {
  const folder = scratchFiles({ 'quality-hub.config.mjs': 'export default {}' });
  const path = join(folder, 'quality-hub.config.mjs');
  expect((await loadConfig(path)).config).toEqual({});
  writeFileSync(path, `export default ${TEXT}`);
  utimesSync(path, 1, 1);
  expect((await loadConfig(path)).config).toEqual(CLIENTS);
});

test.for([
  ['quality-hub.config.yaml', 'clients:\n  default: [', /quality-hub\.config\.yaml cannot be loaded: .* at line 2/],
  ['quality-hub.config.json', '{ "clients": ', /quality-hub\.config\.json cannot be loaded: .*JSON/],
  [
    'quality-hub.config.mjs',
    'export default {};\nthrow new Error("no host")',
    /config\.mjs:2:7 cannot be loaded: no host/,
  ],
  ['quality-hub.config.mjs', 'throw "text"', /cannot be loaded: text/],
  ['quality-hub.config.ts', 'enum A { b }\nthrow new Error("no " + A[0])', /config\.ts:2:7 cannot be loaded: no b/],
  ['quality-hub.config.ts', 'import "./missing.ts"', /cannot be loaded: .*missing\.ts/],
  [
    'quality-hub.config.mjs',
    'export default () => { throw new Error("later") }',
    /config\.mjs:1:30 cannot be loaded: later/,
  ],
] as const)('%s with %s is told', async ([name, text, said]) => {
  expect(await load(name, text)).toMatchObject({ code: 'QH_CONFIG_LOAD', message: expect.stringMatching(said) });
});

test('a file that is not there is told', async () => {
  const path = join(scratchFiles({}), 'quality-hub.config.mjs');
  expect(await loadAt(path)).toMatchObject({ code: 'QH_CONFIG_LOAD', message: expect.stringContaining(path) });
});

test.for([
  ['export const a = 1', 'the default export is missing, expected defineHub({ … })'],
  ['export default []', 'the default export is a list, expected defineHub({ … })'],
  ['export default "x"', 'the default export is "x", expected defineHub({ … })'],
  ['export default Symbol.iterator', 'the default export is symbol, expected defineHub({ … })'],
] as const)('%s is no configuration', async ([text, problem]) => {
  expect(await load('quality-hub.config.mjs', text)).toMatchObject({ code: 'QH_CONFIG', problems: [problem] });
});

test('every section that there is none of, and every word that is none, is told at once', async () => {
  const text = `export default { client: {}, clients: [], state: undefined, policies: 3, weather: {}, version: 0, schema: {},
    environment: 1, environments: { local: 3, staging: { extends: [1], clients: [] } } }`;
  expect((await load('quality-hub.config.mjs', text)).problems).toEqual([
    'there is no section client; did you mean clients?',
    'clients is [], expected an object',
    'policies is 3, expected an object',
    expect.stringMatching(/^there is no section weather; there are clients, databases, policies, state, /),
    'version is 0, expected 1, 2, …',
    'schema is no schema, expected z.object({ … })',
    'environment is 1, expected a text',
    'environments.local is 3, expected an object',
    'environments.staging.extends is [1], expected a name, or a list of names',
    'environments.staging.clients is [], expected an object',
  ]);
});

test('a function is given what was chosen from outside', async () => {
  const text = 'export default ({ environment, env }) => ({ environment, values: { home: env.HOME_OF_TEST } })';
  const path = join(scratchFiles({ 'quality-hub.config.mjs': text }), 'quality-hub.config.mjs');
  const { config } = await loadConfig(path, { environment: 'staging', env: { HOME_OF_TEST: 'x' } });
  expect(config).toEqual({ environment: 'staging', values: { home: 'x' } });
});
