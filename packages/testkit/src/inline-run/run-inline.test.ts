import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SpoolWriter } from '@quality-hub/telemetry';
import { afterEach, expect, test, vi } from 'vitest';
import { eventStreamContract } from '../contracts/event-stream-contract.ts';
import { mergeReports } from './merge-reports.ts';
import { isAlive } from './process-tree.ts';
import { runInline } from './run-inline.ts';

const LIST_ONLY = "export default { workers: 1, reporter: [['list']] };";
const TWO_TESTS = `
  import { test, expect } from '@playwright/test';
  test('holds', async () => { console.log('CI is', process.env.CI, 'extra is', process.env.EXTRA); });
  test('breaks', async () => { expect(1).toBe(2); });
`;
const HANGS = `
  import { test } from '@playwright/test';
  test('waits', async () => { console.log('worker', process.pid, 'waits'); await new Promise(() => {}); });
`;

afterEach(() => vi.unstubAllEnvs());

test('a project runs in the real Playwright and gives exit code, output and files', async () => {
  vi.stubEnv('CI', 'true');
  await using result = await runInline(
    { 'playwright.config.ts': LIST_ONLY, 'deep/a.spec.ts': TWO_TESTS },
    { env: { EXTRA: 'yes' }, args: ['--reporter=list,json'] },
  );
  expect(result.exitCode).toBe(1);
  expect(result.signal).toBe(null);
  expect(result.output).toContain('CI is undefined extra is yes');
  expect(result.stdout).toMatch(/1 failed[^]*1 passed/);
  expect(result.stderr).toBe('');
  expect(result.file('deep/a.spec.ts')).toBe(TWO_TESTS);
  expect(result.json('package.json')).toEqual({ private: true, type: 'module' });
  expect(() => result.file('missing.txt')).toThrow(expect.objectContaining({ code: 'QH_INLINE_RUN' }));
});

test('the folder goes with the result, and stays where QH_KEEP is set', async () => {
  const gone = await runInline({ 'playwright.config.ts': LIST_ONLY }, { args: ['--list'] });
  expect(existsSync(gone.dir)).toBe(true);
  await gone[Symbol.asyncDispose]();
  expect(existsSync(gone.dir)).toBe(false);

  vi.stubEnv('QH_KEEP', '1');
  const kept = await runInline({ 'playwright.config.ts': LIST_ONLY }, { args: ['--list'] });
  await kept[Symbol.asyncDispose]();
  expect(existsSync(kept.dir)).toBe(true);
  rmSync(kept.dir, { recursive: true });
});

test('a signal is sent as soon as the output matches, and no worker is left behind', async () => {
  await using result = await runInline(
    { 'playwright.config.ts': LIST_ONLY, 'a.spec.ts': HANGS },
    { signal: { after: /worker \d+ waits/, send: 'SIGKILL', graceMs: 0 } },
  );
  expect([result.exitCode, result.signal]).toEqual([null, 'SIGKILL']);
  const worker = Number(/worker (\d+) waits/.exec(result.stdout)?.[1]);
  await vi.waitFor(() => expect(isAlive(worker)).toBe(false));
});

test('SIGINT lets the runner end its work', async () => {
  await using result = await runInline(
    { 'playwright.config.ts': LIST_ONLY, 'a.spec.ts': HANGS },
    { signal: { after: /worker \d+ waits/, send: 'SIGINT' } },
  );
  expect(result.exitCode).toBe(130);
  expect(result.stdout).toContain('1 interrupted');
});

test('a signal that was never due is told, not passed over', async () => {
  const run = runInline(
    { 'playwright.config.ts': LIST_ONLY },
    { args: ['--list'], signal: { after: /never/, send: 'SIGINT' } },
  );
  await expect(run).rejects.toMatchObject({
    code: 'QH_INLINE_RUN',
    message: expect.stringContaining('SIGINT was never sent'),
  });
});

test('a folder without Playwright is refused in a sentence', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'qh-empty-'));
  await expect(runInline({}, { dir })).rejects.toMatchObject({
    code: 'QH_INLINE_RUN',
    message: `No @playwright/test can be found from ${dir}`,
  });
  rmSync(dir, { recursive: true });
});

