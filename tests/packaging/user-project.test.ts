/** A user's first steps, with what a user would install. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { chooseBrowser } from '../../scripts/browser.mjs';
import { firstExample } from './first-example.ts';
import { type ModuleKind, UserProject } from './user-project.ts';

const { executablePath, args } = chooseBrowser();
const launchOptions = JSON.stringify({ executablePath, args });
const packed = inject('packed');
const baseURL = inject('shopUrl');

describe.each<[string, ModuleKind]>([
  ['ESM', 'module'],
  ['CommonJS', 'commonjs'],
])('in a project with %s', (_name, kind) => {
  const project = new UserProject(kind);

  beforeAll(async () => {
    project.write('first.spec.ts', firstExample());
    const installed = await project.install(packed);
    expect(installed.code, installed.output).toBe(0);
  });
  afterAll(() => project.remove());

  test('there is one copy of Playwright', () => {
    for (const name of ['@playwright/test', 'playwright', 'playwright-core'])
      expect(project.copiesOf(name)).toHaveLength(1);
  });

  test('there is one copy of each of our packages', () => {
    for (const { name } of packed) expect(project.copiesOf(name)).toHaveLength(1);
  });

  test('the types of the example and of the config hold', async () => {
    const { code, output } = await project.run('npx', ['tsc', '--noEmit']);
    expect(code, output).toBe(0);
  });

  test('the first example of the README passes, and the run is kept and shown', async () => {
    const suite = await project.run('npx', ['playwright', 'test'], {
      USER_LAUNCH_OPTIONS: launchOptions,
      USER_BASE_URL: baseURL,
    });
    expect(suite.code, suite.output).toBe(0);
    expect(suite.output).toMatch(/(\d+) of \1 events kept/);
    const shown = await project.run('npx', ['quality-hub', 'show', '--json']);
    expect(shown.code, shown.output).toBe(0);
    const { counts } = JSON.parse(shown.stdout);
    expect(counts.passed).toBeGreaterThan(0);
    expect(counts).toMatchObject({ failed: 0, notRun: 0, lost: 0, planned: counts.finished });
    const text = await project.run('npx', ['quality-hub', 'show']);
    expect(text.code, text.output).toBe(0);
    expect(text.output.trim()).not.toBe('');
  });

  test('a failing test fails the run and is shown with a verdict', async () => {
    project.write(
      'failing.spec.ts',
      "import { expect, test } from '@quality-hub/test';\ntest('two is three', () => { expect(2).toBe(3); });\n",
    );
    const suite = await project.run('npx', ['playwright', 'test', 'failing.spec.ts']);
    expect(suite.code, suite.output).toBe(1);
    const shown = await project.run('npx', ['quality-hub', 'show', '--json']);
    const { failures } = JSON.parse(shown.stdout);
    expect(failures).toHaveLength(1);
    expect(failures[0].identity.title).toContain('two is three');
    expect(failures[0].verdict).toEqual(expect.any(String));
  });

  test('the reporter can be named on the command line', async () => {
    project.write(
      'passing.spec.ts',
      "import { expect, test } from '@playwright/test';\ntest('two is two', () => { expect(2).toBe(2); });\n",
    );
    const suite = await project.run('npx', [
      'playwright',
      'test',
      'passing.spec.ts',
      '--reporter=@quality-hub/reporters',
    ]);
    expect(suite.code, suite.output).toBe(0);
    expect(suite.output).toMatch(/(\d+) of \1 events kept/);
  });
});
