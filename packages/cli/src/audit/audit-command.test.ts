import { mkdirSync, mkdtempSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditTrail } from '@quality-hub/secrets';
import { expect, test } from 'vitest';
import { recordRun } from '../testing/record-run.ts';
import { runHere } from '../testing/run-here.ts';

/** A run with a trail of three lines, whose end a failed test has kept. */
function recorded() {
  const cwd = mkdtempSync(join(tmpdir(), 'qh-audit-'));
  const hub = join(cwd, '.quality-hub');
  const path = join(hub, 'audit', 'run-1', 'w-1.jsonl');
  const trail = new AuditTrail({ path, runId: 'run-1', writer: 'w-1' });
  for (const by of ['pays', 'refunds', 'cancels']) trail.add({ action: 'revealed', name: 'paymentKey', by });
  recordRun(hub, {
    runId: 'run-1',
    end: 'failed',
    tests: [
      {
        title: 'cancels',
        attempts: ['failed'],
        evidence: [{ kind: 'note', name: 'secrets.audit', data: { writer: 'w-1', ...trail.end } }],
      },
    ],
  });
  return { cwd, path, lines: readFileSync(path, 'utf8').trim().split('\n') };
}

test('trails that are whole are told, also where there are none', async () => {
  const { cwd } = recorded();
  const found = await runHere(['audit', 'verify'], { cwd });
  expect([found.code, found.stdout]).toEqual([0, 'ok    run-1 w-1: 3 lines\n1 trail, all whole\n']);
  const json = await runHere(['audit', 'verify', '--json'], { cwd });
  expect(JSON.parse(json.stdout)).toEqual({ trails: [{ run: 'run-1', writer: 'w-1', lines: 3 }] });
  const empty = mkdtempSync(join(tmpdir(), 'qh-audit-'));
  mkdirSync(join(empty, '.quality-hub'));
  expect((await runHere(['audit', 'verify', empty], { cwd })).stdout).toBe('0 trails, all whole\n');
});

test('a line that was changed is found, and so is one that was taken from the end', async () => {
  const { cwd, path, lines } = recorded();
  writeFileSync(path, `${lines.join('\n').replace('refunds', 'refounds')}\n`);
  const changed = await runHere(['audit', 'verify'], { cwd });
  expect([changed.code, changed.stdout]).toEqual([
    1,
    expect.stringContaining('line 2 was changed after it was written'),
  ]);
  renameSync(path, path.replace('w-1', 'w-2'));
  const moved = await runHere(['audit', 'verify'], { cwd });
  expect(moved.stdout).toContain('fail  run-1 w-1: 0 lines; it is not there: it had 3 lines');
  renameSync(path.replace('w-1', 'w-2'), path);
  writeFileSync(path, `${lines.slice(0, 2).join('\n')}\n`);
  const shortened = await runHere(['audit', 'verify'], { cwd });
  expect([shortened.code, shortened.stdout]).toEqual([
    1,
    expect.stringContaining('2 lines; lines are missing at the end: it had 3'),
  ]);
});

test('it can verify and nothing else', async () => {
  const { code, stderr } = await runHere(['audit', 'delete'], { cwd: tmpdir() });
  expect([code, stderr]).toEqual([2, expect.stringContaining('quality-hub audit can verify')]);
});
