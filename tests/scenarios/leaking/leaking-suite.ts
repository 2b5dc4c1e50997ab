/** A project that puts forty secrets of all kinds through every door there is. */
import { chooseBrowser } from '../../../scripts/browser.mjs';

/** Values of every kind: each door gets one of its own, so that a leak tells its door. */
const KINDS: readonly ((n: number) => string)[] = [
  n => `sw0rd-fish_${n}Kq`,
  n => `pa$$"w\\ord'${n}<&>`,
  n => `p\u00e4ssw\u00f6rd-\u00df${n}\u65e5`,
  n => `sp ace+plus%${n}/?#=`,
  n => Buffer.from(`key ${n} of the shop, rather long`).toString('base64'),
  n => `9f8e1d2c3b4a50${n}67`,
  n =>
    `eyJhbGciOiJIUzI1NiJ9.${Buffer.from(JSON.stringify({ sub: `ann-${n}` })).toString('base64url')}.c2lnbmF0dXJlLW9mLXRoZS10b2tlbi0${n}`,
  n => `48151623${n}42`,
];
const COUNT = 40;

export const SECRETS: readonly string[] = Array.from({ length: COUNT }, (_, n) =>
  (KINDS[n % KINDS.length] ?? String)(n + 10),
);

/** What the child knows: in a variable whose name tells nothing, and in the option that tells the mask. */
export const ENVIRONMENT = { LEAKING: JSON.stringify(SECRETS), NO_COLOR: '1' };

/** Outputs of the reporters, and of the tests. */
export const PLACES = ['test-results', 'report', 'blob-report', 'out', '.quality-hub', 'merged'];

export function leakingSuite(url: string, isOurs: boolean): Record<string, string> {
  return {
    'playwright.config.ts': config(url, isOurs),
    'test.ts': `export { test, expect } from '${isOurs ? '@quality-hub/test' : '@playwright/test'}';\n`,
    'setup.ts': `export default () => { process.stdout.write('set up\\n'); process.env.OF_SETUP = ${S(39)}; };\n`,
    'doors.spec.ts': DOORS.replaceAll('{URL}', url),
    'hooks.spec.ts': HOOKS,
    'merge.config.ts': merge(isOurs),
  };
}

const S = (n: number): string => `JSON.parse(process.env.LEAKING ?? '[]')[${n}]`;

const REPORTERS = `[
  ['line'], ['html', { open: 'never', outputFolder: 'report' }], ['blob', { outputDir: 'blob-report' }],
  ['json', { outputFile: 'out/results.json' }], ['junit', { outputFile: 'out/results.xml' }],
]`;

function config(url: string, isOurs: boolean): string {
  const { executablePath, args } = chooseBrowser();
  const secrets = isOurs ? `qhSecrets: JSON.parse(process.env.LEAKING ?? '[]'),` : '';
  return `
import { defineConfig } from '@playwright/test';
${isOurs ? "import { reporters } from '@quality-hub/reporters/config';" : 'const reporters = list => list;'}
export default defineConfig({
  testMatch: '*.spec.ts', workers: 2, retries: 1, outputDir: 'test-results', globalSetup: './setup.ts',
  reporter: reporters(${REPORTERS}, { hub: 'off', mask: { values: JSON.parse(process.env.LEAKING ?? '[]') } }),
  use: { baseURL: '${url}', trace: 'on', screenshot: 'off', ${secrets} launchOptions: ${JSON.stringify({ executablePath, args })} },
});
`;
}

/** What shards hand on is merged once more. */
function merge(isOurs: boolean): string {
  return `
${isOurs ? "import { reporters } from '@quality-hub/reporters/config';" : 'const reporters = list => list;'}
export default { reporter: reporters([['html', { open: 'never', outputFolder: 'merged' }]], { hub: 'off', mask: { values: JSON.parse(process.env.LEAKING ?? '[]') } }) };
`;
}

