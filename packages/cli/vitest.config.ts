import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    // Child processes on a busy machine.
    testTimeout: 60_000,
    coverage: {
      enabled: true,
      include: ['src/**/*.ts'],
      // These two run in child processes, where the tests look at what they do.
      exclude: ['src/**/*.test.ts', 'src/testing/**', 'src/main.ts', 'src/doctor/probe-reporter.ts'],
      thresholds: { lines: 90 },
    },
  },
});
