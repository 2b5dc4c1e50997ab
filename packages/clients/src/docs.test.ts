import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { type Answer, json, startFaulty } from './testing/faulty-server.ts';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));
const execute = promisify(execFile);

/** The shop that the page talks to. */
function shop(): Answer {
  const counts = { jobs: 0, unsteady: 0 };
  const routes: Record<string, Answer> = {
    'GET /orders': json([{ id: 1 }]),
    'POST /orders': json({ id: 2 }, 201),
    'GET /orders/1': json({ id: 1, total: 19.9 }),
    'GET /orders/broken': json({ id: 1, total: -1 }),
    'GET /orders/404': json({ error: 'no such order' }, 404),
    'GET /customers': json([{ name: 'Ada' }, { name: 'Grace' }], 200, { link: '</customers?after=2>; rel="next"' }),
    'GET /customers?after=2': json([{ name: 'Edsger' }]),
    'GET /jobs/7': (...exchange) => json({ state: ++counts.jobs < 3 ? 'running' : 'done' })(...exchange),
    'GET /reports/latest.csv': (_, response) => void response.end('sku;count\n1;'),
    'GET /staff': (request, ...exchange) =>
      json({}, request.headers.authorization === 'Bearer token-of-the-staff' ? 200 : 401)(request, ...exchange),
    'POST /login': json({}, 200, { 'set-cookie': 'who=ada; HttpOnly' }),
    'GET /me': (request, ...exchange) =>
      json({ name: request.headers.cookie?.replace('who=', '') })(request, ...exchange),
    'GET /unsteady': (...exchange) =>
      json({ tries: ++counts.unsteady }, counts.unsteady === 1 ? 503 : 200)(...exchange),
  };
  return (request, response, asked) => {
    const path = asked.url.startsWith('/customers') ? asked.url : asked.url.replace(/\?.*/, '');
    const answer = routes[`${asked.method} ${path}`] ?? json({}, 204);
    return answer(request, response, asked);
  };
}

/** A request context over the platform's `fetch`, in the shape of Playwright's. */
const CONTEXT = `
const newContext = async () => ({
  fetch: async (url, { method, headers }) => {
    const answer = await fetch(url, { method, headers });
    return {
      status: () => answer.status,
      headersArray: () => [...answer.headers].map(([name, value]) => ({ name, value })),
      body: async () => Buffer.from(await answer.arrayBuffer()),
      dispose: async () => undefined,
    };
  },
  dispose: async () => undefined,
});`;

async function runExamples(page: string, before = ''): Promise<string> {
  await using server = await startFaulty(shop());
  const blocks = [...readFileSync(page, 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
  expect(blocks.length).toBeGreaterThan(0);
  const folder = join(PACKAGE, 'node_modules', '.cache', 'examples');
  mkdirSync(folder, { recursive: true });
  const file = join(mkdtempSync(join(folder, 'page-')), 'example.mjs');
  writeFileSync(file, stripTypeScriptTypes([before, ...blocks, `console.log('all examples ran');`].join('\n')));
  const { stdout } = await execute(process.execPath, [file], {
    env: {
      ...process.env,
      SHOP_URL: server.url,
      OUTPUT: mkdtempSync(join(tmpdir(), 'qh-docs-')),
      STAFF_TOKEN: 'token-of-the-staff',
    },
  });
  return stdout;
}

test('the examples of "Talk to APIs" run', async () => {
  expect(await runExamples(join(PACKAGE, '../../docs/clients-http.md'), CONTEXT)).toBe('all examples ran\n');
});

test('the example of the README runs', async () => {
  expect(await runExamples(join(PACKAGE, 'README.md'))).toBe('all examples ran\n');
});
