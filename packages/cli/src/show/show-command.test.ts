import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RunReport } from '@quality-hub/hub';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BAD_DAY } from '../testing/bad-day.ts';
import { recordRun } from '../testing/record-run.ts';
import { BIN, runBin } from '../testing/run-bin.ts';
import { runHere } from '../testing/run-here.ts';

let cwd: string;
let hub: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'qh-show-'));
  hub = join(cwd, '.quality-hub');
});
afterEach(() => rmSync(cwd, { recursive: true }));

const GREEN = { end: 'passed', tests: [{ title: 'works', attempts: ['passed'] }] } as const;

test('the latest run is shown with its causes, from a folder below and straight from the spool', async () => {
  const events = recordRun(hub, BAD_DAY);
  const below = join(cwd, 'tests', 'deep');
  mkdirSync(below, { recursive: true });
  const { code, stdout, stderr } = await runBin(['show'], { cwd: below });
  expect(stderr).toBe('');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^Run bad-day failed \(shop, .*, main\)\n6 tests: 1 passed, 3 failed, 1 flaky, 1 skipped\nVerdicts: /,
  );
  expect(stdout).toMatch(/environment · 2 tests, 3 attempts · confidence \d+ %/);
  expect(stdout).toContain('✘ [api] › shop.spec.ts › a card pays an order (shop.spec.ts:');
  expect(stdout).toMatch(/because \S[^]* do {6}\S/);
  expect(stdout).toMatch(new RegExp(`${events} of ${events} events kept\n$`));
});

test('--json prints the report as the hub gives it, and nothing else', async () => {
  recordRun(hub, BAD_DAY);
  const { code, stdout, stderr } = await runBin(['show', 'latest', '--json'], { cwd });
  const report = JSON.parse(stdout) as RunReport;
  expect([code, stderr]).toEqual([0, '']);
  expect(report.run).toMatchObject({ id: 'bad-day', state: 'finished', status: 'failed' });
  expect(report.counts).toMatchObject({ planned: 6, finished: 6, passed: 1, failed: 3, flaky: 1, skipped: 1, lost: 0 });
  expect(report.failures.map(({ identity }) => identity.title)).toContain(
    '[api] › shop.spec.ts › a card pays an order',
  );
});

test('a verdict and a limit choose what is shown', async () => {
  recordRun(hub, BAD_DAY);
  const environment = await runHere(['show', '--verdict', 'environment', '--limit=1'], { cwd });
  expect(environment.stdout).toContain('a card pays an order');
  expect(environment.stdout).not.toContain('sum of its lines');
  expect(environment.stdout).toContain('1 more failing test: `--limit 2` shows all.');
});

test('a run is named by its id or the beginning of it', async () => {
  recordRun(hub, { ...GREEN, runId: 'nightly-1', startedAt: '2026-02-01T00:00:00.000Z' });
  recordRun(hub, { ...GREEN, runId: 'nightly-12', startedAt: '2026-02-02T00:00:00.000Z' });
  recordRun(hub, { ...GREEN, runId: 'main-7', startedAt: '2026-02-03T00:00:00.000Z' });
  const first = async (...args: string[]): Promise<string> =>
    (await runHere(['show', ...args], { cwd })).stdout.split(' ')[1] ?? '';
  expect(await first()).toBe('main-7');
  expect(await first('nightly-1')).toBe('nightly-1');
  expect(await first('m')).toBe('main-7');
  const ambiguous = await runHere(['show', 'night'], { cwd });
  expect(ambiguous).toEqual({
    code: 1,
    stdout: '',
    stderr: 'quality-hub: "night" fits 2 runs: "nightly-12", "nightly-1". Give a longer beginning of the id.\n',
  });
  const unknown = await runHere(['show', 'weekly'], { cwd });
  expect([unknown.code, unknown.stdout]).toEqual([1, '']);
  expect(unknown.stderr).toMatch(/^quality-hub: No run "weekly"; the newest is "main-7"\. .*quality-hub runs.*\n$/);
});

