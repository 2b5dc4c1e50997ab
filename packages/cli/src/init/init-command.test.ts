import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { packageVersion } from '../command-line/package-version.ts';
import { readTree, writeTree } from '../testing/file-tree.ts';
import { runBin } from '../testing/run-bin.ts';
import { runHere } from '../testing/run-here.ts';
import { BASE, CONFIG, CONFIG_AFTER, MANIFEST, SPEC, SPEC_AFTER } from '../testing/small-suite.ts';

let dir: string;
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'qh-init-')));
});
afterEach(() => rmSync(dir, { recursive: true }));

const here = (args: string[], answer?: () => string) =>
  runHere(['init', ...args], { cwd: dir, ...(answer ? { answer } : {}) });
const file = (path: string): string => readFileSync(join(dir, path), 'utf8');

const INSTALLED = 'node_modules/@playwright/test/package.json';

describe('asking', () => {
  beforeEach(() => writeTree(dir, { ...BASE, [INSTALLED]: '{ "version": "1.62.0" }' }));

  test('without a terminal and without --yes the diff is shown and nothing is changed', async () => {
    const before = readTree(dir);
    const { code, stdout, stderr } = await runBin(['init'], { cwd: dir });
    expect(stdout).toContain('+import { reporters } from');
    expect([code, stderr]).toEqual([
      1,
      'quality-hub: Nothing was changed: there is no terminal to ask on. Run it again with --yes.\n',
    ]);
    expect(readTree(dir)).toEqual(before);
  });

  test('a no, an empty line and a dry run change nothing', async () => {
    const before = readTree(dir);
    for (const answer of ['n', '', 'yesterday']) {
      const { code, stdout } = await here([], () => answer);
      expect(code).toBe(1);
      expect(stdout).toMatch(/Change 3 files\? \(y\/N\) \nNothing was changed\.\n$/);
    }
    expect(await here(['--dry-run'])).toMatchObject({ code: 0, stdout: expect.stringContaining('+++ b/a.spec.ts') });
    expect(readTree(dir)).toEqual(before);
  });

  test('a yes sets up, a second time finds nothing to do, and undo gives every byte back', async () => {
    chmodSync(join(dir, 'a.spec.ts'), 0o755);
    const before = readTree(dir);
    const { code, stdout, stderr } = await here([], () => 'Y');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Next: `npm install`, then `npx playwright test`, then `npx quality-hub show`.');
    expect(file('playwright.config.ts')).toBe(CONFIG_AFTER);
    expect(readTree(dir)['a.spec.ts']).toBe(`755 ${SPEC_AFTER}`);
    expect(JSON.parse(file('package.json')).devDependencies).toEqual({
      '@playwright/test': '^1.65.0',
      '@quality-hub/cli': `^${packageVersion()}`,
      '@quality-hub/reporters': `^${packageVersion()}`,
      '@quality-hub/test': `^${packageVersion()}`,
    });
    const done = readTree(dir);
    expect(await here(['--yes'])).toEqual({
      code: 0,
      stdout: 'Already set up: there is nothing to change.\n',
      stderr: '',
    });
    expect(readTree(dir)).toEqual(done);
    const undone = await runBin(['init', '--undo'], { cwd: dir });
    expect(undone).toEqual({
      code: 0,
      stdout: 'Restored playwright.config.ts\nRestored a.spec.ts\nRestored package.json\n',
      stderr: '',
    });
    expect(readTree(dir)).toEqual(before);
    expect(await here(['--undo'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('There is nothing to undo'),
    });
  });

  test('a file that changes while the question stands is not overwritten, and no other is changed', async () => {
    const { code, stderr } = await here([], () => {
      appendFileSync(join(dir, 'a.spec.ts'), '// new\n');
      return 'y';
    });
    expect([code, stderr]).toEqual([
      1,
      `quality-hub: Nothing was changed: ${join(dir, 'a.spec.ts')} was changed meanwhile. See to it, then run init again.\n`,
    ]);
    expect(file('playwright.config.ts')).toBe(CONFIG);
    expect(file('a.spec.ts')).toBe(`${SPEC}// new\n`);
  });
});

describe('what cannot be changed is told, and the rest goes on', () => {
  test('a file that cannot be read as source is named with its line', async () => {
    writeTree(dir, { ...BASE, 'b.spec.ts': `${SPEC}const = 1;\n`, 'playwright.api.config.ts': 'export default {\n' });
    const { code, stdout } = await here(['--yes']);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /By hand {2}b\.spec\.ts:3 cannot be read \(Unexpected token\) and is left as it is: correct it/,
    );
    expect(stdout).toMatch(/By hand {2}playwright\.api\.config\.ts:2 cannot be read/);
    expect(stdout).toContain('Next: what is to be done by hand, then `npm install`');
    expect(file('a.spec.ts')).toBe(SPEC_AFTER);
    expect(file('b.spec.ts')).toBe(`${SPEC}const = 1;\n`);
    expect(await here(['--yes'])).toMatchObject({ code: 1, stdout: expect.not.stringContaining('Already set up') });
  });

  test('a configuration and a test of odd forms each get a sentence', async () => {
    writeTree(dir, {
      ...BASE,
      'playwright.config.ts': 'export default {\n  ...preset(),\n};\n',
      'b.spec.ts': "import test from '@playwright/test';\n",
      'c.spec.ts': Buffer.from("import { test } from '@playwright/test'; // caf\xe9\n", 'latin1'),
    });
    const { code, stdout } = await here(['--dry-run']);
    expect(code).toBe(1);
    expect(stdout).toContain(
      "By hand  playwright.config.ts:2: `preset()` may bring a reporter; write `reporter: reporters(…)` there by hand, with `reporters` from '@quality-hub/reporters/config'.",
    );
    expect(stdout).toContain(
      "By hand  b.spec.ts:1: `test` is the default export, which is `test`; take `test` from '@quality-hub/test' there by hand.",
    );
    expect(stdout).toContain('By hand  c.spec.ts is not UTF-8 and is left as it is.');
  });

  test('tests that take `test` from another package', async () => {
    writeTree(dir, { ...BASE, 'a.spec.ts': "import { test } from 'their-fixtures';\n" });
    const note = 'Note     No file takes `test` from @playwright/test: results are kept, but';
    expect(await here(['--dry-run'])).toMatchObject({ code: 0, stdout: expect.stringContaining(note) });
    writeTree(dir, { 'b.ts': "import { test } from '@quality-hub/test';\n" });
    expect((await here(['--dry-run'])).stdout).not.toContain('No file takes');
  });

  test('component tests are left alone', async () => {
    const component =
      "import { defineConfig } from '@playwright/experimental-ct-react';\nexport default defineConfig({});\n";
    writeTree(dir, { ...BASE, 'playwright-ct.config.ts': component });
    const { code, stdout } = await here(['--yes']);
    expect(code).toBe(0);
    expect(stdout).toContain('Note     playwright-ct.config.ts is for component tests, which are not supported yet');
    expect(file('playwright-ct.config.ts')).toBe(component);
    expect(file('playwright.config.ts')).toBe(CONFIG_AFTER);
  });

  test('a manifest that is no JSON, or none at all', async () => {
    writeTree(dir, { 'playwright.config.ts': CONFIG, 'package.json': '{ "devDependencies": \n' });
    expect((await here(['--dry-run'])).stdout).toContain(
      'By hand  package.json: it is no JSON (line 2); add @quality-hub/cli, ',
    );
    rmSync(join(dir, 'package.json'));
    expect((await here(['--dry-run'])).stdout).toContain(
      'By hand  There is no package.json for playwright.config.ts: add ',
    );
  });

  test('a Playwright that is too old, no configuration, no folder', async () => {
    writeTree(dir, { ...BASE, [INSTALLED]: '{ "version": "1.61.2" }', 'empty/.keep': '' });
    const before = readTree(dir);
    const refused = async (args: string[], sentence: string) => {
      expect(await here(args)).toEqual({ code: 1, stdout: '', stderr: expect.stringContaining(sentence) });
    };
    await refused(
      ['--yes'],
      `Playwright 1.61.2 in ${dir} is too old: 1.62 or newer is needed. Install @playwright/test@latest`,
    );
    await refused(
      ['empty', '--yes'],
      `There is no Playwright configuration (playwright.config.ts, .js and their like) in ${join(dir, 'empty')}`,
    );
    await refused(['nowhere'], `There is no folder ${join(dir, 'nowhere')}`);
    expect(readTree(dir)).toEqual(before);
  });
});

