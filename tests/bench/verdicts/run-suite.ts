/** Runs the whole suite once, as a child project of its own, against a shop of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { type InlineResult, runInline } from '@quality-hub/testkit';
import { chooseBrowser } from '../../../scripts/browser.mjs';
import { startShop } from '../../shop/src/index.ts';
import type { Case } from './case.ts';
import { fullDevice } from './cases.ts';
import { prepareShop } from './prepare-shop.ts';

const suite = new URL('./suite/', import.meta.url);
/** The limit of a small CI container: a worker that wants more dies. */
const WORKER_HEAP_MB = 384;
const STAFF_PASSWORD = 'open sesame';

export interface SuiteOptions {
  /** Keeps the project in this folder. */
  readonly dir?: string | undefined;
}

/** The result must be disposed of. @throws {InlineTimeoutError} after 20 minutes. */
export async function runSuite(cases: readonly Case[], { dir }: SuiteOptions): Promise<InlineResult> {
  process.env['SHOP_STAFF_PASSWORD'] = STAFF_PASSWORD;
  await using shop = await startShop({ paymentsTimeoutMs: 800 });
  await prepareShop(shop.url, STAFF_PASSWORD);
  const { executablePath, args } = chooseBrowser();
  const stages = Object.fromEntries(cases.map(({ title, stage }) => [title, stage]));
  return await runInline(
    { ...suiteFiles(), 'stage.json': JSON.stringify(stages) },
    {
      timeoutMs: 1_200_000,
      ...(dir === undefined ? {} : { dir }),
      env: {
        NODE_OPTIONS: `--max-old-space-size=${WORKER_HEAP_MB}`,
        SHOP_URL: shop.url,
        SHOP_CONTROL_URL: shop.controlUrl,
        SHOP_CONTROL_TOKEN: shop.controlToken,
        SUITE_CHROMIUM: executablePath,
        SUITE_CHROMIUM_ARGS: JSON.stringify(args),
        RECEIPT_FILE: fullDevice,
      },
    },
  );
}

function suiteFiles(): Record<string, string> {
  const names = readdirSync(suite).filter(name => name.endsWith('.ts'));
  return Object.fromEntries(names.map(name => [name, readFileSync(new URL(name, suite), 'utf8')]));
}
