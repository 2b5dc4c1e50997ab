/**
 * The shop's suite with everything of Quality Hub, against the same checks with Playwright alone; how many questions
 * to the cache its second run answers without a load; and two runs of it at once, with names of their own and without.
 *
 * `pnpm bench suite [--rounds N] [--workers N] [--rows N]`
 *
 * The plain twin signs in by itself in each test, waits until the network is quiet after each navigation, cleans up by hand, and
 * reads its price list whole. Both run from sources: types that are stripped on each start cost the first one more.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openHub } from '@quality-hub/hub';
import { errorSentence, OptionError } from '@quality-hub/protocol';
import { hubFolderAt } from '@quality-hub/telemetry';
import type { RunningShop } from '../shop/src/index.ts';
import { startShopForSuites, suiteEnvironment } from '../soak/shared/suite-on-shop.ts';
import { runTwoSuites } from '../soak/shared/two-suites.ts';
import { atLeast, atMost, say, tell } from './figure.ts';
import { readNumbers } from './measure/options.ts';
import { lowerQuartile } from './measure/statistics.ts';
import { type MeasuredSuite, measureSuite } from './suite/measured-suite.ts';
import { writePriceList } from './suite/price-list-file.ts';
import { type TwinFolder, twinFolder, type Variant } from './suite/twin-folder.ts';

interface SuiteOptions {
  readonly workers: number;
  readonly priceList: string;
}

async function round(folder: TwinFolder, variant: Variant, options: SuiteOptions): Promise<MeasuredSuite> {
  await using shop = await startShopForSuites();
  const hub = mkdtempSync(join(folder.dir, 'hub-'));
  const run = await runOn(shop, { folder, variant, hub, ...options });
  rmSync(hub, { recursive: true, force: true, maxRetries: 5 });
  say(`${variant}: ${run.passed} tests in ${(run.wallMs / 1000).toFixed(1)} s, ${Math.round(run.peakBytes / 1e6)} MB`);
  return run;
}

async function runOn(
  shop: RunningShop,
  {
    folder,
    variant,
    hub,
    workers,
    priceList,
  }: SuiteOptions & { readonly folder: TwinFolder; readonly variant: Variant; readonly hub: string },
): Promise<MeasuredSuite> {
  const env = { ...suiteEnvironment(shop, hub), PRICE_LIST: priceList };
  const run = await measureSuite(folder.config(variant), { env, workers });
  if (run.exitCode !== 0) throw new Error(`The suite ${variant} did not pass:\n${run.output.slice(-4000)}`);
  return run;
}

/** Share of the questions to the cache that the second of two runs on one shop has answered without a load. */
async function hitsOfSecondRun(folder: TwinFolder, options: SuiteOptions): Promise<number> {
  await using shop = await startShopForSuites();
  const dir = mkdtempSync(join(folder.dir, 'hub-'));
  for (const _ of ['first', 'second']) await runOn(shop, { folder, variant: 'ours', hub: dir, ...options });
  await using hub = openHub({ folder: hubFolderAt(dir) });
  await hub.catchUp();
  const { cache } = await hub.report('latest');
  if (cache === undefined) throw new Error('The second run has asked the cache for nothing');
  say(`cache in the second run: ${cache.hits} of ${cache.hits + cache.misses} questions, ${cache.loads} loads`);
  return cache.hitRatio01;
}

async function collisions(folder: TwinFolder, names: 'own' | 'fixed'): Promise<number> {
  const dir = mkdtempSync(join(folder.dir, `${names}-`));
  const { passed, failed } = await runTwoSuites({ dir, projects: ['api'], workers: 2, names });
  say(`two runs at once with ${names} names: ${passed} tests passed, ${failed} failed`);
  return failed;
}

try {
  const { rounds, rows, workers } = readNumbers(process.argv.slice(2), { rounds: 3, rows: 1_000_000, workers: 2 });
  using folder = twinFolder();
  const priceList = join(folder.dir, 'price-list.ndjson');
  await writePriceList(priceList, rows);
  const runs: Record<Variant, MeasuredSuite[]> = { ours: [], plain: [] };
  for (let n = 0; n < rounds; n++) {
    const variants: readonly Variant[] = n % 2 === 0 ? ['plain', 'ours'] : ['ours', 'plain'];
    for (const variant of variants) runs[variant].push(await round(folder, variant, { workers, priceList }));
  }
  if (runs.ours[0]?.passed !== runs.plain[0]?.passed) throw new Error('The two suites do not have the same tests');
  const ratio = (of: (run: MeasuredSuite) => number): number =>
    lowerQuartile(runs.ours.map(of)) / lowerQuartile(runs.plain.map(of));
  tell([
    atMost(
      'suite.wall',
      ratio(run => run.wallMs),
      { unit: 'of the plain suite', target: 0.5 },
    ),
    atMost(
      'suite.memory',
      ratio(run => run.peakBytes),
      { unit: 'of the plain suite', target: 0.2 },
    ),
    atLeast('suite.cache', await hitsOfSecondRun(folder, { workers, priceList }), {
      unit: 'of the questions',
      target: 0.9,
    }),
    atMost('suite.collisions', await collisions(folder, 'own'), { unit: 'tests of two runs at once', target: 0 }),
    // Shown beside it: how many there are where every test has the same names.
    atLeast('suite.collisions.fixed', await collisions(folder, 'fixed'), {
      unit: 'tests of two runs at once',
      target: 1,
    }),
  ]);
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  say(errorSentence(error));
  process.exitCode = 1;
}
