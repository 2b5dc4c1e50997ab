/** No retries: every test gives one attempt. One worker keeps the order of the files; tests that meet others have two. */
import { defineConfig, devices } from '@playwright/test';

const executablePath = process.env['SUITE_CHROMIUM'];
const args: readonly string[] = JSON.parse(process.env['SUITE_CHROMIUM_ARGS'] ?? '[]');

export default defineConfig({
  workers: Number(process.env['SUITE_WORKERS'] ?? 1),
  retries: 0,
  timeout: 7000,
  expect: { timeout: 1500 },
  reporter: [['list'], ['@quality-hub/reporters']],
  use: {
    ...devices['Desktop Chrome'],
    baseURL: process.env['SHOP_URL'],
    actionTimeout: 2500,
    navigationTimeout: 3000,
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      // A tab that takes all memory ends soon, and alone.
      args: [...args, '--js-flags=--max-old-space-size=256'],
    },
  },
});
