/** Two whole runs of the shop's suite at once, each in two shards, on one shop: as two teams do on one environment. */
import { join, resolve } from 'node:path';
import { openLedger, readEntries } from '@quality-hub/data';
import { openSqliteDriver } from '@quality-hub/state/sqlite';
import type { RunningShop } from '../../shop/src/index.ts';
import { type EndedRun, startRun } from '../child/start-run.ts';
import { startShopForSuites, suiteEnvironment } from './suite-on-shop.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

export interface TwoSuites {
  /** A fresh folder inside the workspace. */
  readonly dir: string;
  readonly projects: readonly string[];
  /** Of each shard. */
  readonly workers: number;
  /** `own`: what a test creates has names of its own; `fixed`: the same in every test, as in a suite without isolation. */
  readonly names: 'own' | 'fixed';
}

export interface SuitesTold {
  readonly passed: number;
  readonly failed: number;
  /** Titles of tests that failed, with their shard. */
  readonly failures: readonly string[];
  /** What is left in the shop, or in the ledger, after both. */
  readonly left: readonly string[];
  readonly ends: readonly EndedRun[];
}

export async function runTwoSuites({ dir, projects, workers, names }: TwoSuites): Promise<SuitesTold> {
  await using shop = await startShopForSuites();
  const hub = join(dir, 'hub');
  const runs = ['one', 'two'].flatMap(runId => [1, 2].map(shard => ({ runId, shard, name: `${runId}-${shard}` })));
  const ends = await Promise.all(
    runs.map(async ({ runId, shard, name }) => {
      const run = startRun({
        dir,
        runId,
        secret: 'no secret of this round',
        args: [
          `--config=${join(ROOT, 'playwright.config.ts')}`,
          ...projects.map(project => `--project=${project}`),
          `--shard=${shard}/2`,
          `--workers=${workers}`,
          `--output=${join(dir, `results-${name}`)}`,
        ],
        env: { ...suiteEnvironment(shop, hub), ...(names === 'fixed' ? { E2E_NAMES: 'fixed' } : {}) },
      });
      return { name, end: await run.ended };
    }),
  );
  const failures = ends.flatMap(({ name, end }) => failedTitles(end.output).map(title => `${name}: ${title}`));
  return {
    passed: ends.reduce((sum, { end }) => sum + countOf(end.output, 'passed'), 0),
    failed: ends.reduce((sum, { end }) => sum + countOf(end.output, 'failed'), 0),
    failures,
    left: [...(await leftInShop(shop)), ...(await leftInLedger(join(hub, 'state.db')))],
    ends: ends.map(({ end }) => end),
  };
}

/** `  13 failed` of the list reporter. */
function countOf(output: string, what: 'passed' | 'failed'): number {
  return Number(new RegExp(`^ {2}(\\d+) ${what}\\b`, 'm').exec(output)?.[1] ?? 0);
}

/** `  ✘  3 [api] › …` of the list reporter. */
function failedTitles(output: string): readonly string[] {
  return [...output.matchAll(/^ {2}(?:✘|x) +\d+ (.*?)(?: \(\d.*)?$/gm)].map(([, title = '']) => title);
}

/** Products of tests have a category of their own. */
async function leftInShop({ url }: RunningShop): Promise<readonly string[]> {
  const answer = await fetch(`${url}/api/products?category=Tests&pageSize=100`);
  const { products } = (await answer.json()) as { readonly products: readonly { readonly sku: string }[] };
  return products.map(({ sku }) => `the product ${sku}`);
}

async function leftInLedger(path: string): Promise<readonly string[]> {
  const store = await openSqliteDriver({ path });
  try {
    const entries = await readEntries(openLedger({ store }));
    return entries.map(({ kind, id }) => `${kind} in the ledger as ${id}`);
  } finally {
    await store.close();
  }
}
