/** `quality-hub init` in projects of many shapes: what it writes, that it runs, and that all of it can be taken back. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { CONFIG_FORMS } from './init-shapes/config-forms.ts';
import { MODULE_KINDS } from './init-shapes/module-kinds.ts';
import { SEVERAL_SUITES } from './init-shapes/several-suites.ts';
import { VERSION } from './init-shapes/shape.ts';
import { type Ended, runCommand } from './run-command.ts';
import { UserProject } from './user-project.ts';

const SHAPES = { ...MODULE_KINDS, ...CONFIG_FORMS, ...SEVERAL_SUITES };
const packed = inject('packed');

/** The last one that resolves modules as before there was `exports`: still what `module: commonjs` means to many suites. */
const TYPESCRIPT_5 = 'typescript-5@npm:typescript@5.9.3';

/** Every shape finds what is installed here in the folders above it. */
const home = new UserProject('module');
const program = (name: string) => join(home.folder, 'node_modules', '.bin', name);
let version: string;

beforeAll(async () => {
  const installed = await home.install(packed, [TYPESCRIPT_5]);
  expect(installed.code, installed.output).toBe(0);
  version = JSON.parse(readFileSync(join(home.folder, 'node_modules/@quality-hub/cli/package.json'), 'utf8')).version;
});
afterAll(() => home.remove());

describe.each(Object.entries(SHAPES))('%s', (name, { files, after, says = [], runs, types = false }) => {
  const folder = join(home.folder, name.toLowerCase().replace(/\W+/g, '-'));
  const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = folder): Promise<Ended> =>
    runCommand(program(command), args, { cwd, env: { CI: '', FORCE_COLOR: '0', ...env } });
  /** The examples know neither the version nor the folder of the test. */
  const real = (text: string) => text.replaceAll(VERSION, version).replaceAll('FOLDER', basename(folder));

  beforeAll(() => writeFiles(folder, files));

  test('only what has to change is changed, to the byte', async () => {
    const { code, stdout } = await run('quality-hub', ['init', '--yes']);
    expect(stdout).toContain(`Changed ${Object.keys(after).length} files.`);
    for (const sentence of says) expect(stdout).toContain(sentence);
    expect(code).toBe(0);
    const wanted = Object.fromEntries(Object.entries({ ...files, ...after }).map(([path, text]) => [path, real(text)]));
    expect(readFiles(folder)).toEqual(wanted);
  });

  test('the types hold, the suite runs as before, and the run is kept and shown', async () => {
    if (types) {
      const { code, output } = await run('tsc', ['--noEmit']);
      expect(code, output).toBe(0);
    }
    for (const { folder: below = '.', args = [], env = {}, passed, project = 'default', leaves, prints } of runs) {
      const cwd = join(folder, below);
      const suite = await run('playwright', ['test', ...args], env, cwd);
      expect(suite.code, suite.output).toBe(0);
      expect(suite.output).toMatch(/(\d+) of \1 events kept/);
      if (prints) expect(suite.output).toMatch(prints);
      if (leaves) expect(existsSync(join(cwd, leaves)), leaves).toBe(true);
      const shown = await run('quality-hub', ['show', '--json'], {}, cwd);
      expect(JSON.parse(shown.stdout)).toMatchObject({
        run: { project: real(project) },
        counts: { planned: passed, passed, lost: 0 },
      });
    }
  });

  test('a second time there is nothing to change', async () => {
    const { code, stdout } = await run('quality-hub', ['init']);
    expect(stdout).toContain('Already set up: there is nothing to change.');
    expect(code).toBe(0);
  });

  test('undo gives every byte back', async () => {
    const { code, output } = await run('quality-hub', ['init', '--undo']);
    expect(code, output).toBe(0);
    expect(readFiles(folder)).toEqual(files);
  });
});

test('the types hold where modules are resolved as in TypeScript 5', async () => {
  const compilerOptions = {
    module: 'commonjs',
    esModuleInterop: true,
    target: 'es2022',
    types: ['node'],
    strict: true,
  };
  writeFiles(home.folder, {
    'older/package.json': '{ "devDependencies": { "@playwright/test": "*" } }\n',
    'older/tsconfig.json': JSON.stringify({ compilerOptions }),
    'older/playwright.config.ts': "export default { reporter: 'list' };\n",
    'older/a.spec.ts': "import { test } from '@playwright/test';\ntest('a', ({ page }) => page.title());\n",
    'older/hooks.ts':
      "import { base, onAttempt } from '@quality-hub/test/base';\nexport const it = base.extend(onAttempt('_a', {}));\n",
  });
  const cwd = join(home.folder, 'older');
  expect((await runCommand(program('quality-hub'), ['init', '--yes'], { cwd })).code).toBe(0);
  const tsc = join(home.folder, 'node_modules/typescript-5/bin/tsc');
  const { code, output } = await runCommand(process.execPath, [tsc, '--noEmit'], { cwd });
  expect(code, output).toBe(0);
});

test('the command of the README works, in a folder below too', async () => {
  writeFiles(home.folder, { 'below/package.json': '{}', 'below/playwright.config.js': 'export default {};\n' });
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, command = ''] = /^npx (\S+ init)\b/m.exec(readme) ?? [];
  expect(command).not.toBe('');
  const { code, output } = await runCommand('npx', [...command.split(' '), 'below', '--dry-run'], { cwd: home.folder });
  expect(output).toContain('+export default { reporter: reporters() };');
  expect(code).toBe(0);
});

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** What is written by people. What runs leave, and the record of `init`, is not. */
function readFiles(folder: string): Record<string, string> {
  const made = /(^|\/)(\.quality-hub|test-results|playwright-report|blob-report|out\.(json|xml))(\/|$)/;
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(path => relative(folder, join(folder, path)))
    .filter(path => !made.test(path) && statSync(join(folder, path)).isFile());
  return Object.fromEntries(paths.map(path => [path, readFileSync(join(folder, path), 'utf8')]));
}
