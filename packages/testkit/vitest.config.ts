import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    // Child runs of Playwright on a busy machine.
    testTimeout: 90_000,
    coverage: { enabled: true, include: ['src/**/*.ts'], exclude: ['src/**/*.test.ts'], thresholds: { lines: 90 } },
  },
});
