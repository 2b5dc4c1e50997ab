/** Libraries that stand on our `test` or use its fixtures. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type InlineResult, runInline } from '@quality-hub/testkit';
import { chooseBrowser } from '../../scripts/browser.mjs';
import { findValues } from '../leaks/find-values.ts';

const { executablePath, args } = chooseBrowser();
const LAUNCH = JSON.stringify({ executablePath, args });
const PASSWORD = 'swordfish:4711';

const evidenceOf = (run: InlineResult) =>
  run.events.flatMap(event => (event.kind === 'evidence' ? event.records.map(({ evidence }) => evidence) : []));

test.describe.configure({ mode: 'parallel', timeout: 180_000 });

test('playwright-bdd runs scenarios on our test, which records them', async () => {
  const files = {
    'playwright.config.ts': `
      import { defineConfig } from '@playwright/test';
      import { defineBddConfig } from 'playwright-bdd';
      import { reporters } from '@quality-hub/reporters/config';
      const testDir = defineBddConfig({ features: '*.feature', steps: 'steps.ts' });
      export default defineConfig({ testDir, workers: 1, reporter: reporters([['line']]) });`,
    'shop.feature': `
Feature: a shop
  Scenario: a cart has a mug
    Given a cart with "mug"
    Then it holds "mug"
  Scenario: a cart has no mug
    Given a cart with "tea"
    Then it holds "mug"
`,
    'steps.ts': `
      import { expect, mergeTests } from '@playwright/test';
      import { test as ours } from '@quality-hub/test';
      import { createBdd, test as bdd } from 'playwright-bdd';
      export const test = mergeTests(bdd, ours).extend<{ cart: string[] }>({ cart: async ({}, use) => use([]) });
      const { Given, Then } = createBdd(test);
      Given('a cart with {string}', async ({ cart, hub }, what) => { cart.push(what); hub.evidence('put', what); console.log(process.env.SHOP_PASSWORD); });
      Then('it holds {string}', async ({ cart }, what) => { expect(cart).toContain(what); });`,
  };
  const dir = mkdtempSync(join(scratch(), 'bdd-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
    writeFileSync(join(dir, 'package.json'), '{ "type": "module" }');
    const home = dirname(createRequire(import.meta.url).resolve('playwright-bdd/package.json'));
    execFileSync(process.execPath, [join(home, 'dist/cli/index.js')], {
      cwd: dir,
      stdio: 'pipe',
      env: outsideEnvironment(),
    });

    const run = await runInline(files, { dir, env: { SHOP_PASSWORD: PASSWORD } });
    expect(run.exitCode, run.output).toBe(1);
    expect(run.output).toContain('2 tests: 1 passed, 1 failed');
    expect(run.output).not.toContain(PASSWORD);
    expect(findValues(run.hubFolder.path, [PASSWORD])).toEqual([]);
    const { failures } = await run.report();
    expect(failures.map(({ identity }) => identity.titlePath)).toEqual([['a shop', 'a cart has no mug']]);
    const notes = new Set(evidenceOf(run).map(evidence => evidence.kind === 'note' && evidence.data));
    expect(notes).toEqual(new Set(['mug', 'tea']));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});

const AXE = (from: string): string => `
import AxeBuilder from '@axe-core/playwright';
import { test, expect } from '${from}';
test('has a label for each field', async ({ page }) => {
  await page.setContent('<html lang="en"><title>Shop</title><main><h1>Shop</h1><input></main></html>');
  const { violations } = await new AxeBuilder({ page }).analyze();
  console.log('violations: ' + violations.map(({ id }) => id).join());
  expect(violations).toEqual([]);
});`;

test('axe finds the same on a page that we watch, and each finding is in the record', async () => {
  const config = `export default { workers: 1, reporter: [['@quality-hub/reporters'], ['line']], use: { launchOptions: ${LAUNCH} } };`;
  const results: string[] = [];
  for (const from of ['@quality-hub/test', '@playwright/test']) {
    await using run = await runInline({ 'playwright.config.ts': config, 'a.spec.ts': AXE(from) });
    expect(run.exitCode, run.output).toBe(1);
    expect(run.output).toContain('1 test: 1 failed');
    results.push(/violations: (.*)/.exec(run.output)?.[1] ?? '');
  }
  expect(results[0]).toContain('label');
  expect(results[0]).toBe(results[1]);
});

test('without the seal, a literal of the source stays where html shows it', async () => {
  await using run = await runInline(
    {
      'playwright.config.ts': `export default {
        workers: 1,
        reporter: [['@quality-hub/reporters'], ['list'], ['html', { open: 'never' }], ['json', { outputFile: 'out.json' }], ['junit', { outputFile: 'out.xml' }]],
        use: { launchOptions: ${LAUNCH}, trace: 'on' },
      };`,
      'a.spec.ts': `
        import { test, expect } from '@quality-hub/test';
        test('fails', async ({ page }) => {
          await page.setContent('<p>' + process.env.SHOP_PASSWORD + '</p>');
          await test.step('says a literal, ${PASSWORD}', async () => {});
          await expect(page.locator('p'), 'not ${PASSWORD}').toHaveText('x', { timeout: 10 });
        });`,
    },
    { env: { SHOP_PASSWORD: PASSWORD } },
  );
  expect(run.exitCode, run.output).toBe(1);
  expect(run.output).not.toContain(PASSWORD);
  const places = ['.quality-hub', 'test-results', 'playwright-report', 'out.json', 'out.xml'];
  const found = places.flatMap(place => findValues(join(run.dir, place), [PASSWORD]));
  const kinds = found.map(place =>
    place
      .slice(run.dir.length + 1)
      .replace(/[^/!]*\.zip!.*/, 'TRACE')
      .replace(/index\.html!.*/, 'SNIPPET'),
  );
  expect([...new Set(kinds)]).toEqual(['playwright-report/SNIPPET']);
});

/** Without the marks of the worker this runs in: the generator would take itself for one. */
function outsideEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(TEST_|PLAYWRIGHT_|PW_)/.test(name)));
}

/** Where child runs of this repository lie. */
function scratch(): string {
  return join(import.meta.dirname, '..', '..', '.scratch');
}
