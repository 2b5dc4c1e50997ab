import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { leaksIn } from '@quality-hub/protocol';
import { type InlineResult, runInline, startServer } from '@quality-hub/testkit';
import { chooseBrowser } from '../../scripts/browser.mjs';

test.describe.configure({ timeout: 240_000 });

const { executablePath, args } = chooseBrowser();
const CLI = join(process.cwd(), 'packages', 'cli', 'bin', 'quality-hub.mjs');
const CONFIG = (use = ''): string => `import { defineConfig } from '@playwright/test';
export default defineConfig({ workers: 1, reporter: [['@quality-hub/reporters']],
  use: { launchOptions: ${JSON.stringify({ executablePath, args })}, ${use} } });
`;
const LISTENS = `
import { createServer } from 'node:http';
import { test, expect, needs } from '@quality-hub/test';
const listen = (port = 0) => new Promise<any>((resolve, reject) => {
  const server = createServer((_, response) => response.end('ok'));
  server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
});
`;

const leaksOf = (run: InlineResult) =>
  run.events.flatMap(event =>
    event.kind === 'evidence' ? event.records.flatMap(({ evidence }) => leaksIn(evidence)) : [],
  );

test('a port that a test has left open is found by the next one, whose failure names it', async () => {
  await using run = await runInline({
    'playwright.config.ts': CONFIG(),
    'a.spec.ts': `${LISTENS}
      let port = 0;
      test('leaves its server open', async () => { port = (await listen()).address().port; });
      test('wants the same port', async () => { const server = await listen(port); server.close(); });`,
  });
  const { failures, leaks } = await run.report();
  expect(leaks).toMatchObject([
    { title: 'a.spec.ts › leaves its server open', left: [{ thing: 'server', closed: false }] },
  ]);
  expect(failures).toMatchObject([
    {
      verdict: 'interference',
      reasons: [expect.stringMatching(/^Port \d+ is in use: "a\.spec\.ts › leaves its server open" had left a server/)],
    },
  ]);
  expect(run.output).toContain('Left open    1 test left 1 thing open: 1 server');
  const shown = execFileSync(process.execPath, [CLI, 'show'], { cwd: run.dir, encoding: 'utf8' });
  expect(shown).toMatch(
    /Left open: 1 test left 1 thing open: 1 server\n {2}a\.spec\.ts › leaves its server open: a server on port \d+/,
  );
});

test('a test that uses the page of another one is told where that was opened', async () => {
  await using run = await runInline({
    'playwright.config.ts': CONFIG(),
    'a.spec.ts': `import { test, expect } from '@quality-hub/test';
      let page: any;
      test('opens', async ({ browser }) => {
        page = await browser.newPage();
        await page.goto('about:blank');
      });
      test('uses it', async () => { await page.goto('about:blank'); });`,
  });
  const { failures } = await run.report();
  expect(failures, run.output).toMatchObject([
    {
      identity: { titlePath: ['uses it'] },
      verdict: 'test',
      reasons: [expect.stringContaining('"a.spec.ts › opens" had opened a page at a.spec.ts:4')],
    },
  ]);
});

test('what clients, databases, browsers, polls and agents keep for later is no leak', async () => {
  await using server = await startServer((request, response) => {
    if (request.url === '/slow') return void setTimeout(() => response.end('{}'), 50);
    response.setHeader('content-type', request.url === '/' ? 'text/html' : 'application/json');
    response.end(request.url === '/' ? '<h1>Shop</h1>' : '{}');
  });
  await using run = await runInline({
    'playwright.config.ts': CONFIG(
      `baseURL: '${server.url}', trace: 'on', screenshot: 'on', video: 'off', qhLeaks: 'fail'`,
    ),
    'quality-hub.config.ts': `import { defineHub } from '@quality-hub/test/config';
      export default defineHub({
        clients: { shop: { baseURL: '${server.url}', health: '/health' } },
        databases: { notes: { kind: 'sqlite', url: 'notes.db' } },
      });`,
    'a.spec.ts': `${LISTENS}
      import { Agent, get } from 'node:http';
      import { execFileSync, exec } from 'node:child_process';
      import { promisify } from 'node:util';
      const agent = new Agent({ keepAlive: true });
      test('clients', needs({ healthy: 'shop' }), async ({ clients, api }) => {
        await Promise.all(Array.from({ length: 5 }, () => clients.shop.get('/slow')));
        await api.get('/api');
      });
      test('databases', async ({ db }) => { await db.notes.sql\`create table if not exists notes (id integer)\`; await db.notes.sql\`select 1 as one\`; });
      test('browser', async ({ page, context, browser, request, playwright }) => {
        await page.goto('/');
        const popup = await context.newPage();
        await popup.goto('/');
        await request.get('/api');
        const api = await playwright.request.newContext();
        await api.get('${server.url}/api');
        await api.dispose();
        const other = await browser.newContext();
        await other.newPage();
        await other.close();
        await expect(page.locator('h1')).toHaveText('Shop');
        await page.route('**/*', route => route.continue());
        await page.reload();
      });
      test('fetch and agents', async () => {
        await Promise.all(Array.from({ length: 3 }, () => fetch('${server.url}/slow').then(answer => answer.text())));
        await new Promise(done => get('${server.url}/api', { agent }, answer => answer.resume().once('end', done)));
      });
      test('polls', async () => {
        let asked = 0;
        await expect.poll(() => ++asked, { intervals: [10] }).toBeGreaterThan(3);
        await expect(async () => { expect(++asked).toBeGreaterThan(6); }).toPass({ intervals: [10] });
        await Promise.race([new Promise(() => {}), new Promise(done => setTimeout(done, 20))]);
        setTimeout(() => {}, 60_000).unref();
      });
      test('processes', async () => { execFileSync(process.execPath, ['-e', '0']); await promisify(exec)('true'); });
      test('closed, and not waited for', async ({ browser }) => {
        const server = await listen();
        await fetch('http://127.0.0.1:' + server.address().port).then(answer => answer.text());
        server.close();
        const context = await browser.newContext();
        void context.close();
      });
      test.describe.serial('shared page', () => {
        let page: any;
        test.beforeAll(async ({ browser }) => { page = await browser.newPage(); });
        test.afterAll(async () => { await page.close(); });
        test('first', async () => { await page.goto('${server.url}/'); });
        test('second', async () => { await expect(page.locator('h1')).toHaveText('Shop'); });
      });`,
  });
  expect(run.output, run.output).toContain('9 passed');
  expect(leaksOf(run)).toEqual([]);
});
