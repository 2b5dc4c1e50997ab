/** What the runners wrote is counted as they meant it. Real runs, real reports. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { placesOf } from '../setup/places.mjs';
import { readPlaywrightReport } from './playwright-report.mjs';
import { showStage } from './show-stage.mjs';
import { closingLine, sum } from './tally.mjs';
import { toolsOf } from './tools.mjs';
import { readVitestReport } from './vitest-report.mjs';

const places = placesOf();
const tools = toolsOf(places, { ...process.env, VITEST: '', NODE_OPTIONS: '' });
let folder;
let report;
beforeEach(() => {
  // Inside the root, so that the runners are found; ignored, because it lies in node_modules.
  folder = mkdtempSync(join(places.root, 'scripts', 'node_modules-report-'));
  report = join(folder, 'report.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('Vitest: passed, failed, skipped, and a file that cannot be loaded', { timeout: 60_000 }, async () => {
  const write = (name, text) => writeFileSync(join(folder, name), `import { expect, test } from 'vitest';\n${text}`);
  write(
    'a.test.mjs',
    "test('good', () => {});\ntest('bad', () => expect(1).toBe(2));\ntest.skip('not now', () => {});\ntest.todo('later');\n",
  );
  write('b.test.mjs', "throw new Error('cannot be loaded');\n");
  await tools.vitest(['run', '--root', folder, '--reporter=json', `--outputFile.json=${report}`]);
  const { failures, ...counts } = readVitestReport(report, folder);
  expect(counts).toEqual({ passed: 1, failed: 2, skipped: 2 });
  expect(failures).toEqual(['a.test.mjs › bad', expect.stringMatching(/^b\.test\.mjs: .*cannot be loaded/)]);
});

test('Playwright: passed, failed, skipped, flaky, and an error outside of any test', { timeout: 60_000 }, async () => {
  const write = (name, text) => writeFileSync(join(folder, name), text);
  write('playwright.config.mjs', "export default { retries: 1, testMatch: '*.pw.mjs', reporter: 'list' };\n");
  write(
    'a.pw.mjs',
    `import { expect, test } from '@playwright/test';
test('good', () => {});
test('bad', () => { expect(1).toBe(2); });
test.skip('not now', () => {});
test('expected to fail', () => { test.fail(); expect(1).toBe(2); });
test('good in the end', ({}, info) => { expect(info.retry).toBe(1); });
`,
  );
  const run = () =>
    tools.playwright(['test', '-c', folder, '--add-reporter=json'], {
      extra: { PLAYWRIGHT_JSON_OUTPUT_FILE: report, CI: '' },
    });
  const { code, output } = await run();
  expect(code, output).toBe(1);
  const { failures, notes, ...counts } = readPlaywrightReport(report);
  expect(counts, output).toEqual({ passed: 3, failed: 1, skipped: 1 });
  expect(failures).toEqual(['[] a.pw.mjs › bad']);
  expect(notes).toEqual(['passed on retry: [] a.pw.mjs › good in the end']);
  write('b.pw.mjs', "throw new Error('cannot be loaded');\n");
  await run();
  const broken = readPlaywrightReport(report);
  expect(broken.failed).toBeGreaterThan(0);
  expect(broken.failures.join()).toContain('cannot be loaded');
});

test('a report that was never written is told apart from an empty one', () => {
  expect(readVitestReport(report, folder)).toBeUndefined();
  expect(readPlaywrightReport(report)).toBeUndefined();
});

test('a stage that breaks counts as one failure', async () => {
  const result = await showStage('sample', { log: join(folder, 'none.log') }, () =>
    Promise.reject(new Error('it broke')),
  );
  expect(result).toEqual({ passed: 0, failed: 1, skipped: 0, failures: ['sample: it broke'] });
});

test('a stage with nothing to run counts nothing', async () => {
  expect(await showStage('sample', { log: '' }, async () => undefined)).toEqual({ passed: 0, failed: 0, skipped: 0 });
});

test('the closing line names skipped tests only where there are some', () => {
  const counts = [
    { passed: 2, failed: 0, skipped: 0 },
    { passed: 3, failed: 1, skipped: 0 },
  ];
  expect(closingLine(sum(counts))).toBe('5 passed, 1 failed');
  expect(closingLine(sum([...counts, { passed: 0, failed: 0, skipped: 4 }]))).toBe('5 passed, 1 failed, 4 skipped');
});
