import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    // Child processes and threads on a busy machine.
    testTimeout: 60_000,
    coverage: {
      enabled: true,
      include: ['src/**/*.ts'],
      // These run in a thread of their own, where the tests look at what they do.
      exclude: ['src/**/*.test.ts', 'src/testing/**', 'src/embedded/thread.ts', 'src/embedded/follow-run.ts'],
      thresholds: { lines: 90 },
    },
  },
});
