/** Two folders with the specs of the shop's suite: one of them with what Quality Hub gives, the other with Playwright alone. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');
const E2E = join(ROOT, 'tests/e2e');
/** What each of the two has of its own; all else is the suite's. */
const OWN = {
  ours: { 'price-list.ts': join(import.meta.dirname, 'large/price-list.ts') },
  plain: Object.fromEntries(
    ['test.ts', 'factories.ts', 'datasets.ts', 'signed-in-page.ts', 'price-list.ts'].map(name => [
      name,
      join(import.meta.dirname, 'plain', name),
    ]),
  ),
} as const;

export type Variant = keyof typeof OWN;

export interface TwinFolder extends Disposable {
  /** Of the configuration of one variant. */
  config(variant: Variant): string;
  readonly dir: string;
}

export function twinFolder(): TwinFolder {
  mkdirSync(join(ROOT, '.scratch'), { recursive: true });
  const dir = mkdtempSync(join(ROOT, '.scratch', 'suite-'));
  for (const variant of ['ours', 'plain'] as const) {
    for (const project of ['setup', 'api', 'pages']) {
      mkdirSync(join(dir, variant, project), { recursive: true });
      for (const name of readdirSync(join(E2E, project)))
        copySpec(join(E2E, project, name), join(dir, variant, project, name), variant);
    }
    copySpec(
      join(import.meta.dirname, 'large/specs/price-list.spec.ts'),
      join(dir, variant, 'api', 'price-list.spec.ts'),
      variant,
    );
    writeFileSync(join(dir, variant, 'playwright.config.ts'), configOf(variant));
  }
  return {
    dir,
    config: variant => join(dir, variant, 'playwright.config.ts'),
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }),
  };
}

function copySpec(from: string, to: string, variant: Variant): void {
  const own: Readonly<Record<string, string>> = OWN[variant];
  const text = readFileSync(from, 'utf8').replace(
    /from '\.\.\/([^']+)'/g,
    (_, name: string) => `from ${JSON.stringify(own[name] ?? join(E2E, name))}`,
  );
  writeFileSync(to, text);
}

function configOf(variant: Variant): string {
  const from = (path: string): string => JSON.stringify(join(ROOT, path));
  return `import { defineConfig, devices } from '@playwright/test';
${variant === 'ours' ? "import { reporters } from '@quality-hub/reporters/config';" : ''}
import { chooseBrowser } from ${from('scripts/browser.mjs')};
import { decideRunSettings } from ${from('tests/e2e/run-settings.ts')};
decideRunSettings(${JSON.stringify(ROOT)});
const { executablePath, args } = chooseBrowser();
export default defineConfig({
  testDir: '.',
  outputDir: './results',
  fullyParallel: true,
  reporter: ${variant === 'ours' ? "reporters([['list']])" : "[['list']]"},
  use: {
    ...devices['Desktop Chrome'],
    baseURL: process.env.SHOP_URL,
    trace: 'retain-on-failure',
    launchOptions: { ...(executablePath ? { executablePath } : {}), args: [...args, '--disable-gpu'] },
  },
  projects: [
    { name: 'setup', testMatch: 'setup/*.setup.ts' },
    { name: 'api', testMatch: 'api/*.spec.ts' },
    { name: 'pages', testMatch: 'pages/*.spec.ts', dependencies: ['setup'] },
  ],
});
`;
}
