import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readSourceFiles } from '../fixture-scan/source-files.ts';
import type { ProjectFacts } from '../project-facts.ts';
import { checkBrowsers } from './browsers.ts';
import { checkCleanupFixtures } from './cleanup-fixtures.ts';
import { checkCopies } from './copies.ts';
import { checkFixtureNames } from './fixture-names.ts';
import { checkFolder } from './folder.ts';
import { checkGlobalTimeout, findJobTimeout } from './global-timeout.ts';
import { checkReporterOrder } from './reporter-order.ts';
import { checkNode, checkPlaywright } from './versions.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'qh-doctor-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function write(files: Record<string, string | object>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

const facts: ProjectFacts = {
  playwrightVersion: '1.65.1',
  rootDir: '/',
  globalTimeoutMs: 0,
  reporters: [],
  browsers: [],
};

describe('versions', () => {
  test('an old Node and an old or missing Playwright fail', () => {
    expect(checkNode('22.19.0').status).toBe('ok');
    expect(checkNode('22.18.9')).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('22.18.9'),
      remedy: expect.any(String),
    });
    expect(checkPlaywright('1.62.0', dir).status).toBe('ok');
    expect(checkPlaywright('1.9.0', dir)).toMatchObject({ status: 'fail', message: expect.stringContaining('1.9.0') });
    expect(checkPlaywright(undefined, dir)).toMatchObject({ status: 'fail', message: expect.stringContaining(dir) });
  });
});

describe('copies of Playwright', () => {
  const one = {
    'package.json': { devDependencies: { '@playwright/test': '1', fixtures: '1', other: '1' } },
    'node_modules/@playwright/test/package.json': { version: '1.65.1', dependencies: { playwright: '1.65.1' } },
    'node_modules/playwright/package.json': { version: '1.65.1' },
    'node_modules/fixtures/package.json': { version: '1.0.0', peerDependencies: { '@playwright/test': '*' } },
    'node_modules/other/package.json': { version: '1.0.0' },
  };

  test('one copy is well, also from a folder below', () => {
    write({ ...one, 'tests/a.spec.ts': '' });
    expect(checkCopies(join(dir, 'tests'))).toMatchObject({ status: 'ok' });
  });

  test('a copy inside a fixture package fails, and both places are named', () => {
    write({ ...one, 'node_modules/fixtures/node_modules/@playwright/test/package.json': { version: '1.60.0' } });
    expect(checkCopies(dir)).toMatchObject({
      status: 'fail',
      message: expect.stringMatching(
        /2 copies of @playwright\/test: 1\.65\.1 in .* \(for your tests\), 1\.60\.0 in .* \(for fixtures\)/,
      ),
    });
  });

  test('another version of the library beside it is a warning', () => {
    write({
      ...one,
      'node_modules/playwright/package.json': { version: '1.50.0' },
      'node_modules/@playwright/test/node_modules/playwright/package.json': { version: '1.65.1' },
    });
    expect(checkCopies(dir)).toMatchObject({ status: 'warn', message: expect.stringContaining('1.50.0') });
  });

  test('links to one folder are one copy', () => {
    write({ ...one, 'store/test/package.json': { version: '1.65.1' } });
    rmSync(join(dir, 'node_modules/@playwright/test'), { recursive: true });
    symlinkSync(join(dir, 'store/test'), join(dir, 'node_modules/@playwright/test'));
    mkdirSync(join(dir, 'node_modules/fixtures/node_modules/@playwright'), { recursive: true });
    symlinkSync(join(dir, 'store/test'), join(dir, 'node_modules/fixtures/node_modules/@playwright/test'));
    expect(checkCopies(dir).status).toBe('ok');
  });
});

test('our reporter is to be the first of the list', () => {
  write({ 'node_modules/@quality-hub/reporters/package.json': { version: '1.0.0' } });
  const ours = join(dir, 'node_modules/@quality-hub/reporters/dist/index.js');
  const judge = (...reporters: string[]) => checkReporterOrder({ dir, facts: { ...facts, reporters } });
  expect(judge(ours, 'html').status).toBe('ok');
  expect(judge('@quality-hub/reporters').status).toBe('ok');
  expect(judge('list', 'html', ours)).toMatchObject({
    status: 'warn',
    message: 'Our reporter stands behind list, html',
  });
  expect(judge('list')).toMatchObject({ status: 'warn', message: expect.stringContaining('names list, not ours') });
  expect(judge()).toMatchObject({
    status: 'warn',
    message: expect.stringContaining('names no reporter, not ours'),
    remedy: expect.stringContaining('Run `npx quality-hub init`'),
  });
});

test('a browser that is not there is a warning with its place', () => {
  const judge = (...browsers: ProjectFacts['browsers']) => checkBrowsers({ facts: { ...facts, browsers } });
  const chromium = { name: 'chromium', projects: ['a'], path: '/browsers/chrome', present: true };
  expect(judge(chromium, { name: 'chromium', projects: ['b'], channel: 'chrome', present: true })).toMatchObject({
    status: 'ok',
    message: 'Installed: chromium, chromium (chrome of this machine, not checked)',
  });
  expect(judge({ ...chromium, present: false })).toMatchObject({
    status: 'warn',
    message: expect.stringContaining('chromium at /browsers/chrome'),
    remedy: expect.stringContaining('playwright install chromium'),
  });
  expect(judge().status).toBe('ok');
});

