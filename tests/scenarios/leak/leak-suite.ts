/** A project whose tests put a secret through every door there is. */
import { SECRETS, VARIABLE } from './doors.ts';

export type Using = '@quality-hub/test' | '@playwright/test';

export interface LeakSuite {
  readonly using: Using;
  readonly launch: string;
  /** What stands in `reporter:` of the configuration. */
  readonly reporter: string;
}

export function leakSuite({ using, launch, reporter }: LeakSuite): Readonly<Record<string, string>> {
  return {
    'values.ts': VALUES,
    'global-setup.ts': `import { secret } from './values';\nexport default () => console.log('set up with ' + secret.globalSetup);\n`,
    'global-teardown.ts': `import { secret } from './values';\nexport default () => console.log('torn down with ' + secret.globalTeardown);\n`,
    'playwright.config.ts': config({ using, launch, reporter }),
    'test.ts': `export { test, expect } from '${using}';\n`,
    'browser.spec.ts': BROWSER,
    'runner.spec.ts': RUNNER,
    'hooks.spec.ts': HOOKS,
    'expected/page.txt': 'a page',
  };
}

const VALUES = `
export const secret = JSON.parse(Buffer.from(process.env.${VARIABLE}!, 'hex').toString()) as Record<string, string>;
`;

const config = ({ using, launch, reporter }: LeakSuite): string => `
import { defineConfig } from '@playwright/test';
${using === '@quality-hub/test' ? "import { reporters } from '@quality-hub/reporters/config';" : ''}
import { secret } from './values';
export default defineConfig({
  workers: 2,
  fullyParallel: true,
  timeout: 20_000,
  snapshotPathTemplate: '{testDir}/expected/{arg}{ext}',
  reporter: ${reporter},
  globalSetup: './global-setup.ts',
  globalTeardown: './global-teardown.ts',
  metadata: { signedInWith: secret.metadata },
  use: {
    trace: 'on',
    extraHTTPHeaders: { 'x-shop': secret.extraHeader },
    launchOptions: ${launch},
    baseURL: process.env.LEAK_SERVER,
    ${using === '@quality-hub/test' ? 'qhSecrets: Object.values(secret),' : ''}
  },
});
`;