describe('only what belongs to the project is looked at', () => {
  test('installed, built, hidden and ignored files stay as they are', async () => {
    execFileSync('git', ['init', '--quiet'], { cwd: dir });
    const other = Object.fromEntries(
      ['node_modules/x', 'dist', '.cache', 'test-results', 'generated', 'tests/tmp'].flatMap(folder => [
        [`${folder}/a.spec.ts`, SPEC],
        [`${folder}/playwright.config.ts`, CONFIG],
      ]),
    );
    writeTree(dir, {
      ...BASE,
      ...other,
      '.gitignore': 'generated\r\ntmp/\r\nmine.spec.ts\r\n',
      'mine.spec.ts': SPEC,
      'types.d.ts': SPEC,
    });
    const { stdout } = await here(['--yes']);
    expect(stdout).toContain('Changed 4 files.');
    expect(stdout).toContain('Not everything here is committed to git');
    expect(file('.gitignore')).toBe('generated\r\ntmp/\r\nmine.spec.ts\r\n.quality-hub/\r\n');
    for (const [path, text] of Object.entries(other)) expect(file(path)).toBe(text);
    expect([file('mine.spec.ts'), file('types.d.ts')]).toEqual([SPEC, SPEC]);
  });

  test('without git only a .gitignore that is there gets its line, and git is believed about what it ignores', async () => {
    writeTree(dir, { ...BASE });
    expect((await here(['--dry-run'])).stdout).not.toContain('.gitignore');
    writeTree(dir, { '.gitignore': 'dist' });
    expect((await here(['--dry-run'])).stdout).toContain('+.quality-hub/');
    writeTree(dir, { '.gitignore': '.quality-hub\n' });
    expect((await here(['--dry-run'])).stdout).not.toContain('.gitignore');
    execFileSync('git', ['init', '--quiet'], { cwd: dir });
    writeTree(dir, { '.gitignore': '.quality*\n' });
    expect((await here(['--dry-run'])).stdout).not.toContain('.gitignore');
  });

  test('a suite below takes the manifest that asks for Playwright, and the file of its repository', async () => {
    execFileSync('git', ['init', '--quiet'], { cwd: dir });
    writeTree(dir, {
      'package.json': MANIFEST,
      'yarn.lock': '',
      'apps/web/package.json': '{ "name": "web" }',
      'apps/web/playwright.config.ts': CONFIG,
    });
    const { code, stdout } = await here(['apps/web', '--yes']);
    expect(code).toBe(0);
    expect(stdout).toContain('+++ b/../../package.json');
    expect(stdout).toContain('Next: `yarn install`');
    expect(file('package.json')).toContain('@quality-hub/test');
    expect(file('apps/web/package.json')).toBe('{ "name": "web" }');
    expect(file('.gitignore')).toBe('.quality-hub/\n');
    expect((await here(['apps/web', '--undo'])).stdout).toContain('Restored ../../package.json');
    expect(file('package.json')).toBe(MANIFEST);
  });

  test('the package manager is the nearest that is named', async () => {
    writeTree(dir, BASE);
    const install = async (files: Record<string, string>): Promise<string | undefined> => {
      writeTree(dir, files);
      const { stdout } = await here(['--yes']);
      await here(['--undo']);
      for (const path of Object.keys(files)) if (path !== 'package.json') rmSync(join(dir, path));
      return /Next: `(.*?)`/.exec(stdout)?.[1];
    };
    expect(await install({})).toBe('npm install');
    expect(await install({ 'pnpm-lock.yaml': '' })).toBe('pnpm install');
    expect(await install({ 'bun.lock': '' })).toBe('bun install');
    expect(
      await install({
        'package-lock.json': '',
        'package.json': MANIFEST.replace('{', '{ "packageManager": "yarn@4.1.0",'),
      }),
    ).toBe('yarn install');
  });
});

