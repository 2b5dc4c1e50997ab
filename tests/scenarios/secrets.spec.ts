/** Secrets that only a store knows, through every door of a suite: what the run leaves behind has their names at most. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { runInline, startServer } from '@quality-hub/testkit';
import { findValues } from '../leaks/find-values.ts';

const KEY = 'Zx9-kQ2_pL7vTt';
const PASSWORD = 'a word of Ann, 99';

test('the folder of the hub, the reports and the terminal have no secret that was read from a store', async () => {
  await using server = await startServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.statusCode = request.url === '/denied' ? 401 : 200;
    response.end(JSON.stringify({ echo: request.headers }));
  });
  await using run = await runInline(
    {
      '.env.kept': `KEY=${KEY}\nDB=postgres://ann:${encodeURIComponent(PASSWORD)}@127.0.0.1:1/shop\n`,
      'quality-hub.config.ts': `import { defineHub, secret } from '@quality-hub/test/config';
        export default defineHub({
          secrets: {
            stores: { kept: { kind: 'environment', files: ['.env.kept'] } },
            refs: { paymentKey: 'kept:KEY', shopDb: 'kept:DB' },
          },
          clients: { payments: { baseURL: '${server.url}', headers: { 'x-api-key': secret('paymentKey') } } },
          databases: { shop: { kind: 'postgres', url: secret('shopDb'), retries: 0, policy: { retry: 0 } } },
        });`,
      'playwright.config.ts': `import { defineConfig } from '@playwright/test';
        export default defineConfig({
          retries: 1,
          reporter: [['@quality-hub/reporters'], ['line'], ['html', { open: 'never' }], ['json', { outputFile: 'out.json' }],
            ['junit', { outputFile: 'out.xml' }], ['blob']],
        });`,
      'pays.spec.ts': `import { expect, test } from '@quality-hub/test';
        test('pays', async ({ clients, secrets, request, db, hub }, info) => {
          const key = await secrets.get('paymentKey');
          const shopDb = await secrets.get('shopDb');
          const password = decodeURIComponent(new URL(shopDb.reveal()).password);
          const echo = await clients.payments.get('/', { query: { key } }).text();
          console.log(echo, password);
          hub.evidence('echo', { echo, password });
          await request.get('${server.url}/?key=' + key.reveal());
          await info.attach('echo', { body: echo, contentType: 'text/plain' });
          await test.step('step ' + key.reveal(), async () => {});
          await db.shop.query('select 1').catch(error => console.log(String(error)));
          expect.soft(password).toBe(key.reveal());
          await clients.payments.get('/denied');
        });`,
    },
    { timeoutMs: 120_000 },
  );
  expect(run.exitCode).toBe(1);
  const left = readdirSync(run.dir).filter(name => name !== 'node_modules' && name !== '.env.kept');
  expect(left).toEqual(
    expect.arrayContaining(['.quality-hub', 'blob-report', 'out.json', 'out.xml', 'playwright-report']),
  );
  expect(left.flatMap(name => findValues(join(run.dir, name), [KEY, PASSWORD]))).toEqual([]);
  for (const value of [KEY, PASSWORD, encodeURIComponent(PASSWORD)]) expect(run.output).not.toContain(value);
  expect(run.output).toContain('credential');
});
