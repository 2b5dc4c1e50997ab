/** What turbo runs again when something changes: that, and what depends on it. Read from the hashes of its dry run. */
import { appendFileSync, cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { placesOf } from '../setup/places.mjs';
import { run } from '../setup/processes.mjs';
import { copyOfWorkspace } from '../setup/test-workspace.mjs';

const { root, node } = placesOf();
const workspace = copyOfWorkspace();
const { folder } = workspace;
let first;

beforeAll(async () => {
  const sources = [
    'packages',
    'fixtures',
    'reporters',
    'turbo.json',
    'tsconfig.base.json',
    'tsconfig.json',
    'biome.json',
  ];
  const ours = path => !/node_modules|\/dist(\/|$)|\/coverage(\/|$)|\.turbo/.test(path);
  for (const path of sources) cpSync(join(root, path), join(folder, path), { recursive: true, filter: ours });
  first = await hashes();
});
afterAll(workspace.remove);

test('nothing runs again when nothing has changed', async () => {
  expect(changed(first, await hashes())).toEqual([]);
});

test('a changed source runs its package and the dependants again, and nothing below', async () => {
  const before = await hashes();
  appendFileSync(join(folder, 'packages/hub/src/index.ts'), '\n');
  const again = changed(before, await hashes());
  expect(again).toEqual(expect.arrayContaining(['hub#build', 'hub#test', 'reporters#build', 'cli#build', 'cli#test']));
  expect(again.filter(task => /^(protocol|telemetry)#/.test(task))).toEqual([]);
});

test('a changed test runs the tests of its package again, and no build', async () => {
  const before = await hashes();
  writeFileSync(join(folder, 'packages/telemetry/src/new.test.ts'), '');
  expect(changed(before, await hashes()).filter(task => !task.startsWith('root#'))).toEqual(['telemetry#test']);
});

test('which servers there are runs tests again; on which port they listen does not', async () => {
  const before = await hashes({ QH_SERVERS: 'PostgreSQL', QH_POSTGRES_URL: 'postgres://127.0.0.1:1/a' });
  expect(
    changed(before, await hashes({ QH_SERVERS: 'PostgreSQL', QH_POSTGRES_URL: 'postgres://127.0.0.1:2/a' })),
  ).toEqual([]);
  const without = changed(before, await hashes({ QH_SERVERS: '' }));
  expect(without).toContain('hub#test');
  expect(without.filter(task => task.endsWith('#build'))).toEqual([]);
});

/** @returns {Promise<Record<string, string>>} the hash of each task, under a short name */
async function hashes(extra = {}) {
  const { QH_SERVERS, QH_POSTGRES_URL, ...env } = process.env;
  const args = ['run', 'build', 'test', 'typecheck', 'lint', '--dry=json'];
  const turbo = join(root, 'node_modules', 'turbo', 'bin', 'turbo');
  const { code, output } = await run(node, [turbo, ...args], {
    cwd: folder,
    env: { ...env, TURBO_TELEMETRY_DISABLED: '1', ...extra },
  });
  expect(code, output).toBe(0);
  const { tasks } = JSON.parse(output.slice(output.indexOf('{')));
  return Object.fromEntries(
    tasks.map(({ taskId, hash }) => [taskId.replace('@quality-hub/', '').replace('//', 'root'), hash]),
  );
}

function changed(before, after) {
  return Object.keys(after)
    .filter(task => after[task] !== before[task])
    .sort();
}