test('a run whose runner was killed is told as lost, with what was lost', async () => {
  recordRun(hub, {
    runId: 'killed',
    tests: [
      { title: 'ends', attempts: ['passed'] },
      { title: 'hangs', attempts: ['hangs'] },
      { title: 'waits', attempts: [] },
      { title: 'waits too', attempts: [] },
    ],
  });
  const { code, stdout } = await runHere(['show'], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain('Run killed lost');
  expect(stdout).toContain(
    'Its runner died before the end. 1 of 4 tests had ended and is kept; 1 had started and is lost, 2 never started.',
  );
  expect(stdout).toContain('4 tests: 1 passed, 2 not run, 1 lost');
  expect(stdout).toContain('✘ [api] › shop.spec.ts › hangs (shop.spec.ts:7) [lost]');
});

test('a run that goes on is shown as far as it is', async () => {
  recordRun(hub, {
    runId: 'now',
    pid: process.pid,
    startedAt: new Date().toISOString(),
    tests: [
      { title: 'ends', attempts: ['passed'] },
      { title: 'hangs', attempts: ['hangs'] },
    ],
  });
  const { stdout } = await runHere(['show'], { cwd });
  expect(stdout).toContain('Run now running');
  expect(stdout).toContain('1 of 2 tests have ended.');
});

test('a damaged database is kept aside and built again, which is said in one sentence', async () => {
  recordRun(hub, BAD_DAY);
  await runBin(['show'], { cwd });
  writeFileSync(join(hub, 'hub.db'), 'this is no database, but it is long enough to be taken for one'.repeat(100));
  const { code, stdout, stderr } = await runBin(['show'], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain('Run bad-day failed');
  expect(stderr).toMatch(
    /^.*hub\.db was damaged: it is kept as .*hub\.db\.corrupt-.*, and a new one was built from the spools\.\n$/,
  );
  expect(readdirSync(hub).filter(name => name.startsWith('hub.db.corrupt-'))).toHaveLength(1);
  expect((await runBin(['show'], { cwd })).stderr).toBe('');

  writeFileSync(join(hub, 'hub.db'), 'damaged again, and long enough to be taken for a database'.repeat(100));
  const again = await runHere(['show', '--json'], { cwd });
  expect(JSON.parse(again.stdout)).toMatchObject({ run: { id: 'bad-day' } });
  expect(again.stderr).toContain('was damaged');
});

test('a database that another program holds is told in a sentence', async () => {
  recordRun(hub, { ...GREEN, runId: 'first' });
  await runHere(['show'], { cwd });
  recordRun(hub, { ...GREEN, runId: 'second' });
  const other = new DatabaseSync(join(hub, 'hub.db'));
  other.exec('BEGIN EXCLUSIVE');
  const { code, stdout, stderr } = await runHere(['show'], { cwd });
  other.close();
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^quality-hub: Another program holds .*hub\.db[^\n]*\.\n$/);
});

test('an empty folder says that nothing was recorded', async () => {
  mkdirSync(hub);
  const { code, stderr } = await runHere(['show'], { cwd });
  expect(code).toBe(1);
  expect(stderr).toMatch(/^quality-hub: .*nothing has been recorded here yet\. [^\n]*\n$/);
});

test('lines that are no events are counted, not fatal', async () => {
  const events = recordRun(hub, { ...GREEN, runId: 'torn' });
  appendFileSync(join(hub, 'spool/torn/r-torn.ndjson'), 'not an event\n{"v":2,"runId":"torn","sha');
  const { code, stdout } = await runHere(['show'], { cwd });
  expect(code).toBe(0);
  expect(stdout).toContain(`${events} of ${events} events kept, 1 line was no event`);
});

test('QUALITY_HUB_DIR moves the folder', async () => {
  recordRun(join(cwd, 'elsewhere'), { ...GREEN, runId: 'moved' });
  expect((await runBin(['show'], { cwd, env: { QUALITY_HUB_DIR: 'elsewhere' } })).stdout).toContain('Run moved passed');
});

test('colours are off in a pipe and on where they are forced', async () => {
  recordRun(hub, { ...GREEN, runId: 'green' });
  expect((await runBin(['show'], { cwd })).stdout).not.toContain('\u001B[');
  expect((await runBin(['show'], { cwd, env: { FORCE_COLOR: '1' } })).stdout).toContain('\u001B[32mpassed\u001B[39m');
});

test('a reader that has had enough is no failure', async () => {
  recordRun(hub, {
    runId: 'long',
    end: 'failed',
    tests: Array.from({ length: 3000 }, (_, n) => ({
      title: `test ${n} ${'x'.repeat(60)}`,
      attempts: ['failed'],
      error: { message: `Error: reason ${n}` },
    })),
  });
  const child = spawn(process.execPath, [BIN, 'show', '--json'], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', chunk => {
    stderr += chunk;
  });
  child.stdout.once('data', () => child.stdout.destroy());
  const code = await new Promise(resolve => child.once('close', resolve));
  expect([code, stderr]).toEqual([0, '']);
});