test('several suites get a name each; one on top of another takes its reporters', async () => {
  const child = "import base from '../playwright.config';\nexport default { ...base, testDir: '.' };\n";
  const shared = "import base from './shared.js';\nexport default { ...base };\n";
  writeTree(dir, {
    'package.json': MANIFEST.replace('{', '{ "name": "@acme/shop",'),
    'playwright.config.ts': CONFIG,
    'playwright.api.config.ts': CONFIG,
    'smoke/playwright-fast.config.ts': CONFIG,
    'nightly/playwright.config.ts': child,
    'told/playwright.config.ts': shared,
    'told/shared.ts': "export default { reporter: [['@quality-hub/reporters']] };\n",
  });
  const { code, stdout } = await here(['--yes']);
  expect(code).toBe(0);
  expect(stdout).toContain(
    'nightly/playwright.config.ts takes the reporters of ../playwright.config: it is left as it is',
  );
  expect(stdout).toContain('told/playwright.config.ts takes the reporters of ./shared.js');
  const named = (name: string) =>
    CONFIG_AFTER.replace('reporters()', `reporters(process.env.CI ? 'dot' : 'list', { project: '${name}' })`);
  expect(file('playwright.config.ts')).toBe(named('@acme/shop'));
  expect(file('playwright.api.config.ts')).toBe(named('@acme/shop-api'));
  expect(file('smoke/playwright-fast.config.ts')).toBe(named('@acme/shop-smoke-fast'));
  expect(file('nightly/playwright.config.ts')).toBe(child);
  expect((await here([])).stdout).toContain('Already set up');
});
