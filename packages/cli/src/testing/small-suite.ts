/** A small Playwright project before and after `init`, for tests. */

export const CONFIG =
  "import { defineConfig } from '@playwright/test';\n\nexport default defineConfig({\n  retries: 1,\n});\n";
export const CONFIG_AFTER =
  "import { defineConfig } from '@playwright/test';\nimport { reporters } from '@quality-hub/reporters/config';\n\nexport default defineConfig({\n  retries: 1,\n  reporter: reporters(),\n});\n";
export const SPEC = "import { expect, test } from '@playwright/test';\ntest('a', () => { expect(1).toBe(1); });\n";
export const SPEC_AFTER = SPEC.replace('@playwright', '@quality-hub');
export const MANIFEST = '{ "devDependencies": { "@playwright/test": "^1.65.0" } }\n';
export const BASE = { 'package.json': MANIFEST, 'playwright.config.ts': CONFIG, 'a.spec.ts': SPEC };