describe('the folder of the hub', () => {
  test('can be made later, and nothing is left behind by finding out', () => {
    write({ 'package.json': {} });
    expect(checkFolder({ dir, env: {} })).toMatchObject({
      status: 'ok',
      message: `${join(dir, '.quality-hub')} can be written`,
    });
    expect(readdirSync(dir)).toEqual(['package.json']);
  });

  test('that is a file, or lies below one, fails', () => {
    write({ 'package.json': {}, '.quality-hub': '', 'taken/.keep': '' });
    expect(checkFolder({ dir, env: {} })).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('is no folder'),
    });
    expect(checkFolder({ dir, env: { QUALITY_HUB_DIR: join(dir, '.quality-hub/below') } }).status).toBe('fail');
  });

  test('with a database that is no file fails', () => {
    write({ 'package.json': {}, '.quality-hub/hub.db/.keep': '' });
    expect(checkFolder({ dir, env: {} })).toMatchObject({
      status: 'fail',
      message: expect.stringContaining('hub.db cannot be written'),
    });
  });

  test('that allows no writing fails', () => {
    // Even root cannot write here.
    const readOnly = process.platform === 'linux' ? '/proc' : '/System';
    expect(checkFolder({ dir, env: { QUALITY_HUB_DIR: readOnly } })).toMatchObject({
      status: 'fail',
      remedy: expect.stringContaining('QUALITY_HUB_DIR'),
    });
  });
});

describe('the global timeout', () => {
  test('is to be set, and below that of the job', () => {
    const job = { file: 'ci.yml', timeoutMs: 600_000 };
    expect(checkGlobalTimeout(0, undefined)).toMatchObject({
      status: 'warn',
      message: expect.stringContaining('No `globalTimeout`'),
    });
    expect(checkGlobalTimeout(600_000, job)).toMatchObject({
      status: 'warn',
      message: expect.stringContaining('ci.yml kills its job after 10 min'),
    });
    expect(checkGlobalTimeout(540_000, job)).toMatchObject({
      status: 'ok',
      message: '`globalTimeout` is 9 min in CI, below the 10 min of ci.yml',
    });
    expect(checkGlobalTimeout(540_000, undefined).status).toBe('ok');
  });

  test('of jobs is read from workflows that run Playwright and from GitLab', () => {
    write({
      '.git/HEAD': '',
      '.github/workflows/e2e.yml':
        'jobs:\n  e2e:\n    timeout-minutes: 30 # enough\n    steps: [{ run: npx playwright test }]\n  other:\n    timeout-minutes: 45\n',
      '.github/workflows/lint.yml': 'jobs:\n  lint:\n    timeout-minutes: 5\n',
      'tests/e2e/.keep': '',
    });
    expect(findJobTimeout(join(dir, 'tests/e2e'))).toEqual({ file: '.github/workflows/e2e.yml', timeoutMs: 1_800_000 });
    write({ '.gitlab-ci.yml': 'e2e:\n  timeout: 10 minutes 30 seconds\nlong:\n  timeout: 3h 30m\n' });
    expect(findJobTimeout(dir)).toEqual({ file: '.gitlab-ci.yml', timeoutMs: 630_000 });
  });

  test('of jobs is unknown where there are none', () => {
    expect(findJobTimeout(dir)).toBe(undefined);
  });
});

const CLEANS = 'async ({}, use) => { await use(1); await close(); }';

test('fixtures that clean up in shared time are named, at most five', () => {
  write({
    'a.ts': `export const test = base.extend({ one: ${CLEANS}, timed: [${CLEANS}, { timeout: 1000 }] });`,
    'node_modules/x/b.ts': `base.extend({ hidden: ${CLEANS} });`,
    '.cache/c.ts': `base.extend({ hidden: ${CLEANS} });`,
    'types.d.ts': `base.extend({ hidden: ${CLEANS} });`,
  });
  expect(checkCleanupFixtures(readSourceFiles(dir), dir)).toMatchObject({
    status: 'warn',
    message: 'This fixture seems to clean up without a timeout of its own: one (a.ts:1)',
  });
  write({
    'deep/b.ts': `base.extend({ ${'bcdefg'
      .split('')
      .map(name => `${name}: ${CLEANS}`)
      .join(', ')} });`,
  });
  expect(checkCleanupFixtures(readSourceFiles(dir), dir).message).toMatch(
    /^These fixtures seem .* f \(deep\/b\.ts:1\)|e \(deep\/b\.ts:1\) and 2 more$/,
  );
  expect(checkCleanupFixtures([], dir).status).toBe('ok');
});

describe('fixture names', () => {
  const judge = (usesOurs = false) => checkFixtureNames(readSourceFiles(dir), dir, usesOurs);

  test('that two merged tests both declare are found, through imports and bases', () => {
    write({
      'a.ts': `const root = base.extend({ account: ${CLEANS} });\nexport const test = root.extend({ x: ${CLEANS} });`,
      'b/index.ts': `export const test = base.extend({ account: ${CLEANS} });`,
      'all.ts':
        "import { test as a } from './a.js';\nimport { test as b } from './b';\nexport const test = mergeTests(a, b);",
    });
    expect(judge()).toMatchObject({ status: 'warn', message: 'mergeTests in all.ts gets "account" from a and from b' });
  });

  test('of a base that both share are one and the same', () => {
    write({
      'a.ts': `export const root = base.extend({ account: ${CLEANS} });`,
      'all.ts': `import { root } from './a.ts';\nconst a = root.extend({ x: ${CLEANS} });\nconst b = root.extend({ y: ${CLEANS} });\nmergeTests(a, b);`,
    });
    expect(judge().status).toBe('ok');
  });

  test('of ours are taken where ours are used', () => {
    write({ 'a.ts': `export const test = base.extend({ hub: ${CLEANS}, _qhSpy: ${CLEANS} });` });
    expect(judge(true)).toMatchObject({
      status: 'warn',
      message: expect.stringMatching(/a\.ts:1 declares "hub".*"_qhSpy"/),
    });
    expect(judge(false).status).toBe('ok');
  });
});
