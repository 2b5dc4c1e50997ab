import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRuntime } from '@quality-hub/runtime';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkLeftovers } from '../doctor/checks/leftovers.ts';
import { type LeftoverSuite, openLeftoverSuite } from '../testing/leftover-suite.ts';
import { recordRun } from '../testing/record-run.ts';
import { runHere } from '../testing/run-here.ts';

const { QH_REDIS_URL: REDIS } = process.env;

let suite: LeftoverSuite;
let cwd: string;
beforeEach(async () => {
  suite = await openLeftoverSuite();
  ({ cwd } = suite);
});
afterEach(() => suite.close());

test('what is left is listed, then removed; what others have made is not', async () => {
  await suite.create(1);
  await suite.create(2);
  suite.shop.exec('insert into orders values (99)');
  expect(await runHere(['sweep'], { cwd })).toMatchObject({
    code: 0,
    stdout: 'Nothing is left behind.\n2 things belong to workers that live.\n',
  });
  expect(suite.ids()).toEqual([1, 2, 99]);
  await suite.worker.close();
  const dry = await runHere(['sweep', '--dry-run'], { cwd });
  expect(dry.stdout.replace(/ +[\d.]+ m?s$/gm, ' AGE').replace(/age +failed/, 'age failed')).toBe(
    [
      '2 things are left behind.',
      '  record   owner                 age failed  why',
      '  order 1  buys tea (run run-1) AGE',
      '  order 2  buys tea (run run-1) AGE',
      '',
    ].join('\n'),
  );
  expect([dry.code, suite.ids()]).toEqual([0, [1, 2, 99]]);
  expect(await runHere(['sweep'], { cwd })).toEqual({ code: 0, stdout: '2 things are gone.\n', stderr: '' });
  expect(suite.ids()).toEqual([99]);
  expect((await runHere(['sweep'], { cwd })).stdout).toBe('Nothing is left behind.\n');
});

test('what cannot be removed stays, with its reason, and the exit code tells', async () => {
  await suite.create(13);
  await suite.create(1);
  await suite.create(2, 'parcel');
  await suite.worker.close();
  const env = { SHOP_PASSWORD: 'top-secret-1' };
  const { code, stdout } = await runHere(['sweep'], { cwd, env });
  expect(code).toBe(1);
  expect(stdout).toContain('1 thing is gone, 2 stay.');
  expect(stdout).toMatch(/order 13 +buys tea \(run run-1\) +\d.* +1× +refused with \[masked/);
  expect(stdout).toMatch(/parcel 2 +buys tea \(run run-1\).*no factory parcel is loaded/s);
  expect(stdout).not.toContain('top-secret-1');
  expect(suite.ids()).toEqual([2, 13]);
  const json = JSON.parse((await runHere(['sweep', '--dry-run', '--json'], { cwd, env })).stdout);
  expect(json).toMatchObject({
    gone: 0,
    living: 0,
    isBusy: false,
    stays: [
      { kind: 'order', record: { id: 13 }, failures: 1, why: expect.stringContaining('refused') },
      { kind: 'parcel', record: { id: 2 }, failures: 0, owner: { run: 'run-1', label: 'buys tea' } },
    ],
    backlog: { orphans: 2, failed: 1, oldestMs: expect.any(Number), byKind: { order: 1, parcel: 1 }, living: 0 },
  });
});

test('a part of it by run, kind, owner and age', async () => {
  await suite.create(1);
  await suite.create(2);
  await suite.worker.close();
  for (const words of [
    ['--run', 'other'],
    ['--kind', 'parcel'],
    ['--owner', 'sells'],
    ['--older', '2h'],
  ]) {
    expect(await runHere(['sweep', ...words], { cwd })).toMatchObject({ code: 0, stdout: 'Nothing is left behind.\n' });
  }
  expect(suite.ids()).toEqual([1, 2]);
  const all = ['--run', 'run-1', '--kind', 'order', '--owner', 'buys', '--older', '0s', '--timeout', '30'];
  expect(await runHere(['sweep', ...all], { cwd })).toMatchObject({ code: 0, stdout: '2 things are gone.\n' });
  expect(await runHere(['sweep', '--older', 'yesterday'], { cwd })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--older is "yesterday"'),
  });
});

test('factories that cannot be loaded are named, and the others do their work', async () => {
  suite.writeConfig("factories: ['./none.ts', './factories.mjs']");
  await suite.create(1);
  await suite.worker.close();
  const { code, stdout } = await runHere(['sweep'], { cwd });
  expect([code, suite.ids()]).toEqual([1, []]);
  expect(stdout.replace(/\s+/g, ' ')).toContain(`there is no ${join(cwd, 'none.ts')}`);
  const json = await runHere(['sweep', '--json'], { cwd });
  expect(JSON.parse(json.stdout)).toMatchObject({ unloaded: [expect.stringContaining('none.ts')] });
});

