import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Finding, scanArtifacts } from '@quality-hub/artifacts';
import { createMask } from '@quality-hub/telemetry';
import { runInline } from '@quality-hub/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

const SECRET = 'swordfish-4711-Kq';
const OF_RUN = 'only-the-run-knows-8';
const ENV = { SHOP_PASSWORD: SECRET, NO_COLOR: '1' };

let server: Server;
let url: string;
beforeAll(async () => {
  server = createServer((request, response) => {
    response.setHeader('content-type', 'text/plain');
    response.end(`you said ${decodeURIComponent(request.url ?? '')}`);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

/** Through doors that no reporter can close: files that nobody announces, traces, archives, bodies of any type. */
const SPEC = `
import { writeFileSync } from 'node:fs';
import { test, expect } from '@playwright/test';
const secret = process.env.SHOP_PASSWORD;
test('leaks', async ({ request }, testInfo) => {
  console.log('printed ' + secret + ' ${OF_RUN}');
  await request.get('${'$'}{URL}/a?key=' + secret);
  await request.post('${'$'}{URL}/b', { data: { password: secret, pin: 1234 }, headers: { 'x-key': secret } });
  writeFileSync(testInfo.outputPath('late.bin'), Buffer.concat([Buffer.from([0, 1]), Buffer.from(secret)]));
  writeFileSync(testInfo.outputPath('late.txt'), 'late ' + secret + ' ${OF_RUN}');
  await testInfo.attach('body', { body: JSON.stringify({ secret }), contentType: 'application/json' });
  await testInfo.attach('odd', { body: 'odd ' + secret, contentType: 'application/x-odd' });
  await test.step('step with ' + secret, async () => {});
  expect('got ' + secret).toBe('something else');
});
`;

function files(options: string, spec = SPEC): Record<string, string> {
  return {
    'playwright.config.ts': `
import { defineConfig } from '@playwright/test';
import { reporters } from '@quality-hub/reporters/config';
export default defineConfig({ workers: 1, use: { trace: 'on' }, outputDir: 'test-results', reporter: reporters([
  ['list'], ['html', { open: 'never', outputFolder: 'report' }], ['blob', { outputDir: 'blob' }],
  ['json', { outputFile: 'out/results.json' }], ['junit', { outputFile: 'out/results.xml' }],
], { hub: 'off', mask: { values: ['${OF_RUN}'] }, ${options} }) });
`,
    'leak.spec.ts': spec.replaceAll(`${'$'}{URL}`, url),
  };
}

async function leaks(dir: string): Promise<readonly Finding[]> {
  const places = ['test-results', 'report', 'blob', 'out'].map(name => join(dir, name));
  const { findings, unread } = await scanArtifacts(places, {
    mask: createMask({ values: [SECRET, OF_RUN] }),
    patterns: [],
  });
  expect(unread).toEqual([]);
  return findings;
}

test('after the seal no value is in any byte of what a run leaves; without it there are many', async () => {
  await using open = await runInline(files('seal: false'), { env: ENV });
  const before = await leaks(open.dir);
  expect(before.length).toBeGreaterThan(10);

  await using run = await runInline(files(''), { env: ENV });
  expect(run.exitCode).toBe(1);
  expect(run.stderr).not.toContain('Quality Hub');
  expect((await leaks(run.dir)).map(({ path, member }) => `${path}!${member}`)).toEqual([]);
  // What was masked can still be read.
  const results = JSON.parse(readFileSync(join(run.dir, 'out', 'results.json'), 'utf8')) as {
    stats: { unexpected: number };
  };
  expect(results.stats.unexpected).toBe(1);
  expect(readFileSync(join(run.dir, 'out', 'results.xml'), 'utf8')).toContain('[masked]');
  expect(readdirSync(join(run.dir, 'report', 'data')).length).toBeGreaterThan(0);
});

test('a value that cannot be masked fails a run that would have passed, with the place', async () => {
  const spec = `
import { writeFileSync } from 'node:fs';
import { test } from '@playwright/test';
test('passes', async ({}, testInfo) => { writeFileSync(testInfo.outputPath('of-${SECRET}.txt'), 'clean'); });
`;
  await using run = await runInline(files('', spec), { env: ENV });
  expect(run.exitCode).toBe(1);
  expect(run.stderr).toMatch(
    /of-(?:swordfish-4711-Kq|\[masked\])\.txt still holds a value that is known to be secret, in the name of the file \(sw… 17 characters\)/,
  );
  expect(run.stderr).toContain('The run has failed: its results must not be uploaded');
  await using warned = await runInline(files(`seal: { verify: 'warn' }`, spec), { env: ENV });
  expect([warned.exitCode, warned.stderr.includes('still holds')]).toEqual([0, true]);
  const lenient = `import { defineHub } from '@quality-hub/test/config';
export default defineHub({ secrets: { verify: 'warn' } });`;
  const configured = { ...files('', spec), 'quality-hub.config.ts': lenient };
  await using said = await runInline(configured, { env: ENV });
  expect([said.exitCode, said.stderr.includes('still holds')]).toEqual([0, true]);
  await using off = await runInline(files(`seal: { verify: 'off' }`, spec), { env: ENV });
  expect([off.exitCode, off.stderr.includes('Quality Hub')]).toEqual([0, false]);
});

test('a run without secrets, a list and wrong options', async () => {
  const spec = `import { test } from '@playwright/test'; test('passes', () => {});`;
  await using plain = await runInline(files('', spec), {});
  expect([plain.exitCode, plain.stderr.includes('Quality Hub')]).toEqual([0, false]);
  await using list = await runInline(files('', spec), { args: ['--list'], env: ENV });
  expect([list.exitCode, list.stderr.includes('Quality Hub')]).toEqual([0, false]);
  await using wrong = await runInline(files(`seal: { verfy: 'fail' } as object`, spec), { env: ENV });
  expect(wrong.exitCode).toBe(1);
  expect(wrong.stderr).toContain("unknown option 'verfy', did you mean 'verify'?");
});

test('added on the command line it seals what the reporters of the configuration write', async () => {
  const config = `
export default { workers: 1, use: { trace: 'on' }, outputDir: 'test-results', reporter: [
  ['line'], ['html', { open: 'never', outputFolder: 'report' }], ['blob', { outputDir: 'blob' }],
  ['json', { outputFile: 'out/results.json' }], ['junit', { outputFile: 'out/results.xml' }],
] };`;
  await using run = await runInline(
    { ...files(''), 'playwright.config.ts': config },
    { env: { ...ENV, ONLY_TOKEN: OF_RUN }, args: ['--add-reporter=@quality-hub/reporters/seal'] },
  );
  expect(run.exitCode).toBe(1);
  expect(readdirSync(join(run.dir, 'blob'))).toHaveLength(1);
  expect((await leaks(run.dir)).map(({ path, member }) => `${path}!${member}`)).toEqual([]);
});

test('what looks like a secret and nobody has named is told, and fails the run where that is wanted', async () => {
  const token = `${'npm'}_aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA1bC2`;
  const spec = `import { test } from '@playwright/test'; test('passes', () => { console.log('printed', process.env.UNNAMED); });`;
  const env = { ...ENV, UNNAMED: token };
  await using warned = await runInline(files('', spec), { env });
  expect(warned.exitCode).toBe(0);
  expect(warned.stderr).toMatch(
    /out[\\/]results\.json:\d+ holds what looks like a secret nobody has named: token of npm \(np… 40 characters\)\./,
  );
  expect(warned.stderr).not.toContain(token);
  await using failed = await runInline(files(`seal: { patterns: 'fail' }`, spec), { env });
  expect(failed.exitCode).toBe(1);
  await using off = await runInline(files(`seal: { patterns: 'off' }`, spec), { env });
  expect([off.exitCode, off.stderr.includes('Quality Hub')]).toEqual([0, false]);
});
