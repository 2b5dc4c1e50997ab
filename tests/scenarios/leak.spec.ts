/** Secrets go through every door there is, with every reporter of Playwright's, and none is found in what is left. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type InlineResult, mergeReports, runInline } from '@quality-hub/testkit';
import { chooseBrowser } from '../../scripts/browser.mjs';
import { findValues } from '../leaks/find-values.ts';
import { DOORS, type Door, ENVIRONMENT, SECRETS } from './leak/doors.ts';
import { leakSuite, type Using } from './leak/leak-suite.ts';
import { type ShopServer, startShopServer } from './leak/shop-server.ts';
import { openTraceViewer } from './leak/trace-viewer.ts';

const { executablePath, args } = chooseBrowser();
const THEIRS = `[['list'], ['line'], ['dot'], ['github'], ['null'], ['html', { open: 'never' }], ['blob'],
  ['json', { outputFile: 'results.json' }], ['junit', { outputFile: 'results.xml' }]]`;

let shop: ShopServer;
test.beforeAll(async () => {
  shop = await startShopServer();
});
test.afterAll(async () => {
  await shop[Symbol.asyncDispose]();
});
test.describe.configure({ timeout: 240_000 });

function run(using: Using, reporter: string, more: readonly string[] = []): Promise<InlineResult> {
  const suite = leakSuite({ using, launch: JSON.stringify({ executablePath, args }), reporter });
  const env = { ...ENVIRONMENT, LEAK_SERVER: shop.url };
  return runInline(suite, { env, args: more, timeoutMs: 120_000 });
}

/** What the run left, its sources aside: door -> places. */
function leaks(result: InlineResult, sources: readonly string[]): Readonly<Partial<Record<Door, readonly string[]>>> {
  const values = Object.values(SECRETS);
  const left = readdirSync(result.dir).filter(name => !sources.includes(name));
  const places = left.flatMap(name => findValues(join(result.dir, name), values));
  const found = DOORS.flatMap(door => {
    const value = SECRETS[door];
    const printed = result.output.includes(value) ? ['what was printed'] : [];
    const at = places.filter(place => place.endsWith(`: ${value}`)).map(place => place.slice(0, -value.length - 2));
    const all = [...printed, ...at.map(place => place.replace(result.dir, ''))];
    return all.length > 0 ? [[door, all] as const] : [];
  });
  return Object.fromEntries(found);
}

const sources = Object.keys(leakSuite({ using: '@playwright/test', launch: '{}', reporter: '[]' })).map(
  path => path.split('/')[0] ?? path,
);

test('without us every door lets its secret out', async () => {
  await using result = await run('@playwright/test', THEIRS);
  const found = leaks(result, sources);
  expect(DOORS.filter(door => found[door] === undefined)).toEqual([]);
});

test('with us none is in any byte of what is left or printed', async () => {
  await using result = await run('@quality-hub/test', `reporters(${THEIRS})`);
  expect(result.exitCode, result.output).toBe(1);
  expect(leaks(result, sources)).toEqual({});
});

test('the rewritten traces open in the trace viewer, with their actions, snapshots and traffic', async ({ page }) => {
  await using result = await run('@quality-hub/test', `reporters(${THEIRS})`, ['browser.spec.ts']);
  const trace = (name: string): string => join(result.dir, 'test-results', `browser-what-${name}`, 'trace.zip');
  {
    await using viewer = await openTraceViewer(trace('the-page-shows'));
    await page.goto(viewer.url);
    await page.getByText(/^Fill/).first().click();
    await expect(page.locator('.action-title', { hasText: 'Fill' })).toContainText('[masked]');
    const snapshot = page.frameLocator('iframe.snapshot-visible');
    await expect(snapshot.getByRole('heading')).toHaveText('[masked]');
    await page.getByRole('tab', { name: 'Console' }).click();
    await expect(page.locator('.console-tab')).toContainText('the page says [masked]');
  }
  await using viewer = await openTraceViewer(trace('goes-over-the-wire'));
  await page.goto(viewer.url);
  await page.getByRole('tab', { name: 'Network' }).click();
  await page.getByText('POST').last().click();
  await page.getByRole('tab', { name: 'Payload' }).click();
  await expect(page.getByText('[masked]').first()).toBeVisible();
});

test('none is in the blobs of shards, nor in what is merged from them', async () => {
  const shards = [];
  try {
    for (const shard of ['1/2', '2/2']) {
      shards.push(await run('@quality-hub/test', "reporters([['blob']])", [`--shard=${shard}`]));
    }
    for (const shard of shards) expect(leaks(shard, sources)).toEqual({});
    await using merged = await mergeReports(shards, {
      files: {
        'playwright.config.ts': `export default { reporter: [['html', { open: 'never' }], ['json', { outputFile: 'results.json' }]] };`,
      },
    });
    expect(leaks(merged, ['playwright.config.ts'])).toEqual({});
  } finally {
    for (const shard of shards) await shard[Symbol.asyncDispose]();
  }
});
