/** Runs the suite, as child projects of their own, against a shop of its own: tests in order, tests that meet, tests without a store. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ReportedFailure } from '@quality-hub/hub';
import { type InlineResult, runInline } from '@quality-hub/testkit';
import { chooseBrowser } from '../../../scripts/browser.mjs';
import { startShop } from '../../shop/src/index.ts';
import type { Case } from './case.ts';
import { fullDevice } from './cases.ts';
import type { SuiteRun } from './kept-run.ts';
import { prepareShop } from './prepare-shop.ts';

const suite = new URL('./suite/', import.meta.url);
/** The limit of a small CI container: a worker that wants more dies. */
const WORKER_HEAP_MB = 384;
const STAFF_PASSWORD = 'open sesame';

interface Part {
  readonly name: string;
  /** Where in the suite its tests are. @default at the top */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
}

const PARTS: readonly Part[] = [
  { name: 'in-order' },
  { name: 'beside', folder: 'beside', env: { SUITE_WORKERS: '2' } },
  {
    name: 'store-of-redis',
    folder: 'store',
    // Nobody listens on port 1.
    env: { SUITE_WORKERS: '2', SUITE_STORE: 'redis', SUITE_REDIS: 'redis://127.0.0.1:1' },
  },
  {
    name: 'store-of-a-file',
    folder: 'store',
    env: { SUITE_STORE: 'file', SUITE_WORKERS: '2' },
    files: { '.quality-hub/state.db': 'This was a database once. '.repeat(400) },
  },
];

export interface SuiteOptions {
  /** Keeps the projects in this folder. */
  readonly dir?: string | undefined;
  /** Only tests whose titles begin so. */
  readonly only?: string | undefined;
}

export interface SuiteResult extends SuiteRun, AsyncDisposable {
  readonly parts: readonly InlineResult[];
}

/** The result must be disposed of. @throws {InlineTimeoutError} after 20 minutes. */
export async function runSuite(cases: readonly Case[], { dir, only }: SuiteOptions): Promise<SuiteResult> {
  process.env['SHOP_STAFF_PASSWORD'] = STAFF_PASSWORD;
  await using shop = await startShop({ paymentsTimeoutMs: 800 });
  await prepareShop(shop.url, STAFF_PASSWORD);
  const { executablePath, args } = chooseBrowser();
  const stages = Object.fromEntries(cases.map(({ title, stage }) => [title, stage]));
  const parts: InlineResult[] = [];
  for (const { name, folder, env, files } of PARTS) {
    const part = await runInline(
      { ...suiteFiles(folder), ...files, 'stage.json': JSON.stringify(stages) },
      {
        timeoutMs: 1_200_000,
        args: only === undefined ? [] : ['--grep', ` ${only}`],
        ...(dir === undefined ? {} : { dir: join(dir, name) }),
        env: {
          NODE_OPTIONS: `--max-old-space-size=${WORKER_HEAP_MB}`,
          SHOP_URL: shop.url,
          SHOP_CONTROL_URL: shop.controlUrl,
          SHOP_CONTROL_TOKEN: shop.controlToken,
          SUITE_CHROMIUM: executablePath,
          SUITE_CHROMIUM_ARGS: JSON.stringify(args),
          RECEIPT_FILE: fullDevice,
          ...env,
        },
      },
    );
    parts.push(part);
  }
  return {
    parts,
    events: parts.flatMap(({ events }) => events),
    output: parts.map(({ output }) => output).join('\n'),
    failures: async () => (await Promise.all(parts.map(failuresOf))).flat(),
    [Symbol.asyncDispose]: async () => {
      for (const part of parts) await part[Symbol.asyncDispose]();
    },
  };
}

async function failuresOf(part: InlineResult): Promise<readonly ReportedFailure[]> {
  return (await part.report()).failures;
}

/** All files with the tests of one folder alone. */
function suiteFiles(folder = '.'): Record<string, string> {
  const names = readdirSync(suite, { recursive: true, encoding: 'utf8' }).filter(
    name => /\.(?:ts|csv)$/.test(name) && (!name.endsWith('.spec.ts') || dirname(name) === folder),
  );
  return Object.fromEntries(names.map(name => [name, readFileSync(new URL(name, suite), 'utf8')]));
}
