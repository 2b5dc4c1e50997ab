import { readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { runSpoolFolder } from '@quality-hub/telemetry';
import { expect, test } from 'vitest';
import { openHub } from '../hub.ts';
import { newHubFolder } from '../testing/new-hub-folder.ts';
import { SampleWriter, START } from '../testing/sample-run.ts';

const NO_PROCESS = 2 ** 30;

/** A run of three tests: one has passed, one was running, one was not begun. */
function kill(writer: SampleWriter): SampleWriter {
  return writer.begin(['passes', 'hangs', 'waits']).attempt('passes', { status: 'passed' }).attempt('hangs').flush();
}

test('a killed run is closed once, with the reason, and stays so in a database that is built again', async () => {
  const folder = newHubFolder();
  kill(new SampleWriter(folder, { pid: NO_PROCESS, now: () => START }));
  {
    await using hub = openHub({ folder });
    await hub.catchUp();
    expect(await hub.finalize()).toEqual({ closed: ['run-1'], living: [], ending: [] });
    expect(await hub.finalize()).toEqual({ closed: [], living: [], ending: [] });
  }
  for (const suffix of ['', '-wal', '-shm']) rmSync(folder.database + suffix, { force: true });
  await using hub = openHub({ folder });
  await hub.catchUp();
  expect(await hub.finalize()).toEqual({ closed: [], living: [], ending: [] });
  const { run, counts, failures, delivery } = await hub.report('run-1');
  const reason = `process ${NO_PROCESS} of ${hostname()} is gone, last heard of at 2026-11-21T10:00:00.000Z`;
  expect(run).toMatchObject({ state: 'lost', closed: { reasons: [reason] } });
  expect(counts).toMatchObject({ planned: 3, finished: 1, passed: 1, notRun: 1, lost: 1 });
  expect(failures[0]?.reasons[0]).toContain(`left no result: ${reason}`);
  expect(delivery).toMatchObject({ events: 6, kept: 6, gaps: 0 });
});

test('a run whose runner lives here is left alone, unless it is forced', async () => {
  const folder = newHubFolder();
  kill(new SampleWriter(folder));
  await using hub = openHub({ folder });
  await hub.catchUp();
  expect(await hub.finalize()).toEqual({ closed: [], living: [{ runId: 'run-1', pid: process.pid }], ending: [] });
  expect((await hub.report('run-1')).run.state).toBe('running');
  expect(await hub.finalize({ force: true })).toEqual({ closed: ['run-1'], living: [], ending: [] });
  expect((await hub.report('run-1')).run).toMatchObject({
    state: 'lost',
    closed: { reasons: [`it was closed by force while process ${process.pid} of ${hostname()} lived`] },
  });
});

test('a run of another machine is closed, also when the clock of that machine runs ahead and its pid lives here', async () => {
  const folder = newHubFolder();
  const ahead = Date.now() + 7_200_000;
  kill(new SampleWriter(folder, { host: 'ci-7', now: () => ahead }));
  await using hub = openHub({ folder });
  await hub.catchUp();
  expect((await hub.report('run-1')).run.state).toBe('running');
  expect((await hub.finalize()).closed).toEqual(['run-1']);
  expect((await hub.report('run-1')).run).toMatchObject({
    state: 'lost',
    closed: { reasons: [`its last word from ci-7 came at ${new Date(ahead).toISOString()}`] },
  });
});

test('what a closed writer still has to say is taken, and the run is what it says', async () => {
  const folder = newHubFolder();
  const writer = kill(new SampleWriter(folder, { host: 'ci-7' }));
  await using hub = openHub({ folder });
  await hub.catchUp();
  await hub.finalize();
  writer.spool.append({ kind: 'heartbeat' });
  writer.flush();
  await hub.catchUp();
  expect((await hub.report('run-1')).run.state).toBe('running');
  expect((await hub.finalize()).closed).toEqual(['run-1']);
  expect((await hub.report('run-1')).run.state).toBe('lost');

  writer.attempt('waits', { status: 'passed' }).end('interrupted');
  await hub.catchUp();
  const { run, counts } = await hub.report('run-1');
  expect(run.state).toBe('interrupted');
  expect(run).not.toHaveProperty('closed');
  expect(counts).toMatchObject({ passed: 2, lost: 1, notRun: 0 });
  expect((await hub.finalize()).closed).toEqual([]);
});

test('a worker that has outlived its runner is told', async () => {
  const folder = newHubFolder();
  kill(new SampleWriter(folder, { pid: NO_PROCESS }));
  for (const [writer, pid] of [
    ['w-alive', process.pid],
    ['w-gone', NO_PROCESS],
  ] as const) {
    const journal = new SampleWriter(folder, { writer });
    journal.spool.append({ kind: 'worker.started', workerIndex: 0, parallelIndex: 0, pid });
    journal.flush();
  }
  await using hub = openHub({ folder });
  await hub.catchUp();
  expect(await hub.finalize()).toEqual({
    closed: ['run-1'],
    living: [],
    ending: [{ runId: 'run-1', pid: process.pid }],
  });
});

test('a shard that never came is given up, and taken when it comes all the same', async () => {
  const folder = newHubFolder();
  new SampleWriter(folder, { shards: 2 }).begin(['one']).attempt('one', { status: 'passed' }).end();
  await using hub = openHub({ folder });
  await hub.catchUp();
  expect((await hub.report('run-1')).run.state).toBe('running');
  expect((await hub.finalize()).closed).toEqual(['run-1']);
  expect((await hub.report('run-1')).run.state).toBe('lost');
  expect((await hub.finalize()).closed).toEqual([]);
  new SampleWriter(folder, { shard: 2, shards: 2, writer: 'r-2' })
    .begin(['two'])
    .attempt('two', { status: 'passed' })
    .end();
  await hub.catchUp();
  expect((await hub.report('run-1')).run.state).toBe('finished');
});

test('runs that have ended are not touched', async () => {
  const folder = newHubFolder();
  new SampleWriter(folder).begin(['one']).attempt('one', { status: 'passed' }).end();
  await using hub = openHub({ folder });
  await hub.catchUp();
  expect(await hub.finalize({ force: true })).toEqual({ closed: [], living: [], ending: [] });
  expect(readdirSync(runSpoolFolder(folder, 'run-1'))).toHaveLength(1);
});

test('output folders are told once, by the newest run that used them', async () => {
  const folder = newHubFolder();
  const outputDirs = (...paths: string[]) => ({ outputDirs: paths });
  new SampleWriter(folder, { runId: 'old', writer: 'r-old', pid: NO_PROCESS })
    .begin(['one'], { ...outputDirs('/a', '/b'), startedAt: '2026-11-20T10:00:00.000Z' })
    .flush();
  new SampleWriter(folder, { runId: 'new', writer: 'r-new' }).begin(['one'], outputDirs('/b')).end();
  await using hub = openHub({ folder });
  await hub.catchUp();
  expect(await hub.outputFolders()).toEqual([
    { path: '/b', runId: 'new', host: hostname(), isLeft: false },
    { path: '/a', runId: 'old', host: hostname(), isLeft: true },
  ]);
});