test('events are those this run has written, upgraded, reporters first and in order', async () => {
  await using first = await runInline({ 'playwright.config.ts': LIST_ONLY }, { args: ['--list'] });
  const write = (writer: string, runId: string): void => {
    const spool = new SpoolWriter({ folder: join(first.hubFolder.spools, runId), runId, shard: 1, writer });
    spool.append({ kind: 'heartbeat' });
    spool.append({ kind: 'heartbeat' });
    spool.close();
  };
  write('r-old', 'run-1');
  const config = `
    import { SpoolWriter } from ${JSON.stringify(import.meta.resolve('@quality-hub/telemetry'))};
    const folder = ${JSON.stringify(join(first.hubFolder.spools, 'run-2'))};
    for (const writer of ['w-1', 'r-1']) {
      const spool = new SpoolWriter({ folder, runId: 'run-2', shard: 1, writer });
      spool.append({ kind: 'heartbeat' });
      spool.append({ kind: 'heartbeat' });
      spool.close();
    }
    ${LIST_ONLY}
  `;
  const second = await runInline({ 'playwright.config.ts': config }, { dir: first.dir, args: ['--list'] });
  expect(second.events.map(({ runId, writer, seq }) => [runId, writer, seq])).toEqual([
    ['run-2', 'r-1', 1],
    ['run-2', 'r-1', 2],
    ['run-2', 'w-1', 1],
    ['run-2', 'w-1', 2],
  ]);
  await second[Symbol.asyncDispose]();
  expect(existsSync(first.dir)).toBe(true);
});

test('blobs of two runs are merged by the real merge-reports', async () => {
  const blob = { 'playwright.config.ts': "export default { reporter: [['blob']] };", 'a.spec.ts': TWO_TESTS };
  await using one = await runInline(blob, { args: ['--shard=1/2'] });
  await using two = await runInline(blob, { args: ['--shard=2/2'] });
  const zip = join(two.dir, 'blob-report', readdirSync(join(two.dir, 'blob-report'))[0]!);
  await using merged = await mergeReports([one, zip], { args: ['--reporter=list'] });
  expect(merged.output).toMatch(/1 failed[^]*1 passed/);
  await expect(mergeReports([join(one.dir, 'blob-report', 'none')])).rejects.toMatchObject({ code: 'QH_INLINE_RUN' });
});

test('a run with our reporter gives events, rows and a report', async () => {
  await using result = await runInline({ 'a.spec.ts': TWO_TESTS.replace('@playwright/test', '@quality-hub/test') });
  expect(result.exitCode).toBe(1);
  expect(eventStreamContract(result.events)).toEqual([]);
  expect(result.events.filter(({ kind }) => kind === 'test.ended')).toHaveLength(2);
  const report = await result.report();
  expect(report.counts).toMatchObject({ planned: 2, finished: 2, passed: 1, failed: 1 });
  expect(report.failures.map(({ identity }) => identity.titlePath)).toEqual([['breaks']]);
  expect(await result.rows('SELECT run_id, state FROM runs WHERE run_id = ?', report.run.id)).toStrictEqual([
    { run_id: report.run.id, state: 'finished' },
  ]);
  await expect(result.report('another')).rejects.toMatchObject({ code: 'QH_RUN_UNKNOWN' });
});

test('the example of the README tells the truth', async () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const source = /'a\.spec\.ts': `([^`]*)`/.exec(readme)?.[1] ?? '';
  const verdict = /verdict\)\.toBe\('(\w+)'\)/.exec(readme)?.[1];
  await using run = await runInline({ 'a.spec.ts': source });
  expect(run.exitCode).toBe(1);
  expect((await run.report()).failures.map(failure => failure.verdict)).toEqual([verdict]);
});

test('rows and reports of a run without our reporter are refused in a sentence', async () => {
  await using result = await runInline({ 'playwright.config.ts': LIST_ONLY }, { args: ['--list'] });
  await expect(result.rows('select 1')).rejects.toMatchObject({ code: 'QH_INLINE_RUN' });
  await expect(result.report()).rejects.toMatchObject({ code: 'QH_RUN_UNKNOWN' });
});
