/** No retries: each test gives one attempt. */
import { defineConfig } from '@playwright/test';

export default defineConfig({
  workers: 2,
  fullyParallel: true,
  retries: 0,
  timeout: 25_000,
  reporter: [['list'], ['@quality-hub/reporters']],
});
