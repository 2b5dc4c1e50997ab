import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepValues, readKeptValues } from '@quality-hub/telemetry';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RecordedRun, recordRun } from '../testing/record-run.ts';
import { runBin } from '../testing/run-bin.ts';
import { runHere } from '../testing/run-here.ts';
import type { Finalized } from './finalize-command.ts';

const SECRET = 'swordfish-4711';
const ZIP = Buffer.from([0x50, 0x4b, 3, 4, 0, 0xff]);

let cwd: string;
let hub: string;
let results: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'qh-finalize-'));
  hub = join(cwd, '.quality-hub');
  results = join(cwd, 'test-results');
});
afterEach(() => rmSync(cwd, { recursive: true }));

function killed(more: Partial<RecordedRun> = {}): RecordedRun {
  const tests = [
    { title: 'ends', attempts: ['passed'] },
    { title: 'hangs', attempts: ['hangs'] },
    { title: 'waits', attempts: [] },
  ] as const;
  return { runId: 'killed', tests, outputDirs: [results], ...more };
}

function leave(folder: string, text = `- textbox: ${SECRET}`): void {
  mkdirSync(join(folder, 'hangs'), { recursive: true });
  writeFileSync(join(folder, 'hangs', 'error-context.md'), text);
  writeFileSync(join(folder, 'hangs', 'trace.zip'), ZIP);
}

const context = (folder = results): string => readFileSync(join(folder, 'hangs', 'error-context.md'), 'utf8');

