/** Projects of each language and kind of module, in several handwritings. */
import {
  ESM,
  IMPORT,
  lines,
  manifest,
  manifestAfter,
  REQUIRE,
  REQUIRED_SPEC,
  type Shape,
  SPEC,
  SPEC_AFTER,
  TSCONFIG,
} from './shape.ts';

export const MODULE_KINDS: Readonly<Record<string, Shape>> = {
  'TypeScript with ES modules': {
    files: {
      'package.json': manifest(ESM),
      'tsconfig.json': TSCONFIG,
      'playwright.config.ts': lines(
        "import { defineConfig, devices } from '@playwright/test';",
        '',
        'export default defineConfig({',
        "  testDir: './e2e',",
        "  reporter: [['list'], ['json', { outputFile: 'out.json' }]],",
        "  projects: [{ name: 'desktop', use: { ...devices['Desktop Chrome'] } }],",
        '});',
      ),
      'e2e/a.spec.ts': lines(
        "import { expect, type Page, test } from '@playwright/test';",
        '',
        'export const titleOf = (page: Page): Promise<string> => page.title();',
        "test('two is two', () => expect(2).toBe(2));",
      ),
      'e2e/only-types.ts': "import type { Page } from '@playwright/test';\nexport type Mine = Page;\n",
      '.gitignore': 'node_modules/\n',
    },
    after: {
      'package.json': manifestAfter(ESM),
      'playwright.config.ts': lines(
        "import { defineConfig, devices } from '@playwright/test';",
        IMPORT,
        '',
        'export default defineConfig({',
        "  testDir: './e2e',",
        "  reporter: reporters([['list'], ['json', { outputFile: 'out.json' }]]),",
        "  projects: [{ name: 'desktop', use: { ...devices['Desktop Chrome'] } }],",
        '});',
      ),
      'e2e/a.spec.ts': lines(
        "import { type Page } from '@playwright/test';",
        "import { expect, test } from '@quality-hub/test';",
        '',
        'export const titleOf = (page: Page): Promise<string> => page.title();',
        "test('two is two', () => expect(2).toBe(2));",
      ),
      '.gitignore': 'node_modules/\n.quality-hub/\n',
    },
    runs: [{ passed: 1, leaves: 'out.json', prints: /✓.*two is two/ }],
    types: true,
  },

  'TypeScript without a module type, no reporter named': {
    files: {
      'package.json': manifest(''),
      'tsconfig.json': TSCONFIG,
      'playwright.config.ts': lines(
        "import type { PlaywrightTestConfig } from '@playwright/test';",
        '',
        'const config: PlaywrightTestConfig = {',
        '  retries: 1, // once',
        '};',
        '',
        'export default config;',
      ),
      'a.spec.ts': SPEC,
    },
    after: {
      'package.json': manifestAfter(''),
      'playwright.config.ts': lines(
        "import type { PlaywrightTestConfig } from '@playwright/test';",
        IMPORT,
        '',
        'const config: PlaywrightTestConfig = {',
        '  retries: 1, // once',
        '  reporter: reporters(),',
        '};',
        '',
        'export default config;',
      ),
      'a.spec.ts': SPEC_AFTER,
    },
    runs: [{ passed: 1, prints: /✓.*two is two/ }],
    types: true,
  },

  'JavaScript with ES modules': {
    files: {
      'package.json': manifest(ESM),
      'playwright.config.js': "export default { reporter: 'line' };\n",
      'a.spec.js': SPEC,
      'b.spec.mjs': SPEC,
    },
    after: {
      'package.json': manifestAfter(ESM),
      'playwright.config.js': `${IMPORT}\nexport default { reporter: reporters('line') };\n`,
      'a.spec.js': SPEC_AFTER,
      'b.spec.mjs': SPEC_AFTER,
    },
    runs: [{ passed: 2, prints: /\[2\/2\]/ }],
  },

  'JavaScript with CommonJS': {
    files: {
      'package.json': manifest(''),
      'playwright.config.js': lines(
        "const { defineConfig, devices } = require('@playwright/test');",
        '',
        'module.exports = defineConfig({',
        "\ttestDir: 'tests',",
        "\tuse: { ...devices['Desktop Chrome'] }",
        '});',
      ),
      'tests/a.spec.js': REQUIRED_SPEC,
    },
    after: {
      'package.json': manifestAfter(''),
      'playwright.config.js': lines(
        "const { defineConfig, devices } = require('@playwright/test');",
        REQUIRE,
        '',
        'module.exports = defineConfig({',
        "\ttestDir: 'tests',",
        "\tuse: { ...devices['Desktop Chrome'] },",
        '\treporter: reporters()',
        '});',
      ),
      'tests/a.spec.js': REQUIRED_SPEC.replace('@playwright/test', '@quality-hub/test'),
    },
    runs: [{ passed: 1 }],
  },

  'Windows line ends, double quotes, no semicolons, a byte order mark': {
    files: {
      'package.json': manifest('').replaceAll('\n', '\r\n'),
      'playwright.config.ts':
        '\uFEFFimport { defineConfig } from "@playwright/test"\r\n\r\nexport default defineConfig({\r\n  reporter: [\r\n    ["dot"],\r\n  ],\r\n})\r\n',
      'a.spec.ts':
        '\uFEFFimport { type Page, test, expect } from "@playwright/test"\r\n\r\ntest("two is two", () => expect(2).toBe(2))\r\nexport type Mine = Page\r\n',
      '.gitignore': 'dist/\r\nout/',
    },
    after: {
      'package.json': manifestAfter('').replaceAll('\n', '\r\n'),
      'playwright.config.ts':
        '\uFEFFimport { defineConfig } from "@playwright/test"\r\nimport { reporters } from "@quality-hub/reporters/config"\r\n\r\nexport default defineConfig({\r\n  reporter: reporters([\r\n    ["dot"],\r\n  ]),\r\n})\r\n',
      'a.spec.ts':
        '\uFEFFimport { type Page } from "@playwright/test"\r\nimport { test, expect } from "@quality-hub/test"\r\n\r\ntest("two is two", () => expect(2).toBe(2))\r\nexport type Mine = Page\r\n',
      '.gitignore': 'dist/\r\nout/\r\n.quality-hub/\r\n',
    },
    runs: [{ passed: 1 }],
  },
};
