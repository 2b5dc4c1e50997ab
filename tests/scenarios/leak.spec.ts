import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { chromium, expect, test } from '@playwright/test';
import { type InlineResult, mergeReports, runInline } from '@quality-hub/testkit';
import { chooseBrowser } from '../../scripts/browser.mjs';
import { findValues } from '../leaks/find-values.ts';
import { ENVIRONMENT, leakingSuite, PLACES, SECRETS } from './leaking/leaking-suite.ts';

test.describe.configure({ timeout: 240_000 });

let shop: Server;
let url: string;
test.beforeAll(async () => {
  shop = createServer((request, response) => {
    let body = '';
    request.on('data', piece => {
      body += String(piece);
    });
    request.on('end', () => {
      const isForm = request.url?.startsWith('/form');
      response.setHeader('content-type', isForm ? 'text/html' : 'text/plain; charset=utf-8');
      response.setHeader('x-echo', encodeURIComponent(body).slice(0, 2_000));
      response.end(
        isForm
          ? '<label>Name <input></label><p></p>'
          : `you said ${request.url} ${JSON.stringify(request.headers)} ${body}`,
      );
    });
  });
  await new Promise<void>(resolve => shop.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
});
test.afterAll(() => void shop.close());

function told({ dir }: InlineResult): string[] {
  return PLACES.flatMap(place => findValues(join(dir, place), SECRETS)).map(place => place.slice(dir.length + 1));
}

test('forty secrets through every door: none is in any byte that a run leaves, and its traces open', async () => {
  await using run = await runInline(leakingSuite(url, true), { env: ENVIRONMENT, timeoutMs: 150_000 });
  expect(run.exitCode, run.output).toBe(1);
  expect(run.output).not.toContain('still holds');
  expect(told(run)).toEqual([]);
  // All of it ran: the tests of the other half of this scenario tell what there was to hide.
  const { stats } = run.json<{ stats: { expected: number; unexpected: number; flaky: number } }>('out/results.json');
  expect(stats).toMatchObject({ expected: 3, unexpected: 2, flaky: 1 });

  await using merged = await mergeReports([run], {
    env: ENVIRONMENT,
    files: { 'playwright.config.ts': leakingSuite(url, true)['merge.config.ts'] ?? '' },
  });
  expect(existsSync(join(merged.dir, 'merged', 'index.html'))).toBe(true);
  expect(told(merged)).toEqual([]);

  for (const [name, rows] of await openedTraces(join(run.dir, 'report'))) expect(rows, name).toBeGreaterThan(0);
});

test('without Quality Hub they are everywhere', async () => {
  await using run = await runInline(leakingSuite(url, false), { env: ENVIRONMENT, timeoutMs: 150_000 });
  const places = told(run);
  const values = SECRETS.filter(secret => places.some(place => place.endsWith(`: ${secret}`)));
  test.info().annotations.push({ type: 'hits without Quality Hub', description: String(places.length) });
  expect(places.length).toBeGreaterThan(150);
  expect(values.length).toBeGreaterThanOrEqual(36);
});

/** Names of the report's traces, and how many actions the trace viewer shows of each. */
async function openedTraces(report: string): Promise<Map<string, number>> {
  const types: Readonly<Record<string, string>> = {
    '.html': 'text/html',
    '.js': 'text/javascript',
    '.css': 'text/css',
    '.svg': 'image/svg+xml',
    '.zip': 'application/zip',
  };
  const server = createServer((request, response) => {
    const path = join(report, normalize(new URL(request.url ?? '/', 'http://x').pathname));
    if (!existsSync(path)) return void response.writeHead(404).end();
    response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream');
    response.end(readFileSync(path));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const host = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { executablePath, args } = chooseBrowser();
  const browser = await chromium.launch({ args, ...(executablePath && { executablePath }) });
  const opened = new Map<string, number>();
  try {
    for (const name of readdirSync(join(report, 'data'))
      .filter(each => each.endsWith('.zip'))
      .slice(0, 4)) {
      const page = await browser.newPage();
      const troubles: string[] = [];
      page.on('pageerror', error => troubles.push(error.message));
      await page.goto(`${host}/trace/index.html?trace=${host}/data/${name}`);
      const actions = page.getByTestId('actions-tree').getByRole('treeitem');
      await expect(actions.first(), name).toBeVisible({ timeout: 20_000 });
      expect(troubles, name).toEqual([]);
      opened.set(name, await actions.count());
      await page.close();
    }
  } finally {
    await browser.close();
    server.close();
  }
  return opened;
}
