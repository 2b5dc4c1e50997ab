/** A project with a secret in every place where a suite can put one. */

/** Told by tests while they run. Known to the mask by the name of its variable. No name of a file keeps a colon. */
const PASSWORD = 'swordfish:4711';
/** Told by tests while they run. Known to the mask by the option `qhSecrets`, and so in the configuration as well. */
export const OPTION = 'open:sesame!42';
/** The password of a URL. Known to the mask by where it stands. */
const IN_URL = 'url~pass~9137';
/** In titles and annotations, which the runner itself reads from the files of tests. */
export const TITLE = 'title:key=0815';
/** In the configuration: metadata, `use`, the environment of a server. */
export const CONFIG = 'config:token/2342';

export const SECRETS = [PASSWORD, OPTION, IN_URL, TITLE, CONFIG];

export const ENVIRONMENT = {
  SHOP_PASSWORD: PASSWORD,
  NOT_NAMED_SO: OPTION,
  NOR_THIS: IN_URL,
  SHOP_API_KEY: TITLE,
  SHOP_TOKEN: CONFIG,
};

/** Which `test` the suite uses: ours, or Playwright's own where we are not there at all. */
export type Using = '@quality-hub/test' | '@playwright/test';

export type ReporterEntry = readonly [name: string, options?: object];

export function secretSuite(reporters: readonly ReporterEntry[], using: Using = '@quality-hub/test') {
  return {
    'playwright.config.ts': config(reporters, using),
    'test.ts': `export { test, expect } from '${using}';\n`,
    'shop.spec.ts': SPEC,
    'hooks.spec.ts': HOOKS,
  };
}

const config = (reporters: readonly ReporterEntry[], using: Using): string => `
import { defineConfig } from '@playwright/test';
const secret = process.env.SHOP_TOKEN;
export default defineConfig({
  testMatch: '*.spec.ts',
  workers: 1,
  reporter: ${JSON.stringify(reporters)},
  webServer: { command: 'echo ready; sleep 60', env: { SERVER: secret }, wait: { stdout: /ready/ } },
  metadata: { signedInWith: secret, nested: { list: ['a ' + secret] } },
  projects: [
    {
      name: 'shop',
      metadata: { also: secret },
      use: {
        extraHTTPHeaders: { 'x-shop': secret },
        httpCredentials: { username: 'jane', password: secret },
        ${using === '@quality-hub/test' ? 'qhSecrets: [process.env.NOT_NAMED_SO],' : ''}
      },
    },
  ],
});
`;

const SPEC = `
import { writeFileSync } from 'node:fs';
import { test as base, expect } from './test';

const secret = process.env.SHOP_PASSWORD!;
const other = process.env.NOT_NAMED_SO!;
const title = process.env.SHOP_API_KEY!;

const test = base.extend<{ broken: void }>({
  broken: async ({}, use) => { await use(); throw 'a string of a teardown with ' + secret; },
});

test.describe('a shop with ' + title, { annotation: { type: 'issue', description: 'suite ' + title } }, () => {
  test('passes with ' + title, { annotation: { type: 'issue', description: 'static ' + title } }, () => {});

  test('fails with all it has', async ({ request, broken }, info) => {
    info.annotations.push({ type: 'note', description: 'dynamic ' + secret + ' ' + other });
    console.log('printed ' + secret + ' and ' + other);
    console.error('warned ' + secret);
    process.stdout.write(Buffer.from('bytes ' + secret + '\\n'));
    await test.step('step ' + secret, async () => {
      await test.step('inner ' + other, () => {}, { params: { value: secret, list: [other] }, subtitle: 'sub ' + secret });
    });
    await test.step('failing step ' + secret, () => { throw new Error('in step ' + secret); }).catch(() => {});
    await info.attach('body ' + secret, { body: 'body ' + secret, contentType: 'text/plain' });
    await info.attach('json', { body: JSON.stringify({ secret, other }), contentType: 'application/json' });
    const file = info.outputPath('log.txt');
    writeFileSync(file, 'file ' + secret + ' ' + other);
    info.attachments.push({ name: 'file', path: file, contentType: 'text/plain' });
    await request.get('http://jane:' + process.env.NOR_THIS + '@127.0.0.1:9/orders?token=' + secret + '&q=' + other).catch(error => console.log(error.message));
    expect.soft({ a: secret }, 'softly ' + other).toEqual({ a: other });
    throw new Error('thrown ' + secret, { cause: new Error('cause ' + other) });
  });

  test.describe('retried', () => {
    test.describe.configure({ retries: 1 });
    test('is flaky', ({}, info) => { expect(info.retry, 'not at ' + secret).toBe(1); });
  });
  test('is skipped for ' + title, () => { test.skip(true, 'because of ' + secret); });
  test.fixme('is to be mended for ' + title, () => {});
  test('fails as expected', () => { test.fail(true, 'as ' + secret); expect(secret).toBe('x'); });
});
`;

const HOOKS = `
import { test as base, expect } from './test';

const secret = process.env.SHOP_PASSWORD!;
const test = base.extend<{}, { worker: void }>({
  worker: [async ({}, use) => { await use(); throw new Error('worker teardown ' + secret); }, { scope: 'worker' }],
});

test.describe('before', () => {
  test.beforeAll(() => { throw new Error('before all ' + secret); });
  test('never runs', () => {});
});
test('has a worker that breaks at its end', ({ worker }) => { expect(secret).toBeTruthy(); });
`;