test('a killed run is closed, shown and masked, and the second time there is nothing to do', async () => {
  recordRun(hub, killed());
  leave(results);
  const env = { SHOP_PASSWORD: SECRET };
  const { code, stdout, stderr } = await runBin(['finalize'], { cwd, env });
  expect([code, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^Run killed lost \(shop, /);
  expect(stdout).toContain('1 of 3 tests had ended and is kept; 1 had started and is lost, 1 never started.');
  expect(stdout).toMatch(new RegExp(`It was finalized: process \\d+ of ${hostname()} is gone, last heard of at `));
  expect(stdout).toMatch(/\n1 run finalized\.\n/);
  expect(stdout).toContain('Masked 1 file in test-results: hangs/error-context.md.\n');
  expect(stdout).toContain('Not looked into in test-results, a secret may be in them: hangs/trace.zip');
  expect(context()).toBe('- textbox: [masked]');
  expect(readFileSync(join(results, 'hangs', 'trace.zip'))).toEqual(ZIP);

  const again = await runHere(['finalize'], { cwd, env });
  expect(again.code).toBe(0);
  expect(again.stdout).toContain('Nothing to finalize: every run here has ended, or was closed before.');
  for (const suffix of ['', '-wal', '-shm']) rmSync(join(hub, `hub.db${suffix}`), { force: true });
  expect((await runHere(['finalize'], { cwd, env })).stdout).toContain('Nothing to finalize');
  expect((await runHere(['show'], { cwd })).stdout).toContain('Run killed lost');
});

test('a folder copied from another machine is closed and masked where it is, whatever its clock and pids say', async () => {
  const far = killed({ host: 'ci-7', pid: process.pid, startedAt: '2099-01-01T00:00:00.000Z' });
  recordRun(hub, { ...far, outputDirs: ['/builds/shop/e2e/test-results'] });
  const copy = join(cwd, 'artifact');
  cpSync(hub, join(copy, '.quality-hub'), { recursive: true });
  leave(join(copy, 'e2e', 'test-results'));
  expect((await runHere(['show'], { cwd: copy })).stdout).toContain('Run killed running');

  const { code, stdout } = await runHere(['finalize', 'artifact'], { cwd, env: { SHOP_PASSWORD: SECRET } });
  expect(code).toBe(0);
  expect(stdout).toContain('Run killed lost');
  expect(stdout).toContain('its last word from ci-7 came at 2099-01-01T');
  expect(stdout).toContain('Masked 1 file in artifact/e2e/test-results');
  expect(stdout).toContain('The run was on ci-7: what only its environment held is not known here.');
  expect(context(join(copy, 'e2e', 'test-results'))).toBe('- textbox: [masked]');
});

test.each([
  ['a hub folder under another name', 'renamed', ''],
  ['a spool folder', 'renamed', 'spool'],
  ['the spool of one run', 'renamed', 'spool/killed'],
])('%s can be named', async (_, name, below) => {
  recordRun(join(cwd, name), killed());
  const { code, stdout } = await runHere(['finalize', join(name, below)], { cwd });
  expect([code, stdout.includes('1 run finalized.')]).toEqual([0, true]);
  expect(existsSync(join(cwd, name, 'hub.db'))).toBe(true);
});

test.each([
  ['missing', 'There is no folder '],
  ['empty', ' is no .quality-hub folder, and has none.'],
])('a folder that is %s is told in a sentence', async (name, sentence) => {
  mkdirSync(join(cwd, 'empty'));
  const { code, stdout, stderr } = await runHere(['finalize', name], { cwd });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toContain(sentence);
});

test('a run whose runner lives is left alone with its files, unless it is forced', async () => {
  recordRun(hub, killed({ pid: process.pid, startedAt: new Date().toISOString() }));
  leave(results);
  const env = { SHOP_PASSWORD: SECRET };
  const refused = await runHere(['finalize', '--output', results], { cwd, env });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toBe(
    `quality-hub: Run killed was left alone: its runner, process ${process.pid}, lives on this machine. Wait for its end, or close it with --force.\n`,
  );
  expect(refused.stdout).toContain('was not masked: run killed still writes there.');
  expect(context()).toContain(SECRET);

  const forced = await runHere(['finalize', '--force'], { cwd, env });
  expect(forced.code).toBe(0);
  expect(forced.stdout).toContain('closed by force');
  expect(context()).toBe('- textbox: [masked]');
});

test('values that only the run knew are masked where its key is, and told where it is not', async () => {
  recordRun(hub, killed());
  const place = { spoolFolder: join(hub, 'spool', 'killed') };
  keepValues(place, { shard: 1, writer: 'r-killed', values: [SECRET], env: {} });
  const copy = mkdtempSync(join(tmpdir(), 'qh-copy-'));
  cpSync(hub, join(copy, '.quality-hub'), { recursive: true });
  leave(results);
  const here = await runHere(['finalize'], { cwd });
  expect([here.code, context()]).toEqual([0, '- textbox: [masked]']);
  // Masked is masked: the values are needed no more, and with them their key has gone.
  expect(readKeptValues(place)).toEqual({ values: [], unreadable: 0 });

  leave(results);
  const there = await runHere(['finalize', copy, '--output', results], { cwd });
  expect(there.stdout).toContain('Values that only run killed knew (option mask, qhSecrets) were not masked');
  expect(context()).toContain(SECRET);
  const named = await runHere(['finalize', copy, '--output', results, '--mask-env', 'PIN,CODE'], {
    cwd,
    env: { PIN: SECRET, CODE: '1234' },
  });
  expect([named.code, context()]).toEqual([0, '- textbox: [masked]']);
  rmSync(copy, { recursive: true });
});

test('what a killed run has recorded before a value was known is masked in spool and database', async () => {
  recordRun(hub, killed({ errors: [{ message: `Error: ${SECRET} is wrong` }] }));
  const place = { spoolFolder: join(hub, 'spool', 'killed') };
  keepValues(place, { shard: 1, writer: 'w-1', values: [SECRET], env: {} });
  leave(results);
  const { code, stdout } = await runHere(['finalize'], { cwd });
  expect([code, stdout.includes('was not masked')]).toEqual([0, false]);
  const kept = ['hub.db', 'spool/killed/r-killed.ndjson'].map(path => readFileSync(join(hub, path), 'latin1'));
  expect(kept.map(text => [text.includes(SECRET), text.includes('Error: [masked] is wrong')])).toEqual([
    [false, true],
    [false, true],
  ]);
});

test('what a later run has left is not touched for an older one that was killed', async () => {
  recordRun(hub, killed({ startedAt: '2026-02-01T00:00:00.000Z' }));
  recordRun(hub, {
    runId: 'green',
    end: 'passed',
    tests: [],
    outputDirs: [results],
    startedAt: '2026-02-02T00:00:00.000Z',
  });
  leave(results);
  const { stdout } = await runHere(['finalize'], { cwd, env: { SHOP_PASSWORD: SECRET } });
  expect(stdout).toContain('1 run finalized.');
  expect(context()).toContain(SECRET);
});

test('a folder of sources is never rewritten', async () => {
  recordRun(hub, killed({ outputDirs: [cwd] }));
  leave(cwd);
  writeFileSync(join(cwd, 'package.json'), `{ "password": "${SECRET}" }`);
  const { code, stdout } = await runHere(['finalize'], { cwd, env: { SHOP_PASSWORD: SECRET } });
  expect(code).toBe(0);
  expect(stdout).toContain('was not masked: it holds package.json, so it is no folder of results.');
  expect(readFileSync(join(cwd, 'package.json'), 'utf8')).toContain(SECRET);
});

test('--json prints the reports and what was done, oldest run first', async () => {
  recordRun(hub, killed({ runId: 'second', startedAt: '2026-02-02T00:00:00.000Z' }));
  recordRun(hub, killed({ runId: 'first', startedAt: '2026-02-01T00:00:00.000Z' }));
  leave(results);
  const { code, stdout, stderr } = await runHere(['finalize', '--json'], { cwd, env: { SHOP_PASSWORD: SECRET } });
  const done = JSON.parse(stdout) as Finalized;
  expect([code, stderr]).toEqual([0, '']);
  expect(done.finalized.map(({ run, counts }) => [run.id, run.state, counts.lost])).toEqual([
    ['first', 'lost', 1],
    ['second', 'lost', 1],
  ]);
  expect(done).toMatchObject({
    living: [],
    notes: [],
    masked: [{ path: results, changed: ['hangs/error-context.md'], unread: ['hangs/trace.zip'], failed: [] }],
  });
});

test('a file that cannot be masked is named, and the exit code tells', async () => {
  recordRun(hub, killed());
  leave(results);
  mkdirSync(join(results, 'hangs', `error-context.md.${process.pid}.masked`));
  const { code, stdout } = await runHere(['finalize'], { cwd, env: { SHOP_PASSWORD: SECRET } });
  expect(code).toBe(1);
  expect(stdout).toContain('hangs/error-context.md in test-results could not be masked: EISDIR');
  expect(context()).toContain(SECRET);
});

test.each([
  [['--mask-env', 'NOT_THERE'], '--mask-env names NOT_THERE, which is not set.'],
  [['--mask-env', 'SHORT'], '--mask-env names SHORT, which has fewer than 4 characters.'],
  [['--output', 'nowhere'], 'which is no folder.'],
])('%j is refused before anything is done', async (args, sentence) => {
  recordRun(hub, killed());
  const { code, stdout, stderr } = await runHere(['finalize', ...args], { cwd, env: { SHORT: 'abc' } });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(sentence);
  expect(existsSync(join(hub, 'hub.db'))).toBe(false);
});
