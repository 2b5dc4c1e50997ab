import { rmSync } from 'node:fs';
import type { EventKind, EventOf, RunEvent } from '@quality-hub/protocol';
import { forgetValues, runSpoolFolder } from '@quality-hub/telemetry';
import { eventStreamContract, mergeReports, runInline } from '@quality-hub/testkit';
import { expect, test } from 'vitest';

const SPEC = `
import { test, expect } from '@playwright/test';
test.describe('cart', () => {
  test('holds an item', async () => {
    await test.step('add', async () => { await test.step('click', async () => {}); });
    console.log('added ' + process.env.SHOP_PIN);
  });
  test('fails', async ({}, testInfo) => {
    await testInfo.attach('notes', { body: 'abc', contentType: 'text/plain' });
    expect(1 + 1, 'sum').toBe(3);
  });
});
test('is flaky', async ({}, testInfo) => { expect(testInfo.retry).toBe(1); });
test.skip('is skipped', () => {});
test('runs @smoke', { tag: '@slow', annotation: { type: 'issue', description: 'X-1' } }, () => {});
`;
const CONFIG = `
import { defineConfig } from '@playwright/test';
import { reporters } from '@quality-hub/reporters/config';
export default defineConfig({ workers: 1, retries: 1, reporter: reporters('list', { hub: 'off', mask: { env: ['SHOP_PIN'] } }) });
`;
const FILES = { 'playwright.config.ts': CONFIG, 'shop/cart.spec.ts': SPEC };
const ENV = { SHOP_PIN: '4711-0815', NO_COLOR: '1' };

const ofKind = <K extends EventKind>(events: readonly RunEvent[], kind: K): EventOf<K>[] =>
  events.filter((event): event is EventOf<K> => event.kind === kind);

test('a run is recorded whole, masked and in order', async () => {
  await using run = await runInline(FILES, { env: ENV });
  expect(run.exitCode).toBe(1);
  expect(eventStreamContract(run.events)).toEqual([]);

  const [started] = ofKind(run.events, 'run.started');
  expect(started).toMatchObject({
    project: 'default',
    mode: 'test',
    shards: 1,
    workers: 1,
    playwrightVersion: '1.65.1',
  });
  const planned = ofKind(run.events, 'test.planned').flatMap(event => event.tests);
  expect(planned.map(plan => plan.identity.titlePath.join(' › '))).toEqual([
    'cart › holds an item',
    'cart › fails',
    'is flaky',
    'is skipped',
    'runs @smoke',
  ]);
  expect(planned[4]).toMatchObject({ tags: ['@smoke', '@slow'], annotations: [{ type: 'issue', description: 'X-1' }] });
  expect(planned[0]?.identity.file).toBe('shop/cart.spec.ts');

  const titles = new Map(planned.map(plan => [plan.test, plan.identity.titlePath.at(-1)]));
  expect(ofKind(run.events, 'test.ended').map(event => [titles.get(event.test), event.retry, event.status])).toEqual([
    ['holds an item', 0, 'passed'],
    ['fails', 0, 'failed'],
    ['fails', 1, 'failed'],
    ['is flaky', 0, 'failed'],
    ['is flaky', 1, 'passed'],
    ['is skipped', 0, 'skipped'],
    ['runs @smoke', 0, 'passed'],
  ]);
  const failure = ofKind(run.events, 'test.ended')[1]?.errors[0];
  expect(failure?.message).toMatch(/^Error: sum\n\nexpect\(received\)\.toBe\(expected\)/);
  expect(failure?.location).toMatchObject({ file: 'shop/cart.spec.ts', line: 10 });
  expect(ofKind(run.events, 'attachment')[0]).toMatchObject({ name: 'notes', contentType: 'text/plain', sizeBytes: 3 });
  const steps = ofKind(run.events, 'test.steps').flatMap(event => event.steps);
  const click = steps.find(step => step.title === 'click');
  expect(steps.find(step => step.id === click?.parent)?.title).toBe('add');
  const text = ofKind(run.events, 'output').map(event => event.text);
  expect(text.join('')).toContain('added [masked]');
  expect(ofKind(run.events, 'run.ended')[0]).toMatchObject({ status: 'failed' });
});

test('the block is the last thing on the terminal', async () => {
  await using run = await runInline(FILES, { env: ENV });
  const block = run.stdout.slice(run.stdout.indexOf('Quality Hub'));
  expect(block).toContain('5 tests: 2 passed, 1 failed, 1 flaky, 1 skipped');
  expect(block).toMatch(/Look closer {2}npx quality-hub show [\w-]+\n/);
  expect(block.trimEnd().split('\n').at(-1)).toMatch(/(\d+) of \1 events kept in the spool, \.quality-hub$/);
  expect(run.stdout.indexOf('1 flaky')).toBeLessThan(run.stdout.indexOf('Quality Hub'));
});

