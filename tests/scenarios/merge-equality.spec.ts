import { expect, test } from '@playwright/test';
import { mergeReports, runInline, runRecord } from '@quality-hub/testkit';
import { compareDirectAndMerged, comparedConfig } from './merging/direct-and-merged.ts';
import { KINDS_OF_TESTS } from './merging/kinds-of-tests.ts';

const GREEN = "import { test } from '@quality-hub/test';\ntest('passes', () => {});\n";
const RED = "import { test, expect } from '@quality-hub/test';\ntest('fails', () => { expect(1).toBe(2); });\n";
const FLAKY = `
  import { test, expect } from '@quality-hub/test';
  test('is flaky', async ({}, info) => { expect(info.retry).toBe(1); });
`;
const HANGS =
  "import { test } from '@quality-hub/test';\ntest('hangs', async () => { await new Promise(() => {}); });\n";

test.describe.configure({ mode: 'parallel' });

test('a test of every kind is recorded and counted alike, directly and merged', async () => {
  test.setTimeout(150_000);
  await using run = await compareDirectAndMerged(KINDS_OF_TESTS);
  expect(run.counts).toMatchObject({ planned: 36, skipped: 5, notRun: 2, interrupted: 0, lost: 0 });
  const { attempts } = run.record.tests['[kinds] › kinds.spec.ts › passes'] ?? {};
  expect(attempts).toMatchObject([
    {
      annotations: [
        { type: 'issue', description: 'X-1' },
        { type: 'dynamic', description: 'late' },
      ],
      stdout: 'out\n',
      stderr: 'err\n',
      attachments: [{ name: 'notes', file: false, sizeBytes: 3 }],
      evidence: [{ evidence: { kind: 'note' } }],
    },
  ]);
  expect(run.record.tests['[thrice] › repeated.spec.ts › is repeated › (repeat 2)']?.attempts).toHaveLength(2);
});

test('a setup project that is in three blobs counts once, with all that each of them saw', async () => {
  test.setTimeout(150_000);
  const files = {
    'playwright.config.ts': comparedConfig(`
      retries: 1,
      projects: [
        { name: 'setup', testMatch: 'the.setup.ts' },
        { name: 'main', testMatch: '*.spec.ts', dependencies: ['setup'] },
      ],
    `),
    'the.setup.ts': GREEN,
    'a.spec.ts': GREEN,
    'b.spec.ts': FLAKY,
    'c.spec.ts': GREEN,
  };
  await using run = await compareDirectAndMerged(files, { shards: 3 });
  expect(run.counts).toMatchObject({ planned: 4, passed: 3, flaky: 1 });
  expect(run.record.tests['[setup] › the.setup.ts › passes']?.attempts).toHaveLength(3);
});

test('what maxFailures stops is interrupted, and what it never reaches did not run', async () => {
  await using run = await compareDirectAndMerged({
    'playwright.config.ts': comparedConfig('maxFailures: 1'),
    'a.spec.ts': HANGS,
    'b.spec.ts': `
      import { test, expect } from '@quality-hub/test';
      test('fails', async () => { await new Promise(done => setTimeout(done, 2000)); expect(1).toBe(2); });
    `,
    'c.spec.ts': GREEN,
  });
  expect(run.counts).toMatchObject({ failed: 1, interrupted: 1, notRun: 1 });
  expect(run.record.status).toBe('failed');
});

test('what globalTimeout stops is interrupted, and what it never reaches did not run', async () => {
  await using run = await compareDirectAndMerged({
    'playwright.config.ts': comparedConfig('globalTimeout: 4000, workers: 1'),
    'a.spec.ts': GREEN,
    'b.spec.ts': HANGS,
    'c.spec.ts': GREEN,
  });
  expect(run.counts).toMatchObject({ passed: 1, interrupted: 1, notRun: 1 });
  expect(run.record.status).toBe('timedout');
});

test('failOnFlakyTests fails the run and leaves the test flaky', async () => {
  await using run = await compareDirectAndMerged({
    'playwright.config.ts': comparedConfig('retries: 1, failOnFlakyTests: true'),
    'a.spec.ts': FLAKY,
  });
  expect(run.counts).toMatchObject({ flaky: 1, failed: 0 });
  expect(run.record).toMatchObject({ status: 'failed', failOnFlakyTests: true });
});

test('behind a project that fails, the tests that depend on it did not run', async () => {
  await using run = await compareDirectAndMerged({
    'playwright.config.ts': comparedConfig(`projects: [
      { name: 'setup', testMatch: 'the.setup.ts', teardown: 'teardown' },
      { name: 'teardown', testMatch: 'the.teardown.ts' },
      { name: 'main', testMatch: '*.spec.ts', dependencies: ['setup'] },
    ]`),
    'the.setup.ts': RED,
    'the.teardown.ts': GREEN,
    'a.spec.ts': GREEN,
  });
  expect(run.counts).toMatchObject({ planned: 3, passed: 1, failed: 1, notRun: 1 });
});

