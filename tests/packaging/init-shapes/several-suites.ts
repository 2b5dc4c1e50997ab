/** Projects with more than one configuration or package. */
import { ESM, IMPORT, manifest, manifestAfter, type Shape, SPEC, SPEC_AFTER, VERSION } from './shape.ts';

export const SEVERAL_SUITES: Readonly<Record<string, Shape>> = {
  'several configurations in one folder': {
    files: {
      'package.json': manifest(`  "name": "@acme/shop",\n${ESM}`),
      'playwright.config.ts': "export default { testMatch: 'a.spec.ts', reporter: 'dot' };\n",
      'playwright.api.config.ts': "export default {\n  testMatch: 'b.spec.ts',\n};\n",
      'a.spec.ts': SPEC,
      'b.spec.ts': SPEC,
    },
    after: {
      'package.json': manifestAfter(`  "name": "@acme/shop",\n${ESM}`),
      'playwright.config.ts': `${IMPORT}\nexport default { testMatch: 'a.spec.ts', reporter: reporters('dot', { project: '@acme/shop' }) };\n`,
      'playwright.api.config.ts': `${IMPORT}\nexport default {\n  testMatch: 'b.spec.ts',\n  reporter: reporters(process.env.CI ? 'dot' : 'list', { project: '@acme/shop-api' }),\n};\n`,
      'a.spec.ts': SPEC_AFTER,
      'b.spec.ts': SPEC_AFTER,
    },
    runs: [
      { passed: 1, project: '@acme/shop' },
      { args: ['--config', 'playwright.api.config.ts'], passed: 1, project: '@acme/shop-api' },
    ],
  },

  'a pnpm monorepo with two suites and a package of fixtures': {
    files: {
      'package.json': '{ "private": true, "packageManager": "pnpm@10.34.9" }\n',
      'pnpm-workspace.yaml': 'packages:\n  - packages/*\n',
      'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
      '.gitignore': 'dist\n',
      'packages/web/package.json': manifest(`  "name": "web",\n${ESM}`),
      'packages/web/playwright.config.ts': "export default { reporter: 'dot' };\n",
      'packages/web/a.spec.ts': SPEC.replace('@playwright/test', '../fixtures/index.ts'),
      'packages/admin/package.json': manifest(`  "name": "admin",\n${ESM}`),
      'packages/admin/playwright.config.ts': "export default { reporter: 'dot' };\n",
      'packages/admin/a.spec.ts': SPEC,
      'packages/fixtures/package.json':
        '{ "name": "fixtures", "type": "module", "peerDependencies": { "@playwright/test": "*" } }\n',
      'packages/fixtures/index.ts': "export { expect, test } from '@playwright/test';\n",
      'packages/unit/package.json': '{ "name": "unit" }\n',
      'packages/unit/a.test.ts': "import { test } from 'vitest';\n",
    },
    after: {
      '.gitignore': 'dist\n.quality-hub/\n',
      'packages/web/package.json': manifestAfter(`  "name": "web",\n${ESM}`),
      'packages/web/playwright.config.ts': `${IMPORT}\nexport default { reporter: reporters('dot', { project: 'web' }) };\n`,
      'packages/admin/package.json': manifestAfter(`  "name": "admin",\n${ESM}`),
      'packages/admin/playwright.config.ts': `${IMPORT}\nexport default { reporter: reporters('dot', { project: 'admin' }) };\n`,
      'packages/admin/a.spec.ts': SPEC_AFTER,
      'packages/fixtures/package.json': `{ "name": "fixtures", "type": "module", "peerDependencies": { "@playwright/test": "*" }, "devDependencies": { "@quality-hub/test": "^${VERSION}" } }\n`,
      'packages/fixtures/index.ts': "export { expect, test } from '@quality-hub/test';\n",
    },
    says: ['Next: `pnpm install`'],
    runs: [
      { folder: 'packages/web', passed: 1, project: 'web' },
      { folder: 'packages/admin', passed: 1, project: 'admin' },
    ],
  },

  'a configuration on top of another one': {
    files: {
      'package.json': manifest(''),
      'playwright.config.ts':
        "import { defineConfig } from '@playwright/test';\nexport default defineConfig({ reporter: 'line' });\n",
      'smoke/playwright.config.ts':
        "import { defineConfig } from '@playwright/test';\nimport base from '../playwright.config';\nexport default defineConfig(base, { testDir: '.' });\n",
      'other.ts': "export const other = { reporter: [['junit', { outputFile: 'out.xml' }]] };\n",
      'nightly/playwright.config.ts':
        "import { other } from '../other';\nexport default { ...other, testDir: '../smoke' };\n",
      'smoke/a.spec.ts': SPEC,
    },
    after: {
      'package.json': manifestAfter(''),
      'playwright.config.ts': `import { defineConfig } from '@playwright/test';\n${IMPORT}\nexport default defineConfig({ reporter: reporters('line', { project: 'FOLDER' }) });\n`,
      'nightly/playwright.config.ts': `import { other } from '../other';\n${IMPORT}\nexport default { ...other, testDir: '../smoke', reporter: reporters(other.reporter, { project: 'FOLDER-nightly' }) };\n`,
      'smoke/a.spec.ts': SPEC_AFTER,
    },
    says: ['smoke/playwright.config.ts takes the reporters of ../playwright.config: it is left as it is'],
    runs: [
      { passed: 1, project: 'FOLDER', prints: /\[1\/1\]/ },
      { args: ['--config', 'smoke'], passed: 1, project: 'FOLDER' },
      { args: ['--config', 'nightly'], passed: 1, project: 'FOLDER-nightly', leaves: 'nightly/out.xml' },
    ],
  },

  'component tests beside a suite': {
    files: {
      'package.json': manifest(''),
      'playwright-ct.config.ts':
        "import { defineConfig } from '@playwright/experimental-ct-react';\nexport default defineConfig({ testDir: 'src' });\n",
      'src/a.spec.tsx':
        "import { test, expect } from '@playwright/experimental-ct-react';\ntest('mounts', async ({ mount }) => { await expect(await mount(<b />)).toBeVisible(); });\n",
      'playwright.config.ts': "export default { testDir: 'e2e' };\n",
      'e2e/a.spec.ts': SPEC,
    },
    after: {
      'package.json': manifestAfter(''),
      'playwright.config.ts': `${IMPORT}\nexport default { testDir: 'e2e', reporter: reporters() };\n`,
      'e2e/a.spec.ts': SPEC_AFTER,
    },
    says: ['playwright-ct.config.ts is for component tests, which are not supported yet: it is left as it is'],
    runs: [{ passed: 1 }],
  },
};
