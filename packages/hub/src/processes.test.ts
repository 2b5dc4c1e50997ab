import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openHub } from './hub.ts';
import { newHubFolder } from './testing/new-hub-folder.ts';

function child(file: string, ...args: string[]) {
  const path = fileURLToPath(new URL(`./testing/${file}`, import.meta.url));
  return spawn(process.execPath, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
}

test('a run whose process was killed is lost, with every test accounted for', async () => {
  const folder = newHubFolder();
  const runner = child('killed-child.ts', folder.path);
  await once(runner.stdout, 'data');
  await using hub = openHub({ folder });
  await hub.catchUp();
  const alive = await hub.report('latest');
  expect(alive.run.state).toBe('running');
  expect(alive.counts).toMatchObject({ planned: 4, finished: 1, notRun: 3, lost: 0 });

  runner.kill('SIGKILL');
  await once(runner, 'exit');
  await hub.catchUp();
  const report = await hub.report('latest');
  expect(report.run.state).toBe('lost');
  expect(report.counts).toMatchObject({ planned: 4, finished: 1, passed: 1, notRun: 1, lost: 2 });
  expect(report.failures.map(({ identity, outcome, verdict }) => [identity.titlePath[0], outcome, verdict])).toEqual([
    ['is retried', 'lost', 'resource'],
    ['never ends', 'lost', 'resource'],
  ]);
  expect(report.clusters[0]).toMatchObject({ title: 'The runner was killed', tests: 2 });
});

test('four processes share one database, and nothing is lost or stored twice', { timeout: 60_000 }, async () => {
  const folder = newHubFolder();
  const runs = ['run-a', 'run-b', 'run-c', 'run-d'];
  const codes = await Promise.all(
    runs.map(async runId => {
      const [code] = await once(child('ingest-child.ts', folder.path, runId, '200'), 'exit');
      return code as number;
    }),
  );
  expect(codes).toEqual([0, 0, 0, 0]);
  await using hub = openHub({ folder });
  await hub.catchUp();
  for (const runId of runs) {
    const report = await hub.report(runId);
    expect(report.run.state).toBe('finished');
    expect(report.counts).toMatchObject({ planned: 200, passed: 200 });
    expect(report.delivery).toMatchObject({ events: 403, kept: 403, gaps: 0, rejected: 0 });
  }
});