test('an error in the teardown of a worker is an error of the run', async () => {
  await using run = await compareDirectAndMerged({
    'playwright.config.ts': comparedConfig(''),
    'a.spec.ts': `
      import { test as base } from '@quality-hub/test';
      const test = base.extend<{}, { broken: number }>({
        broken: [async ({}, use) => { await use(1); throw new Error('no way out'); }, { scope: 'worker' }],
      });
      test('passes', async ({ broken }) => { console.log(broken); });
    `,
  });
  expect(run.counts).toMatchObject({ planned: 1, passed: 1 });
  expect(run.record.errors).toMatchObject([{ message: expect.stringContaining('no way out') }]);
  expect(run.record.status).toBe('failed');
});

test('an error in the global setup is an error of the run, in which no test was planned', async () => {
  await using run = await compareDirectAndMerged({
    'playwright.config.ts': comparedConfig("globalSetup: './global.ts'"),
    'global.ts': "export default () => { console.log('beginning'); throw new Error('no way in'); };",
    'a.spec.ts': GREEN,
  });
  expect(run.counts).toMatchObject({ planned: 0 });
  expect(run.record.errors).toMatchObject([{ message: expect.stringContaining('no way in') }]);
});

test('an error in the global teardown is an error of the run', async () => {
  await using run = await compareDirectAndMerged({
    'playwright.config.ts': comparedConfig("globalTeardown: './global.ts'"),
    'global.ts': "export default () => { throw new Error('no way out'); };",
    'a.spec.ts': GREEN,
  });
  expect(run.counts).toMatchObject({ planned: 1, passed: 1 });
  expect(run.record.errors).toMatchObject([{ message: expect.stringContaining('no way out') }]);
});

test('files that do not load are errors of the run', async () => {
  await using run = await compareDirectAndMerged({
    'playwright.config.ts': comparedConfig(''),
    'a.spec.ts': GREEN,
    'b.spec.ts': "import './missing.js';",
    'c.spec.ts': "import { test } from '@quality-hub/test';\ntest('twice', () => {});\ntest('twice', () => {});",
  });
  expect(run.counts).toMatchObject({ planned: 0 });
  expect(run.record.errors).toHaveLength(2);
  expect(run.record.status).toBe('failed');
});

test('a run without tests is recorded with its error', async () => {
  const files = { 'playwright.config.ts': comparedConfig(''), 'a.spec.ts': GREEN };
  await using none = await compareDirectAndMerged(files, { args: ['--grep=nothing is called so'] });
  expect(none.counts).toMatchObject({ planned: 0 });
  expect(none.record).toMatchObject({ status: 'failed', errors: [{ message: 'Error: No tests found' }] });
});

test('shards that were recorded and are merged under the same run id are one run, with nothing in it twice', async () => {
  const config = comparedConfig("globalTeardown: './global.ts'");
  const files = {
    'playwright.config.ts': config,
    'global.ts': "export default () => { throw new Error('no way out'); };",
    'a.spec.ts': `
      import { test, expect } from '@quality-hub/test';
      test('fails', async ({ hub }, info) => {
        hub.evidence('seen');
        console.log('out');
        await info.attach('notes', { body: 'abc', contentType: 'text/plain' });
        await test.step('a step', () => { expect(1).toBe(2); });
      });
    `,
  };
  const env = { QUALITY_HUB_RUN_ID: 'one' };
  const tables = ['attempts', 'steps', 'output', 'attachments', 'evidence', 'run_errors'];
  const sql = `SELECT ${tables.map(table => `(SELECT count(*) FROM ${table}) AS ${table}`).join(', ')}`;
  await using run = await runInline(files, { env });
  const before = await run.rows(sql);
  const report = await run.report('one');
  expect(before).toMatchObject([{ attempts: 1, attachments: 2, run_errors: 1 }]);
  await mergeReports([run], { dir: run.dir, env });
  expect(await run.rows(sql)).toEqual(before);
  const merged = await run.report('one');
  expect({ ...merged, run: undefined, delivery: undefined }).toEqual({
    ...report,
    run: undefined,
    delivery: undefined,
  });
  expect(merged.run).toMatchObject({ state: 'finished', status: 'failed', shards: 1 });
});

test('blobs of another folder are recorded with the places of the folder they are merged in', async () => {
  const config = comparedConfig("testDir: './tests'");
  await using run = await runInline({
    'playwright.config.ts': config,
    'tests/checks.ts': `
      import { expect } from '@quality-hub/test';
      export function checkSum() { expect(1).toBe(2); }
    `,
    'tests/cart/a.spec.ts': `
      import { test, expect } from '@quality-hub/test';
      import { checkSum } from '../checks';
      test('fails here', () => { expect(1).toBe(2); });
      test('fails there', () => { checkSum(); });
    `,
  });
  await using merged = await mergeReports([run], { files: { 'playwright.config.ts': config } });
  const { tests } = runRecord(merged.events);
  const places = Object.values(tests).flatMap(({ attempts }) =>
    attempts[0]?.errors?.map(error => error.location?.file),
  );
  expect(places).toEqual(['cart/a.spec.ts', 'checks.ts']);
  expect(tests).toEqual(runRecord(run.events).tests);
});