const BROWSER = `
import { readFileSync } from 'node:fs';
import { test, expect } from './test';
import { secret } from './values';

const page = (body: string, title = 'a shop') =>
  ({ contentType: 'text/html; charset=utf-8', body: '<!doctype html><title>' + escape(title) + '</title>' + body });
const escape = (text: string) => text.replace(/[&<>"']/g, sign => '&#' + sign.charCodeAt(0) + ';');

test('what the page shows', async ({ page: tab, context }, info) => {
  await context.route('**/shown', route => route.fulfill(page(
    '<h1>' + escape(secret.pageText) + '</h1><input aria-label="Seen" value="' + escape(secret.pageInput) + '"><input aria-label="Password" type="password"><input aria-label="Token">',
    secret.pageTitle,
  )));
  await tab.goto('/shown');
  await expect(tab.getByRole('heading')).toHaveText(secret.pageText);
  await tab.getByLabel('Password').fill(secret.fill);
  await tab.getByLabel('Token').pressSequentially(secret.type);
  await tab.evaluate(value => console.log('the page says', value), secret.console);
  await tab.evaluate(value => { setTimeout(() => { throw new Error(value); }); }, secret.pageError);
  await tab.evaluate(value => { localStorage.setItem('token', value); }, secret.localStorage);
  await tab.evaluate(value => value.length, secret.evaluate);
  await context.addCookies([{ name: 'session', value: secret.cookie, url: process.env.LEAK_SERVER }]);
  await tab.evaluate(value => { localStorage.setItem('state', value); }, secret.storageState);
  await context.storageState({ path: info.outputPath('state.json') });
  await tab.goto('/cookies');
  await expect(tab.locator('body')).toContainText('seen');
});

test('what goes over the wire', async ({ page: tab, request }) => {
  await tab.goto('/blank');
  await tab.evaluate(async ({ query, path, header, json, form }) => {
    await fetch('/orders?token=' + encodeURIComponent(query));
    await fetch('/orders/' + encodeURIComponent(path));
    await fetch('/orders', { headers: { 'x-token': header } });
    await fetch('/orders', { method: 'POST', body: JSON.stringify({ json }), headers: { 'content-type': 'application/json' } });
    await fetch('/orders', { method: 'POST', body: new URLSearchParams({ form }) });
  }, { query: secret.urlQuery, path: secret.urlPath, header: secret.header, json: secret.jsonBody, form: secret.formBody });
  await request.post('/orders', { multipart: { note: secret.multipartBody } });
  await request.get('/orders', { headers: { authorization: 'Basic ' + Buffer.from('jane:' + secret.basicAuth).toString('base64') } });
  const answer = await request.get('/answer', { params: { body: Buffer.from(secret.responseBody).toString('hex'), header: Buffer.from(secret.responseHeader).toString('hex') } });
  expect(await answer.text()).toContain(secret.responseBody);
  await tab.evaluate(async ({ url, value, other }) => {
    const socket = new WebSocket(url + '?echo=' + [...new TextEncoder().encode(other)].map(byte => byte.toString(16).padStart(2, '0')).join(''));
    await new Promise(resolve => { socket.onopen = resolve; });
    const answered = new Promise(resolve => { socket.onmessage = resolve; });
    socket.send(value);
    await answered;
    socket.close();
  }, { url: process.env.LEAK_SERVER!.replace('http', 'ws'), value: secret.webSocketSent, other: secret.webSocketReceived });
});

test('what is recorded', async ({ browser }, info) => {
  const context = await browser.newContext({ baseURL: process.env.LEAK_SERVER, recordHar: { path: info.outputPath('traffic.har'), content: 'embed' } });
  const tab = await context.newPage();
  await tab.goto('/blank');
  await tab.evaluate(async value => { await fetch('/orders', { method: 'POST', body: 'har=' + value }); }, secret.har);
  const waiting = tab.waitForEvent('download');
  await tab.evaluate(value => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob(['a file with ' + value], { type: 'text/plain' }));
    link.download = 'invoice.txt';
    link.click();
  }, secret.download);
  await (await waiting).saveAs(info.outputPath('invoice.txt'));
  await context.close();
  await info.attach('traffic', { path: info.outputPath('traffic.har'), contentType: 'application/json' });
});

test('what a failing page tells', async ({ page: tab }) => {
  await tab.setContent(page('<main><h2>' + escape(secret.ariaSnapshot) + '</h2></main>').body);
  await expect(tab.getByText(secret.locatorError)).toBeVisible({ timeout: 200 });
});

test('what a test that is late tells', async ({ page: tab }) => {
  test.setTimeout(3_000);
  await tab.setContent('<p>nothing here</p>');
  await tab.getByText(secret.timeout).click();
});
`;

