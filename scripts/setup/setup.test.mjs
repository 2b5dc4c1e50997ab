/** The set-up itself, run as a user runs it, in a copy of the workspace. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from './processes.mjs';
import { copyOfWorkspace } from './test-workspace.mjs';

const INSTALL_MS = 180_000;
const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
const setUp = (folder, { env = {}, ...user } = {}) =>
  run(process.execPath, ['scripts/setup.mjs'], { cwd: folder, env: { ...process.env, ...env }, ...user });

describe('in a fresh copy of the workspace', () => {
  const workspace = copyOfWorkspace();
  const { folder } = workspace;
  afterAll(workspace.remove);

  test('two at once set up one after the other, and both succeed', { timeout: INSTALL_MS }, async () => {
    const both = await Promise.all([setUp(folder), setUp(folder)]);
    const told = both.map(({ output }) => output).join('\n');
    expect(
      both.map(({ code }) => code),
      told,
    ).toEqual([0, 0]);
    expect(told.match(/ok {3}dependencies/g)).toHaveLength(1);
    expect(told).toMatch(/another set-up is at work \(process \d+\), waiting for it/);
    expect(existsSync(join(folder, 'node_modules/node/bin/node'))).toBe(true);
    expect(existsSync(join(folder, 'node_modules/.bin/quality-hub'))).toBe(true);
    expect(existsSync(join(folder, 'node_modules/.cache/quality-hub/setup.lock'))).toBe(false);
  });

  test('a set-up with nothing to do takes less than a second', async () => {
    const startedAt = performance.now();
    const { code, output } = await setUp(folder);
    expect(code).toBe(0);
    expect(output).toBe('Everything is set up.\n');
    expect(performance.now() - startedAt).toBeLessThan(1000);
  });

  test('a changed package.json that the lockfile does not know is one sentence', { timeout: INSTALL_MS }, async () => {
    const manifest = join(folder, 'packages/protocol/package.json');
    const before = readFileSync(manifest, 'utf8');
    writeFileSync(manifest, JSON.stringify({ ...JSON.parse(before), dependencies: { 'left-pad': '1.3.0' } }));
    const { code, output } = await setUp(folder);
    writeFileSync(manifest, before);
    expect(code).toBe(1);
    expect(output).toContain('pnpm-lock.yaml does not fit the package.json files: run "npx pnpm@');
    expect(output).not.toContain('    at ');
  });

  test('a removed node_modules of one package is noticed and put back', { timeout: INSTALL_MS }, async () => {
    rmSync(join(folder, 'packages/hub/node_modules'), { recursive: true });
    const { code, output } = await setUp(folder);
    expect(code, output).toBe(0);
    expect(existsSync(join(folder, 'packages/hub/node_modules'))).toBe(true);
  });
});

describe('what is missing is said in one sentence with its remedy', () => {
  const workspace = copyOfWorkspace();
  const { folder } = workspace;
  let emptyPath;

  beforeAll(() => {
    emptyPath = mkdtempSync(join(tmpdir(), 'quality-hub-path-'));
    symlinkSync(process.execPath, join(emptyPath, 'node'));
  });
  afterAll(() => {
    workspace.remove();
    rmSync(emptyPath, { recursive: true, force: true });
  });

  test('no network', { timeout: 60_000 }, async () => {
    const env = {
      npm_config_registry: 'http://127.0.0.1:9/',
      npm_config_cache: join(emptyPath, 'npm-cache'),
      npm_config_fetch_retries: '0',
    };
    const { code, output } = await setUp(folder, { env });
    expect(code).toBe(1);
    expectOneSentence(
      output,
      /The npm registry cannot be reached: connect this machine, .* and run the command again\./,
    );
  });

  test('no npx', async () => {
    const { code, output } = await setUp(folder, { env: { PATH: emptyPath } });
    expect(code).toBe(1);
    expectOneSentence(output, /npx was not found: it comes with npm, so install npm .* and run the command again\./);
  });

  test('no write access', async () => {
    chmodSync(folder, 0o555);
    rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
    const { code, output } = await setUp(folder, nobody);
    chmodSync(folder, 0o755);
    expect(code).toBe(1);
    expectOneSentence(
      output,
      /Cannot write to .*node_modules.* \(EACCES\): make it writable for this user and run the command again\./,
    );
  });

  test('a Node that is too old', async () => {
    const file = join(folder, 'scripts/setup/node-version.mjs');
    const code = `import(${JSON.stringify(`file://${file}`)}).then(({ requireNode }) => { requireNode('v20.0.0'); requireNode('v16.20.2'); })`;
    const { code: exitCode, output } = await run(process.execPath, ['--eval', code]);
    expect(exitCode).toBe(1);
    expectOneSentence(output, /Node v16\.20\.2 is too old for the set-up: install Node 20 or later .*/);
  });
});

test('the version check and the entries can be read by an old Node', () => {
  const { folder, remove } = copyOfWorkspace();
  try {
    for (const entry of ['setup/node-version.mjs', 'start.mjs', 'test.mjs', 'check.mjs', 'bench.mjs', 'setup.mjs']) {
      const source = readFileSync(join(folder, 'scripts', entry), 'utf8');
      const imports = [...source.matchAll(/^import .* from '([^']+)'/gm)].map(([, from]) => from);
      expect(imports.filter(from => !from.startsWith('node:') && from !== './setup/node-version.mjs')).toEqual([]);
    }
  } finally {
    remove();
  }
});

function expectOneSentence(output, pattern) {
  const said = output.split('\n').filter(line => line.trim() !== '' && !/^ {2}(…|ok|FAIL)/.test(line));
  expect(said, output).toHaveLength(1);
  expect(said[0]).toMatch(pattern);
}
