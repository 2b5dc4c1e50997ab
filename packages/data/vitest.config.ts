import { defineConfig } from 'vitest/config';

// Many tests start child processes, on machines that do other things as well. `npm test` measures the coverage.
export default defineConfig({ test: { include: ['src/**/*.test.ts'], testTimeout: 90_000 } });
