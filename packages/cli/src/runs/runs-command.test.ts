import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BAD_DAY } from '../testing/bad-day.ts';
import { recordRun } from '../testing/record-run.ts';
import { recordingTerminal } from '../testing/recording-terminal.ts';
import { runBin } from '../testing/run-bin.ts';
import { runHere } from '../testing/run-here.ts';
import { printRuns } from './runs-command.ts';

let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'qh-runs-'));
  const hub = join(cwd, '.quality-hub');
  recordRun(hub, {
    runId: 'green',
    startedAt: '2026-02-01T00:00:00.000Z',
    end: 'passed',
    tests: [{ title: 'works', attempts: ['passed'] }],
  });
  recordRun(hub, BAD_DAY);
  recordRun(hub, {
    runId: 'killed',
    startedAt: '2026-02-04T00:00:00.000Z',
    tests: [{ title: 'hangs', attempts: ['hangs'] }],
  });
});
afterEach(() => rmSync(cwd, { recursive: true }));

test('runs are listed newest first with result, counts and verdicts', async () => {
  const { code, stdout, stderr } = await runBin(['runs'], { cwd });
  expect([code, stderr]).toEqual([0, '']);
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^run\s+started\s+result\s+took\s+tests\s+verdicts$/);
  expect(lines[1]).toMatch(/^killed +2026-02-0\d .* lost +1 lost/);
  expect(lines[2]).toMatch(
    /^bad-day +2026-02-0\d .* failed +\d\S* (?:ms|s) +1 passed, 3 failed, 1 flaky, 1 skipped +.*2 environment/,
  );
  expect(lines[3]).toMatch(/^green +.* passed +\d+ ms +1 passed$/);
  expect(lines).toHaveLength(4);
});

test('a limit and JSON are for scripts', async () => {
  const { stdout } = await runHere(['runs', '--limit', '2', '--json'], { cwd });
  const { runs } = JSON.parse(stdout) as { runs: { id: string; state: string; counts: object }[] };
  expect(runs.map(({ id, state }) => [id, state])).toEqual([
    ['killed', 'lost'],
    ['bad-day', 'finished'],
  ]);
  expect(runs[1]).toMatchObject({ status: 'failed', counts: { planned: 6, failed: 3 } });
});

test('no runs are an empty list', async () => {
  const empty = join(cwd, 'empty');
  mkdirSync(empty);
  const options = { cwd, env: { QUALITY_HUB_DIR: empty } };
  expect(await runHere(['runs'], options)).toEqual({
    code: 0,
    stdout: 'No run has been recorded here yet.\n',
    stderr: '',
  });
  expect(JSON.parse((await runHere(['runs', '--json'], options)).stdout)).toEqual({ runs: [] });
});

test('on a narrow terminal each run takes a few lines', async () => {
  const { runs } = JSON.parse((await runHere(['runs', '--json'], { cwd })).stdout);
  const terminal = recordingTerminal(40);
  printRuns(terminal, runs);
  expect(terminal.lines[0]).toBe('killed lost');
  expect(terminal.lines).toContain('bad-day failed');
  expect(terminal.lines.filter(line => line.length > 40)).toEqual([]);
});
