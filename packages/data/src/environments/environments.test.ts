import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CleanupEvidence } from '@quality-hub/protocol';
import { createMemoryDriver } from '@quality-hub/state';
import { openSqliteDriver } from '@quality-hub/state/sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Json, Ledger } from '../ledger/ledger.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { readEntries } from '../ledger/read-entries.ts';
import { sweep } from '../sweep/sweep.ts';
import { folderEnvironment } from '../testing/folder-environment.ts';
import type { EnvironmentDefinition } from './environment.ts';
import { environmentKinds } from './environment-kinds.ts';
import { WorkerEnvironments } from './worker-environments.ts';

const CHILD = fileURLToPath(new URL('../testing/environment-child.ts', import.meta.url));
let root: string;
let folder: string;
let ledger: Ledger;
let seen: CleanupEvidence[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'qh-environments-'));
  folder = join(root, 'tenants');
  mkdirSync(folder);
  ledger = openLedger({ store: createMemoryDriver() });
  seen = [];
});
afterEach(async () => {
  await ledger.close();
  rmSync(root, { recursive: true, force: true });
});

function open(
  definition: Partial<EnvironmentDefinition<Json, { readonly folder: string }>> = {},
  callMs = 10_000,
): WorkerEnvironments<{ readonly folder: string }> {
  return new WorkerEnvironments({
    definitions: { tenant: { ...folderEnvironment, ...definition } },
    context: { folder },
    ledger,
    owner: { run: 'run 1', worker: 'w1', namespace: 'Ürun_1' },
    observe: evidence => seen.push(evidence),
    callMs,
  });
}

const pathOf = (handle: Json): string => (handle as { readonly path: string }).path;
const left = (): Promise<readonly unknown[]> => readEntries(ledger);

test('each worker has one, made and migrated with the first use, reset after a test, gone at the end', async () => {
  const environments = open();
  const other = open();
  const [mine, again, theirs] = await Promise.all([
    environments.use('tenant'),
    environments.use('tenant'),
    other.use('tenant'),
  ]);
  expect(mine).toBe(again);
  expect(pathOf(mine)).not.toBe(pathOf(theirs));
  expect(readdirSync(folder)).toEqual([
    expect.stringMatching(/^run-1-[0-9a-f]{8}$/),
    expect.stringMatching(/^run-1-[0-9a-f]{8}$/),
  ]);
  writeFileSync(join(pathOf(mine), 'of the test.txt'), 'x');
  expect(await environments.afterTest()).toEqual([]);
  expect(readdirSync(pathOf(mine))).toEqual(['first.txt']);
  writeFileSync(join(pathOf(mine), 'kept.txt'), 'nobody has used it');
  expect(await environments.afterTest()).toEqual([]);
  expect(readdirSync(pathOf(mine))).toEqual(['first.txt', 'kept.txt']);
  await environments.close();
  await other.close();
  expect([readdirSync(folder), await left()]).toEqual([[], []]);
  expect(seen).toMatchObject([{ outcome: 'gone' }, { outcome: 'gone' }]);
});

test('one that cannot be reset is removed, and the next test gets another', async () => {
  const environments = open({
    reset: async () => {
      throw new Error('it is locked');
    },
  });
  const first = pathOf(await environments.use('tenant'));
  expect(await environments.afterTest()).toEqual([
    'The environment "tenant" failed to reset: it is locked. What was begun is removed; the next test that asks for it tries again; the next test gets another',
  ]);
  const second = pathOf(await environments.use('tenant'));
  expect(second).not.toBe(first);
  expect(readdirSync(folder)).toHaveLength(1);
  await environments.close();
});

test('what is made half is removed, and tried again by the next who asks', async () => {
  let fails = true;
  const environments = open({
    migrate: async () => {
      if (fails) throw new Error('no such table');
    },
  });
  await expect(environments.use('tenant')).rejects.toMatchObject({
    code: 'QH_DATA_ENVIRONMENT',
    message: 'The environment "tenant" failed to migrate: no such table',
  });
  expect([readdirSync(folder), await left()]).toEqual([[], []]);
  fails = false;
  await environments.use('tenant');
  expect(readdirSync(folder)).toHaveLength(1);
  await environments.close();
});

test('a call that hangs ends, and what it may have made is removed by its name', async () => {
  const removed: (Json | undefined)[] = [];
  const environments = open(
    {
      create: () => new Promise(() => {}),
      remove: async (_name, handle) => {
        removed.push(handle);
      },
    },
    20,
  );
  await expect(environments.use('tenant')).rejects.toThrow('failed to create: no answer within 0.02 s');
  expect([removed, await left()]).toEqual([[undefined], []]);
});

test('a name that there is none of is told with the one that was meant', async () => {
  await expect(open().use('tenan')).rejects.toMatchObject({
    code: 'QH_DATA_ENVIRONMENT',
    message: 'There is no environment "tenan": did you mean "tenant"?',
  });
});

test('that of a killed worker is removed by the next sweep', async () => {
  const path = join(root, 'state.db');
  const child = spawn(process.execPath, [CHILD, path, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const [name = ''] = readdirSync(folder);
  expect(readFileSync(join(folder, name, 'first.txt'), 'utf8')).toBe('first');
  const store = await openSqliteDriver({ path });
  const kinds = environmentKinds({ tenant: folderEnvironment as never });
  const open = async () => ({ folder }) as never;
  const options = { ledger: openLedger({ store }), store, kinds, context: open };
  expect(await sweep(options)).toMatchObject({ living: 1, orphans: [] });
  expect(readdirSync(folder)).toHaveLength(1);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await sweep(options)).toMatchObject({ living: 0, results: [{ outcome: 'gone' }] });
  expect(readdirSync(folder)).toEqual([]);
  await options.ledger.close();
  await store.close();
});
