import { defineConfig } from 'vitest/config';

// Installing from a registry and starting a browser take their time on a small machine.
export default defineConfig({
  test: { globalSetup: './pack-packages.ts', testTimeout: 120_000, hookTimeout: 240_000 },
});