test('identities and results are the same when blobs are merged', async () => {
  const config = CONFIG.replace("'list'", "[['blob']]");
  await using direct = await runInline({ ...FILES, 'playwright.config.ts': config }, { env: ENV });
  await using merged = await mergeReports([direct], { files: { 'playwright.config.ts': CONFIG }, env: ENV });
  expect(eventStreamContract(merged.events)).toEqual([]);
  expect(ofKind(merged.events, 'run.started')[0]?.mode).toBe('merge');
  const ends = (events: readonly RunEvent[]) =>
    ofKind(events, 'test.ended').map(({ test: key, retry, startedAt, status }) => ({ key, retry, startedAt, status }));
  expect(ends(merged.events)).toEqual(ends(direct.events));
});

test('--list records nothing', async () => {
  await using run = await runInline(FILES, { args: ['--list'], env: ENV });
  expect(run.exitCode).toBe(0);
  expect(run.events).toEqual([]);
  expect(run.stdout).not.toContain('Quality Hub');
});

test('wrong options are one sentence and change nothing', async () => {
  const config = CONFIG.replace("hub: 'off'", "hubb: 'off', strict: 'yes'");
  await using run = await runInline({ ...FILES, 'playwright.config.ts': config }, { env: ENV });
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toContain('1 flaky');
  expect(run.stdout).toContain(
    "Quality Hub: Options of @quality-hub/reporters: unknown option 'hubb', did you mean 'hub'?; 'strict' is \"yes\", expected true or false",
  );
  expect(run.events).toEqual([]);
});

test('a folder that cannot be written is told, and the run is kept elsewhere', async () => {
  const files = { ...FILES, '.quality-hub': 'a file in the way' };
  await using run = await runInline(files, { env: ENV });
  expect(run.exitCode).toBe(1);
  expect(run.stdout).toMatch(
    /Quality Hub: Cannot write the spool .* This run is kept in (\S+); read it with QUALITY_HUB_DIR=\1 npx/,
  );
  rmSync(/This run is kept in (\S+);/.exec(run.stdout)?.[1] ?? '', { recursive: true });
});

test('a load error is recorded and reported as Playwright does', async () => {
  await using run = await runInline({ ...FILES, 'broken.spec.ts': 'import "./missing.js";' }, { env: ENV });
  expect(run.exitCode).toBe(1);
  expect(eventStreamContract(run.events)).toEqual([]);
  expect(ofKind(run.events, 'error')[0]?.error.message).toContain('missing.js');
  expect(ofKind(run.events, 'run.ended')[0]?.status).toBe('failed');
});

test.each(['--reporter=@quality-hub/reporters', '--add-reporter=@quality-hub/reporters'])('%s works', async flag => {
  const config =
    "import { defineConfig } from '@playwright/test';\nexport default defineConfig({ reporter: 'line' });\n";
  await using run = await runInline({ ...FILES, 'playwright.config.ts': config }, { args: [flag], env: ENV });
  expect(run.exitCode).toBe(1);
  expect(ofKind(run.events, 'run.ended')).toHaveLength(1);
  expect(run.stdout).toContain('Quality Hub  5 tests');
});

test('listed twice, one of them records the run and the other says so', async () => {
  await using run = await runInline(FILES, { args: ['--add-reporter=@quality-hub/reporters'], env: ENV });
  expect(run.exitCode).toBe(1);
  expect(ofKind(run.events, 'run.started')).toHaveLength(1);
  expect(run.stdout).toContain('Quality Hub: The reporter is listed twice');
});

test('secrets in titles and annotations, which the runner itself reads, reach neither us nor the others', async () => {
  const spec = `
    import { test } from '@playwright/test';
    test('pays with ' + process.env.SHOP_PIN, { annotation: { type: 'pin', description: process.env.SHOP_PIN } }, () => {});
  `;
  const files = {
    'playwright.config.ts': CONFIG.replace("'list'", "[['list'], ['json', { outputFile: 'out.json' }]]"),
    'a.spec.ts': spec,
  };
  await using run = await runInline(files, { env: ENV });
  expect(run.stdout).toContain('pays with [masked]');
  expect(run.stdout + run.file('out.json') + JSON.stringify(run.events)).not.toContain(ENV.SHOP_PIN);
});

test('a SIGKILL of the runner loses nothing that had ended', async () => {
  const spec = `
    import { test } from '@playwright/test';
    test('one', () => {});
    test('two', () => { console.log('in two'); });
    test('three', async () => { console.log('in three'); await new Promise(() => {}); });
  `;
  await using run = await runInline(
    { 'playwright.config.ts': CONFIG, 'a.spec.ts': spec },
    { env: ENV, signal: { after: /in three/, send: 'SIGKILL' } },
  );
  expect(eventStreamContract(run.events)).toEqual([]);
  expect(ofKind(run.events, 'test.planned').flatMap(event => event.tests)).toHaveLength(3);
  expect(ofKind(run.events, 'test.started')).toHaveLength(3);
  expect(ofKind(run.events, 'test.ended').map(event => event.status)).toEqual(['passed', 'passed']);
  expect(ofKind(run.events, 'run.ended')).toEqual([]);
  // The key of what such a run keeps lies outside of its folder.
  forgetValues({ spoolFolder: runSpoolFolder(run.hubFolder, run.events[0]?.runId ?? '') });
});