const DOORS = `
import { writeFileSync } from 'node:fs';
import { test, expect } from './test.ts';
const S = JSON.parse(process.env.LEAKING ?? '[]');

test('requests', async ({ request }) => {
  await request.get('/echo?key=' + encodeURIComponent(S[0]));
  await request.get('/echo', { headers: { 'x-key': encodeURIComponent(S[1]), authorization: 'Basic ' + Buffer.from('ann:' + S[2]).toString('base64') } });
  await request.post('/echo', { data: { password: S[3], deep: [{ pin: Number(S[7]) }] } });
  await request.post('/echo', { form: { token: S[4] } });
  await request.post('/echo', { multipart: { file: { name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from(S[5]) } } });
});

test('page', async ({ page, context }, testInfo) => {
  await context.addCookies([{ name: 'of-test', value: encodeURIComponent(S[8]), url: '{URL}' }]);
  await page.goto('/form?from=' + encodeURIComponent(S[9]));
  await page.getByLabel('Name').fill(S[10]);
  await page.getByLabel('Name').pressSequentially(S[11]);
  await page.evaluate(text => { document.querySelector('p')!.textContent = text; }, S[12]);
  await page.evaluate(text => console.log('of the page', text, { text }), S[13]);
  await page.evaluate(text => localStorage.setItem('kept', text), S[14]);
  await page.evaluate(text => { document.cookie = 'own=' + encodeURIComponent(text); }, S[15]);
  await page.evaluate(text => fetch('/echo', { method: 'POST', body: text, headers: { 'x-b': btoa(unescape(encodeURIComponent(text))) } }).then(r => r.text()), S[16]);
  await page.evaluate(text => new Promise(done => {
    const socket = new WebSocket('{URL}'.replace('http', 'ws') + '/socket');
    socket.onopen = () => { socket.send(text); setTimeout(done, 200); };
    socket.onerror = done;
  }), S[17]);
  await page.setContent('<title>t</title><input type="hidden" value="' + S[18].replaceAll('"', '&quot;') + '"><style>a::before { content: "' + S[20] + '" }</style>');
  await context.storageState({ path: testInfo.outputPath('state.json') });
  await page.evaluate(text => { setTimeout(() => { throw new Error('late ' + text); }); }, S[19]);
  await page.waitForTimeout(100);
});

test('HAR', async ({ browser }, testInfo) => {
  for (const name of ['all.har', 'all.zip']) {
    const context = await browser.newContext({ recordHar: { path: testInfo.outputPath(name), content: name === 'all.zip' ? 'attach' : 'embed' }, baseURL: '{URL}' });
    const page = await context.newPage();
    await page.goto('/form');
    await page.evaluate(text => fetch('/echo?q=' + encodeURIComponent(text), { method: 'POST', body: text }).then(r => r.text()), S[21]);
    await context.close();
  }
});

test('errors', async ({ page }, testInfo) => {
  console.log('printed ' + S[22]);
  console.error(Buffer.from('printed ' + S[23]));
  await testInfo.attach('of a body', { body: S[24], contentType: 'text/plain' });
  await testInfo.attach('odd', { body: Buffer.from('\\u0000' + S[25]), contentType: 'application/x-odd' });
  writeFileSync(testInfo.outputPath('by-path.json'), JSON.stringify({ a: S[26] }));
  await testInfo.attach('by path', { path: testInfo.outputPath('by-path.json') });
  writeFileSync(testInfo.outputPath('nobody-announces.txt'), S[27]);
  testInfo.annotations.push({ type: 'note', description: S[28] });
  await test.step('a step with ' + S[29], async () => {});
  expect.soft({ a: S[30], b: [1] }).toEqual({ a: S[31], b: [2] });
  await page.setContent('<p>' + S[32].replaceAll('<', '&lt;') + '</p>');
  await expect.soft(page.locator('p')).toHaveText(S[33], { timeout: 200 });
  const error = new Error('thrown ' + S[34]);
  error.cause = new Error('caused by ' + S[35]);
  throw error;
});

test('crash', async () => {
  console.log('before the crash ' + S[36]);
  if (test.info().retry === 0) process.exit(3);
});
`;

const HOOKS = `
import { test, expect } from './test.ts';
const S = JSON.parse(process.env.LEAKING ?? '[]');
test.beforeAll(() => { console.log('before all ' + S[37]); throw new Error('of the hook ' + S[38]); });
test('never runs', () => {});
test('of the set-up', () => { console.log(process.env.OF_SETUP); });
`;
