import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { run } from '../setup/processes.mjs';
import { retriedIn } from './retried-tests-reporter.mjs';
import { readVitestReport } from './vitest-report.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const REPORTER = fileURLToPath(new URL('./retried-tests-reporter.mjs', import.meta.url));

test('who passes on the second try counts as passed and is named; who fails twice fails', {
  timeout: 60_000,
}, async () => {
  const folder = mkdtempSync(join(ROOT, 'node_modules', 'qh-retried-'));
  try {
    const tests = `
      import { expect, test } from 'vitest';
      let tries = 0;
      test('is late once', () => expect(++tries).toBe(2));
      test('is wrong', () => expect(1).toBe(2));
      test('is well', () => {});`;
    writeFileSync(join(folder, 'a.test.mjs'), tests);
    const report = join(folder, 'tests.json');
    const entry = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
    const args = ['run', '--root', folder, '--retry=1', '--reporter=json', `--reporter=${REPORTER}`];
    const { code, output } = await run(process.execPath, [entry, ...args, `--outputFile.json=${report}`], {
      cwd: folder,
    });
    expect(code, output).toBe(1);
    expect(retriedIn(output)).toEqual(['passed on retry: a.test.mjs › is late once']);
    expect(JSON.parse(readFileSync(report, 'utf8')).success).toBe(false);
    expect(readVitestReport(report, folder)).toMatchObject({
      passed: 2,
      failed: 1,
      failures: ['a.test.mjs › is wrong'],
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('lines of others around a name are left out', () => {
  expect(retriedIn('a\n@quality-hub/x:test: passed on retry: a.test.ts › b\nc')).toEqual([
    'passed on retry: a.test.ts › b',
  ]);
  expect(retriedIn('')).toEqual([]);
});
