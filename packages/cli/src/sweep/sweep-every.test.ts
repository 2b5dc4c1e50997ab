import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openSqliteDriver } from '@quality-hub/state/sqlite';
import { FakeClock } from '@quality-hub/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type LeftoverSuite, openLeftoverSuite } from '../testing/leftover-suite.ts';
import { recordingTerminal } from '../testing/recording-terminal.ts';
import { runHere } from '../testing/run-here.ts';
import { sweepEvery } from './sweep-every.ts';

const CHILD = fileURLToPath(new URL('../testing/sweep-every-child.ts', import.meta.url));
const HOUR = 3_600_000;
const LONG = { timeout: 60_000, interval: 20 };

let suite: LeftoverSuite;
beforeEach(async () => {
  suite = await openLeftoverSuite();
});
afterEach(() => suite.close());

interface Wishes {
  readonly json?: boolean;
  readonly dryRun?: boolean;
  readonly env?: NodeJS.ProcessEnv;
  readonly waitMs?: number;
}

/** A schedule of every six hours whose clock the test moves. */
function begin({ json = false, dryRun = false, env = {}, ...more }: Wishes = {}) {
  const clock = new FakeClock();
  const terminal = recordingTerminal();
  const stop = new AbortController();
  const place = { terminal, cwd: suite.cwd, env, environment: undefined };
  const wishes = { json, dryRun, filter: {}, timeoutMs: 30_000, ...more };
  // A sweep that waits for its turn listens to it.
  const heard = vi.spyOn(stop.signal, 'addEventListener');
  const ended = sweepEvery(wishes, place, { everyMs: 6 * HOUR, signal: stop.signal, clock });
  const { lines } = terminal;
  const told = async (count: number): Promise<string> => {
    await vi.waitFor(() => expect([lines.length, clock.pending]).toEqual([count, 1]), LONG);
    return lines.at(-1) ?? '';
  };
  return { clock, lines, told, ended, heard, stop: () => stop.abort(new Error('SIGTERM has ended it')) };
}

test('it sweeps at once, at each interval, and not in between', async () => {
  await suite.create(1);
  await suite.create(13);
  const schedule = begin();
  expect((await schedule.told(1)).slice(21)).toBe('Nothing is left behind; 2 things belong to workers that live.');
  await suite.worker.close();
  schedule.clock.advance(6 * HOUR - 1);
  expect([schedule.clock.pending, suite.ids()]).toEqual([1, [1, 13]]);
  schedule.clock.advance(1);
  expect(await schedule.told(2)).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:00 {2}1 thing is gone, 1 stays\.$/);
  expect(suite.ids()).toEqual([13]);
  schedule.stop();
  expect([await schedule.ended, schedule.lines.length]).toEqual([0, 2]);
});

test('a line of JSON has what stays, and what it comes to in numbers', async () => {
  await suite.create(1);
  await suite.create(13);
  await suite.worker.close();
  const schedule = begin({ json: true, env: { SHOP_PASSWORD: 'top-secret-1' } });
  const line = await schedule.told(1);
  expect(line).not.toContain('top-secret-1');
  expect(JSON.parse(line)).toMatchObject({
    at: '2026-01-01T00:00:00.000Z',
    gone: 1,
    stays: [{ kind: 'order', failures: 1, why: expect.stringContaining('refused') }],
    isBusy: false,
    backlog: { orphans: 1, failed: 1, oldestMs: expect.any(Number), byKind: { order: 1 }, living: 0 },
  });
  schedule.stop();
  await schedule.ended;
});

test('dry, it lists and removes nothing, each time', async () => {
  await suite.create(1);
  await suite.worker.close();
  const schedule = begin({ dryRun: true });
  expect(await schedule.told(1)).toContain('1 thing is left behind.');
  schedule.clock.advance(6 * HOUR);
  expect(await schedule.told(2)).toContain('1 thing is left behind.');
  expect(suite.ids()).toEqual([1]);
  schedule.stop();
  expect(await schedule.ended).toBe(0);
});

