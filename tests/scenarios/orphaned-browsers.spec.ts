import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { runInline } from '@quality-hub/testkit';
import { chooseBrowser } from '../../scripts/browser.mjs';

test.describe.configure({ timeout: 240_000 });
// A stopped process is what a browser that hangs is; only there it can be made so.
test.skip(process.platform === 'win32', 'Windows has no SIGSTOP');

const { kind, executablePath, args } = chooseBrowser();
test.skip(kind === 'none', 'there is no Chromium on this machine');

const CONFIG = `import { defineConfig } from '@playwright/test';
export default defineConfig({ workers: 2, timeout: 60_000, reporter: [['@quality-hub/reporters']],
  use: { launchOptions: ${JSON.stringify({ executablePath, args })} } });
`;

/** What the tests of these runs know of their own browser. */
const OWN_BROWSER = `
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
const folder = join(process.env.QUALITY_HUB_DIR, 'browsers');
export const told = join(process.env.QUALITY_HUB_DIR, 'orphan.json');
export const own = () => JSON.parse(readFileSync(join(folder, readdirSync(folder).find(name => name.startsWith(process.pid + '-'))), 'utf8'));
export const lives = pid => { try { process.kill(pid, 0); return !/^\\d+ \\(.*\\) Z/.test(readFileSync('/proc/' + pid + '/stat', 'latin1')); } catch (error) { return error.code === 'ENOENT' && process.platform !== 'linux'; } };
export function dieWithHangingBrowser() {
  const { browser, profile } = own();
  process.kill(browser.pid, 'SIGSTOP');
  writeFileSync(told, JSON.stringify({ pid: browser.pid, profile, worker: process.pid }));
  process.kill(process.pid, 'SIGKILL');
}
`;

interface HubOfTest extends Disposable {
  readonly env: { readonly QUALITY_HUB_DIR: string };
}

function hubOfTest(): HubOfTest {
  const path = mkdtempSync(join(tmpdir(), 'qh-orphans-'));
  return {
    env: { QUALITY_HUB_DIR: path },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

test('a browser that a killed worker left behind is ended by the next run, with its profile', async () => {
  using hub = hubOfTest();
  const { env } = hub;
  const files = { 'playwright.config.ts': CONFIG, 'own-browser.ts': OWN_BROWSER };
  await using first = await runInline(
    {
      ...files,
      'a.spec.ts': `
        import { test } from '@quality-hub/test';
        import { dieWithHangingBrowser } from './own-browser.ts';
        test('dies', async ({ page }) => { await page.goto('about:blank'); dieWithHangingBrowser(); await new Promise(() => {}); });`,
    },
    { env },
  );
  expect(first.output).toContain('1 failed');
  await using second = await runInline(
    {
      ...files,
      'a.spec.ts': `
        import { existsSync, readFileSync } from 'node:fs';
        import { test, expect } from '@quality-hub/test';
        import { lives, told } from './own-browser.ts';
        test('finds it gone', async () => {
          const { pid, profile } = JSON.parse(readFileSync(told, 'utf8'));
          await expect.poll(() => lives(pid), { timeout: 30_000 }).toBe(false);
          await expect.poll(() => existsSync(profile), { timeout: 30_000 }).toBe(false);
        });`,
    },
    { env },
  );
  expect(second.output).toContain('1 passed');
  const notes = second.events.flatMap(event => (event.kind === 'evidence' ? event.records : []));
  expect(notes.map(({ evidence }) => evidence)).toContainEqual(
    expect.objectContaining({ kind: 'note', name: 'orphans.ended', data: { browsers: [expect.any(Number)] } }),
  );
});

test('the worker that takes the place of a killed one ends its browser, and not that of a living one', async () => {
  using hub = hubOfTest();
  await using run = await runInline(
    {
      'playwright.config.ts': CONFIG,
      'own-browser.ts': OWN_BROWSER,
      'a.spec.ts': `
        import { existsSync, readFileSync, writeFileSync } from 'node:fs';
        import { test, expect } from '@quality-hub/test';
        import { dieWithHangingBrowser, lives, told } from './own-browser.ts';
        test('dies', async ({ page }) => {
          await page.goto('about:blank');
          await expect.poll(() => existsSync(told + '.living'), { timeout: 50_000 }).toBe(true);
          dieWithHangingBrowser();
          await new Promise(() => {});
        });
        test('takes its place', async () => {
          const { pid } = JSON.parse(readFileSync(told, 'utf8'));
          await expect.poll(() => lives(pid), { timeout: 30_000 }).toBe(false);
          writeFileSync(told + '.ended', '');
        });`,
      'b.spec.ts': `
        import { existsSync, writeFileSync } from 'node:fs';
        import { test, expect } from '@quality-hub/test';
        import { lives, own, told } from './own-browser.ts';
        test('lives on', async ({ page }) => {
          await page.goto('about:blank');
          writeFileSync(told + '.living', '');
          await expect.poll(() => existsSync(told + '.ended'), { timeout: 50_000 }).toBe(true);
          expect(lives(own().browser.pid)).toBe(true);
          await page.goto('data:text/html,<h1>still here</h1>');
          await expect(page.locator('h1')).toHaveText('still here');
        });`,
    },
    { env: hub.env },
  );
  expect(run.output).toContain('2 passed');
  expect(run.output).toContain('1 failed');
});
