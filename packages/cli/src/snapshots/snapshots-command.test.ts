import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { customPart, openSnapshots } from '@quality-hub/data';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runHere } from '../testing/run-here.ts';

let cwd: string;
let value = 1;
const settings = customPart({ save: async () => value, load: async () => undefined });

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'qh-cli-snapshots-'));
  mkdirSync(join(cwd, '.quality-hub'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

async function save(name: string, at: string): Promise<void> {
  const folder = join(cwd, '.quality-hub', 'snapshots');
  await openSnapshots({ folder, parts: { settings }, now: () => Date.parse(at) }).save(name);
}

test('snapshots are listed, compared and removed', async () => {
  expect((await runHere(['snapshots'], { cwd })).stdout).toBe('There are no snapshots.\n');
  await save('clean shop', '2026-02-01T10:00:00Z');
  value = 2;
  await save('used', '2026-02-02T10:00:00Z');
  expect(await runHere(['snapshots', 'list'], { cwd })).toEqual({
    code: 0,
    stdout: [
      'used        2026-02-02T10:00:00Z  version 1      0.0 MB  settings',
      'clean shop  2026-02-01T10:00:00Z  version 1      0.0 MB  settings',
      '',
    ].join('\n'),
    stderr: '',
  });
  const json = JSON.parse((await runHere(['snapshots', '--json'], { cwd })).stdout);
  expect(json.snapshots).toMatchObject([{ name: 'used', sizeBytes: 1 }, { name: 'clean shop' }]);
  expect((await runHere(['snapshots', 'diff', 'clean shop', 'used'], { cwd })).stdout).toBe(
    'settings value: changed\n',
  );
  const { stdout } = await runHere(['snapshots', 'diff', 'used', 'used', '--json'], { cwd });
  expect(JSON.parse(stdout)).toEqual({ differences: [] });
  expect((await runHere(['snapshots', 'remove', 'used'], { cwd })).stdout).toBe('1 saving of "used" removed.\n');
  expect((await runHere(['snapshots'], { cwd })).stdout).toMatch(/^clean shop/);
});

test('what there is none of, and what it cannot do, is told with what was meant', async () => {
  await save('clean shop', '2026-02-01T10:00:00Z');
  expect(await runHere(['snapshots', 'remove', 'clean shp'], { cwd })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('There is no snapshot "clean shp": did you mean "clean shop"?'),
  });
  expect(await runHere(['snapshots', 'dif'], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('did you mean "diff"?'),
  });
  expect(await runHere(['snapshots', 'diff', 'one'], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('takes 2 names, not 1'),
  });
});