test('after a sweep that failed it goes on, with the store that is there again', async () => {
  await suite.create(1);
  await suite.worker.close();
  const kept = join(suite.cwd, 'kept.db');
  renameSync(suite.stateFile, kept);
  for (const log of ['-wal', '-shm']) rmSync(`${suite.stateFile}${log}`, { force: true });
  writeFileSync(suite.stateFile, 'this is no database, and nobody can read it as one'.repeat(100));
  const schedule = begin();
  expect(await schedule.told(1)).toContain('This sweep failed: ');
  renameSync(kept, suite.stateFile);
  schedule.clock.advance(6 * HOUR);
  expect(await schedule.told(2)).toContain('1 thing is gone.');
  schedule.stop();
  expect(await schedule.ended).toBe(0);
});

test('while another one sweeps, it waits; then it says that it did nothing, or ends where it is told to', async () => {
  await suite.create(1);
  await suite.worker.close();
  const store = await openSqliteDriver({ path: suite.stateFile });
  await store.set('ledger/sweep', JSON.stringify({ machine: 'another', pid: 1 }), { ttlMs: 60_000 });
  const impatient = begin({ waitMs: 0 });
  expect(await impatient.told(1)).toMatch(/ {2}Another sweep is on: nothing was done here\.$/);
  impatient.stop();
  expect(await impatient.ended).toBe(0);

  const patient = begin();
  await vi.waitFor(() => expect(patient.heard).toHaveBeenCalled(), LONG);
  patient.stop();
  expect([await patient.ended, patient.lines, suite.ids()]).toEqual([0, [], [1]]);
  await store.close();
});

test('a process sweeps again and again, and ends the sweep that is on in good order within a second', async () => {
  await suite.create(1);
  await suite.worker.close();
  const child = spawn(process.execPath, [CHILD, '300', '--json'], {
    cwd: suite.cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const lines = (): { gone: number; stays: readonly { why?: string }[] }[] =>
    said
      .split('\n')
      .slice(0, -1)
      .map(line => JSON.parse(line));
  await vi.waitFor(() => expect(lines().length).toBeGreaterThan(1), LONG);
  expect(
    lines()
      .map(({ gone }) => gone)
      .slice(0, 2),
  ).toEqual([1, 0]);

  // A removal that ends only when it is told to.
  await suite.leave(60);
  await vi.waitFor(() => expect(suite.ids()).toContain(61), LONG);
  const store = await openSqliteDriver({ path: suite.stateFile });
  expect(await store.get('ledger/sweep')).toBeDefined();
  const toldAt = performance.now();
  child.kill('SIGTERM');
  const [code] = await once(child, 'close');
  expect([code, performance.now() - toldAt < 3_000]).toEqual([0, true]);
  expect(lines().at(-1)).toMatchObject({ gone: 0, stays: [{ why: expect.stringContaining('SIGTERM has ended it') }] });
  // The turn is given back: nobody has to wait until it counts as dead.
  expect(await store.get('ledger/sweep')).toBeUndefined();
  await store.close();
});

test('a store that does not answer keeps no process from ending within a second', async () => {
  const silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  suite.writeConfig('', `state: { kind: 'redis', url: 'redis://127.0.0.1:${port}' },`);
  const connected = once(silent, 'connection');
  const child = spawn(process.execPath, [CHILD, '300'], { cwd: suite.cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  const [socket] = (await connected) as [Socket];
  const toldAt = performance.now();
  child.kill('SIGINT');
  const [code] = await once(child, 'close');
  expect([code, performance.now() - toldAt < 3_000]).toEqual([0, true]);
  socket.destroy();
  silent.close();
});

test('what makes no sense together is refused in a sentence', async () => {
  const cases: [string[], string][] = [
    [['--every', '9s'], '--every is "9s", 10s to 24d was expected'],
    [['--every', '25d'], '--every is "25d", 10s to 24d was expected'],
    [['--every', 'day'], '--every is "day", a number with s, m, h or d behind it was expected'],
    [['--every', '6h', '--forget', 'x'], '--every does not go with it'],
  ];
  for (const [words, sentence] of cases) {
    const { code, stderr } = await runHere(['sweep', ...words], { cwd: suite.cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)]);
  }
  const empty = mkdtempSync(join(tmpdir(), 'qh-sweep-none-'));
  expect(await runHere(['sweep', '--every', '6h'], { cwd: empty })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no .quality-hub'),
  });
  rmSync(empty, { recursive: true });
});