const RUNNER = `
import { writeFileSync } from 'node:fs';
import { deflateRawSync, crc32 } from 'node:zlib';
import { test, expect } from './test';
import { secret } from './values';

/** A zip file with one member. */
function zipOf(name: string, text: string): Buffer {
  const [data, raw] = [Buffer.from(text), deflateRawSync(text)];
  const sizes = Buffer.alloc(12);
  sizes.writeUInt32LE(crc32(data), 0); sizes.writeUInt32LE(raw.length, 4); sizes.writeUInt32LE(data.length, 8);
  const names = Buffer.alloc(4); names.writeUInt16LE(name.length, 0);
  const head = [Buffer.from([20, 0, 0, 0, 8, 0, 0, 0, 0, 0]), sizes, names];
  const local = Buffer.concat([Buffer.from('PK\\x03\\x04'), ...head, Buffer.from(name), raw]);
  const entry = Buffer.concat([Buffer.from('PK\\x01\\x02'), Buffer.from([20, 0]), ...head, Buffer.alloc(14), Buffer.from(name)]);
  const end = Buffer.alloc(22); end.write('PK\\x05\\x06'); end.writeUInt16LE(1, 8); end.writeUInt16LE(1, 10); end.writeUInt32LE(entry.length, 12); end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
}

test('prints', async () => {
  console.log('printed ' + secret.stdout);
  console.error('warned ' + secret.stderr);
  process.stdout.write(Buffer.from('bytes ' + secret.stdoutBytes + '\\n'));
  console.log(secret.severalLines);
});

test('throws', async () => {
  throw new Error('thrown ' + secret.thrown, { cause: new Error('cause ' + secret.cause) });
});

test('throws a string', async () => {
  throw 'a string with ' + secret.thrownString;
});

test('compares', async () => {
  expect.soft({ token: secret.softDiff }).toEqual({ token: 'other' });
  expect(secret.diff).toBe('another');
});

test('shows its source', async () => {
  const token = ${JSON.stringify(SECRETS.snippet)};
  expect(1, 'see the line above').toBe(2);
});

test('has steps', async () => {
  await test.step('step ' + secret.stepTitle, async () => {
    await test.step('inner', () => {}, { params: { value: secret.stepParams }, subtitle: 'sub ' + secret.stepSubtitle });
  });
  await test.step('failing', () => { throw new Error('in a step ' + secret.failedStep); }).catch(() => {});
});

test.describe('group ' + secret.describeTitle, () => {
  test('title ' + secret.testTitle, { annotation: { type: 'issue', description: 'static ' + secret.staticAnnotation } }, async ({}, info) => {
    info.annotations.push({ type: 'note', description: 'dynamic ' + secret.annotation });
  });
});

test('is skipped', async () => {
  test.skip(true, 'because of ' + secret.skipReason);
});

test('attaches', async ({}, info) => {
  await info.attach('body', { body: 'body ' + secret.attachmentBody, contentType: 'text/plain' });
  await info.attach('name ' + secret.attachmentName, { body: 'x', contentType: 'text/plain' });
  await info.attach('json', { body: JSON.stringify({ token: secret.attachmentJson }), contentType: 'application/json' });
  writeFileSync(info.outputPath('log.txt'), 'file ' + secret.attachmentFile);
  await info.attach('file', { path: info.outputPath('log.txt'), contentType: 'text/plain' });
  writeFileSync(info.outputPath('logs.zip'), zipOf('log.txt', 'zipped ' + secret.attachmentZip));
  await info.attach('zip', { path: info.outputPath('logs.zip'), contentType: 'application/zip' });
  writeFileSync(info.outputPath('left.log'), 'left behind ' + secret.outputFile);
  expect('a page with ' + secret.snapshotFile).toMatchSnapshot('page.txt');
});

test.describe('retried', () => {
  test.describe.configure({ retries: 1 });
  test('is flaky', async ({}, info) => { expect(info.retry, 'not at ' + secret.retry).toBe(1); });
});

test('crashes its worker', async () => {
  console.log('last words ' + secret.workerCrash);
  await new Promise(resolve => setTimeout(resolve, 300));
  process.kill(process.pid, 'SIGKILL');
});
`;

const HOOKS = `
import { test as base } from './test';
import { secret } from './values';

const test = base.extend<{ broken: void }, { worker: void }>({
  broken: async ({}, use) => { await use(); throw new Error('teardown ' + secret.fixtureTeardown); },
  worker: [async ({}, use) => { await use(); throw new Error('worker teardown ' + secret.workerTeardown); }, { scope: 'worker' }],
});

test.describe('before', () => {
  test.beforeAll(() => { throw new Error('before all ' + secret.beforeAll); });
  test('never runs', () => {});
});
test('breaks in a teardown', ({ broken }) => {});
test('has a worker that breaks at its end', ({ worker }) => {});
`;
