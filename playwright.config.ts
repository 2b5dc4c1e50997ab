/**
 * `npx playwright test` runs the shop's suite (setup, api, pages). The projects `scenarios` and `journeys` run when
 * named: `npx playwright test --project=journeys`. With SHOP_URL the suite runs against a shop that is already open.
 */
import { availableParallelism } from 'node:os';
import { defineConfig, devices } from '@playwright/test';
import { reporters } from '@quality-hub/reporters/config';
import { chooseBrowser } from './scripts/browser.mjs';
import { decideRunSettings } from './tests/e2e/run-settings.ts';

const { outputDir } = decideRunSettings(import.meta.dirname);
const { executablePath, args } = chooseBrowser();

export default defineConfig({
  testDir: 'tests/e2e',
  outputDir,
  fullyParallel: true,
  forbidOnly: Boolean(process.env['CI']),
  retries: 0,
  workers: Math.min(4, Math.max(2, availableParallelism())),
  // The scenarios take six minutes where nothing else runs, and twice as long where something does.
  globalTimeout: 30 * 60_000,
  expect: { timeout: 5000 },
  reporter: reporters([['list']]),
  use: {
    ...devices['Desktop Chrome'],
    baseURL: process.env['SHOP_URL'] ?? process.env['E2E_SHOP_URL'],
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      // There is no screen: drawing with a GPU made of software nearly doubles the time of a page. And a tab that
      // takes all memory ends soon, and alone.
      args: [...args, '--disable-gpu', '--js-flags=--max-old-space-size=256'],
    },
  },
  projects: [
    { name: 'setup', testMatch: 'setup/*.setup.ts' },
    { name: 'api', testMatch: 'api/*.spec.ts' },
    { name: 'pages', testMatch: 'pages/*.spec.ts', dependencies: ['setup'] },
    // Each of these runs a whole Playwright run as a child.
    { name: 'scenarios', testDir: 'tests/scenarios', timeout: 90_000, default: false },
    { name: 'journeys', testDir: 'tests/journeys', timeout: 180_000, default: false },
  ],
  ...(process.env['SHOP_URL'] ? {} : { webServer: shopServer() }),
});

/** Starts the shop and its payment service on free ports, and learns the addresses from what it says. */
function shopServer() {
  return {
    name: 'shop',
    // The Node that runs this: the shop's sources need its type stripping.
    command: `"${process.execPath}" tests/shop/src/main.ts`,
    // Standard input ends with this process, however it ends, and the shop with it.
    env: { SHOP_PORT: '0', PAYMENTS_PORT: '0', SHOP_CONTROL_PORT: '0', SHOP_ENDS_WITH_STDIN: '1' },
    wait: { stdout: /The shop is open: (?<e2e_shop_url>\S+) payments \S+ control (?<e2e_control_url>\S+)\s/ },
    gracefulShutdown: { signal: 'SIGTERM' as const, timeout: 5000 },
    timeout: 30_000,
  };
}