test('what was created in another place stays there, and can be taken off the list', async () => {
  const stateFile = join(cwd, '.quality-hub', 'state.db');
  const other = await openRuntime({
    config: { databases: { shop: { kind: 'sqlite', url: join(cwd, 'other.db') } } },
    worker: 'w-2',
    runId: 'run-2',
    stateFile,
  });
  const elsewhere = await other.ledger();
  const owner = { run: 'run-2', worker: 'w-2', namespace: 'n' };
  const entry = await elsewhere.intend({ kind: 'order', version: 1, owner, input: {}, needs: [] });
  await elsewhere.made(entry.id, { id: 1 });
  await other.close();
  await suite.create(2);
  suite.shop.exec('insert into orders values (1)');
  await suite.worker.close();
  const { code, stdout } = await runHere(['sweep'], { cwd });
  expect([code, suite.ids()]).toEqual([1, [1]]);
  expect(stdout.replace(/\s+/g, ' ')).toContain(
    `it was created where shop is ${join(cwd, 'other.db')}, and here it is ${join(cwd, 'shop.db')}`,
  );
  expect((await runHere(['sweep', '--forget', 'elsewhere'], { cwd })).stdout).toBe(
    '1 entry of other addresses is off the list; nothing was removed.\n',
  );
  expect((await runHere(['sweep'], { cwd })).stdout).toBe('Nothing is left behind.\n');
  expect(suite.ids()).toEqual([1]);
});

test('an entry is taken off the list by hand, unless its owner lives', async () => {
  const id = await suite.create(1);
  expect(await runHere(['sweep', '--forget', id], { cwd })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('order 1 belongs to a worker that lives'),
  });
  await suite.worker.close();
  expect((await runHere(['sweep', '--forget', id], { cwd })).stdout).toBe(
    'order 1 is off the list; nothing was removed.\n',
  );
  expect(suite.ids()).toEqual([1]);
  const again = await runHere(['sweep', '--forget', id], { cwd });
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining(`There is no leftover ${id}`) });
});

test('without a folder there is nothing to sweep', async () => {
  rmSync(join(cwd, 'quality-hub.config.ts'));
  const empty = mkdtempSync(join(tmpdir(), 'qh-sweep-none-'));
  const { code, stderr } = await runHere(['sweep'], { cwd: empty });
  expect([code, stderr]).toEqual([1, expect.stringContaining('There is no .quality-hub')]);
  rmSync(empty, { recursive: true });
});

test.skipIf(REDIS === undefined)(
  'a store somewhere else is swept from a fresh checkout (needs QH_REDIS_URL)',
  async () => {
    const prefix = `sweep-command-${process.pid}-${Date.now()}:`;
    const state = { kind: 'redis', url: REDIS as string, prefix } as const;
    suite.writeConfig("factories: ['./factories.mjs']", `state: ${JSON.stringify(state)},`);
    rmSync(join(cwd, '.quality-hub'), { recursive: true });
    const creator = await openRuntime({ config: { state }, worker: 'w-2', runId: 'run-2', stateFile: 'none.db' });
    const ledger = await creator.ledger();
    const owner = { run: 'run-2', worker: 'w-2', namespace: 'n' };
    const entry = await ledger.intend({ kind: 'order', version: 1, owner, input: {}, needs: [] });
    suite.shop.exec('insert into orders values (1)');
    await ledger.made(entry.id, { id: 1 });
    await creator.close();
    expect(await runHere(['sweep'], { cwd })).toEqual({ code: 0, stdout: '1 thing is gone.\n', stderr: '' });
    expect([suite.ids(), existsSync(join(cwd, '.quality-hub'))]).toEqual([[], false]);

    // A store that is not there is no empty one.
    suite.writeConfig('', "state: { kind: 'redis', url: 'redis://127.0.0.1:1' },");
    const { code, stderr } = await runHere(['sweep'], { cwd });
    expect([code, stderr]).toEqual([1, expect.stringContaining('127.0.0.1:1')]);
  },
);

test('the doctor and the report of a run tell of it', async () => {
  recordRun(join(cwd, '.quality-hub'), {
    runId: 'run-1',
    end: 'passed',
    tests: [{ title: 'works', attempts: ['passed'] }],
  });
  expect((await runHere(['show'], { cwd })).stdout).not.toContain('eftovers');
  expect(await checkLeftovers({ dir: cwd, env: {} })).toMatchObject({ name: 'leftovers', status: 'ok' });
  await suite.create(1);
  await suite.worker.close();
  expect((await runHere(['show'], { cwd })).stdout).toMatch(
    /Leftovers: 1 thing is left behind: 1 order; it is \d+ seconds? old\. `quality-hub sweep`\s+removes\s+them/,
  );
  const report = JSON.parse((await runHere(['show', '--json'], { cwd })).stdout);
  expect(report.backlog).toEqual({
    orphans: 1,
    failed: 0,
    oldestMs: expect.any(Number),
    byKind: { order: 1 },
    living: 0,
  });
  expect(await checkLeftovers({ dir: cwd, env: {} })).toMatchObject({
    status: 'warn',
    message: expect.stringMatching(/^1 thing is left behind/),
    remedy: expect.stringContaining('quality-hub sweep'),
  });
  writeFileSync(join(cwd, 'quality-hub.config.ts'), 'export default {');
  expect((await runHere(['show'], { cwd })).stdout).toContain('Leftovers are not known');
  expect(JSON.parse((await runHere(['show', '--json'], { cwd })).stdout)).not.toHaveProperty('backlog');
  expect(await checkLeftovers({ dir: cwd, env: {} })).toMatchObject({
    status: 'warn',
    message: expect.stringContaining('is not known'),
  });
  const empty = mkdtempSync(join(tmpdir(), 'qh-sweep-none-'));
  expect(await checkLeftovers({ dir: empty, env: {} })).toMatchObject({ status: 'ok' });
  rmSync(empty, { recursive: true });
});
