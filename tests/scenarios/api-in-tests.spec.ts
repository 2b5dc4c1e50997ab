import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { type LocalServer, runInline, startServer } from '@quality-hub/testkit';
import { zipMembers } from '../leaks/zip-members.ts';

test.describe.configure({ timeout: 120_000 });

interface Shop extends LocalServer {
  readonly asked: { readonly request: string; readonly cookie: string | undefined; readonly own: unknown }[];
}

/** Fails each first GET of `/unsteady`, and never answers `/hang`. */
async function startShop(): Promise<Shop> {
  const asked: Shop['asked'] = [];
  let unsteady = 0;
  const server = await startServer((request, response) => {
    const { url = '', method, headers } = request;
    asked.push({ request: `${method} ${url}`, cookie: headers.cookie, own: headers['x-of-the-suite'] });
    if (url === '/hang') return;
    response.statusCode = url === '/unsteady' && unsteady++ % 2 === 0 ? 503 : 200;
    response.setHeader('set-cookie', 'visit=1');
    response.setHeader('content-type', 'application/json');
    response.end('{"ok":true}');
  });
  return Object.assign(server, { asked });
}

/** The text of all members of all traces below a folder. */
function traces(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(path => path.endsWith('trace.zip'));
  return new Map(
    files.map(path => [
      path,
      zipMembers(readFileSync(join(folder, path)))
        .map(({ bytes }) => bytes)
        .join('\n'),
    ]),
  );
}

test('calls of a client with transport playwright stand in the trace of their test, and are calls as any other', async () => {
  await using shop = await startShop();
  await using run = await runInline({
    'playwright.config.ts': `
      import { defineConfig } from '@playwright/test';
      import { reporters } from '@quality-hub/reporters/config';
      export default defineConfig({ workers: 1, reporter: reporters(), use: { trace: 'on', extraHTTPHeaders: { 'x-of-the-suite': 'yes' } } });`,
    'quality-hub.config.ts': `
      import { defineHub } from '@quality-hub/test/config';
      export default defineHub({ clients: {
        traced: { baseURL: '${shop.url}', transport: 'playwright', policy: { retry: { retries: 1, baseMs: 1 } } },
        quiet: { baseURL: '${shop.url}' },
      } });`,
    'a.spec.ts': `
      import { test, expect } from '@quality-hub/test';
      test('traced', async ({ clients }) => {
        expect(await clients.traced.get('/unsteady').json()).toEqual({ ok: true });
        await clients.traced.get('/again');
      });
      test('new', async ({ clients }) => { await clients.traced.get('/again'); });
      test('quiet', async ({ clients }) => { await clients.quiet.get('/untraced'); });`,
  });
  const report = await run.report();
  expect(report.counts, run.output).toMatchObject({ passed: 3, failed: 0 });
  expect(shop.asked.map(({ request, cookie }) => [request, cookie])).toEqual([
    ['GET /unsteady', undefined],
    ['GET /unsteady', 'visit=1'],
    ['GET /again', 'visit=1'],
    // Another test is somebody else.
    ['GET /again', undefined],
    ['GET /untraced', undefined],
  ]);
  expect(shop.asked.every(({ own }) => own === undefined)).toBe(true);
  const calls = run.events.flatMap(event => (event.kind === 'evidence' ? event.records : []));
  const told = new Map(calls.map(({ writer, seq, evidence }) => [`${writer} ${seq}`, evidence]));
  expect([...told.values()].filter(({ kind }) => kind === 'call')).toMatchObject([
    { dependency: 'traced', operation: 'GET /unsteady', outcome: 'ok', attempts: 2 },
    { dependency: 'traced', operation: 'GET /again' },
    { dependency: 'traced', operation: 'GET /again' },
    { dependency: 'quiet', operation: 'GET /untraced' },
  ]);
  // The context of Playwright counts no connections.
  expect(report.pools).toEqual([
    expect.objectContaining({ dependency: 'quiet', server: shop.url, opened: 1, reused: 0, waits: 0, workers: 1 }),
  ]);
  const found = [...traces(run.dir)];
  const withCall = (path: string) => found.filter(([, text]) => text.includes(`${shop.url}${path}`)).length;
  expect([found.length, withCall('/unsteady'), withCall('/again'), withCall('/untraced')]).toEqual([3, 1, 2, 0]);
});

test('a call that fails shows the line of the test that made it, through page objects too', async () => {
  await using shop = await startShop();
  await using run = await runInline({
    'playwright.config.ts': `
      import { defineConfig } from '@playwright/test';
      import { reporters } from '@quality-hub/reporters/config';
      export default defineConfig({ workers: 1, reporter: reporters(), use: { baseURL: '${shop.url}' } });`,
    'orders.ts': `
      import type { HttpClient } from '@quality-hub/clients';
      export class Orders {
        constructor(readonly api: HttpClient) {}
        async read() {
          return await this.api.get('/hang', { timeoutMs: 200 }).json();
        }
      }`,
    'a.spec.ts': `import { test } from '@quality-hub/test';
import { Orders } from './orders';
test('hangs', async ({ api }) => {
  await api.get('/hang', { timeoutMs: 200 });
});
test('hangs in a page object', async ({ api }) => {
  await new Orders(api).read();
});
test('has a wrong option', async ({ api }) => {
  await api.get('/', { timeout: 200 } as never);
});
`,
  });
  const errors = run.events.flatMap(event => (event.kind === 'test.ended' ? event.errors : []));
  expect(errors, run.output).toHaveLength(3);
  const places = errors.map(({ location }) => `${location?.file}:${location?.line}`);
  expect(places).toEqual(['a.spec.ts:4', 'orders.ts:6', 'a.spec.ts:10']);
  expect(errors[0]?.snippet).toMatch(/> 4 \| .*await api\.get\('\/hang'/);
  expect(errors[1]?.stack).toMatch(/orders\.ts:6:[^]*a\.spec\.ts:7:/);
  expect(errors.map(({ message }) => message)).toEqual([
    expect.stringMatching(/GET .*\/hang/),
    expect.stringMatching(/GET .*\/hang/),
    expect.stringContaining('did you mean "timeoutMs"'),
  ]);
});
