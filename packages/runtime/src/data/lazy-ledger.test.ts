import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEntries } from '@quality-hub/data';
import { expect, test } from 'vitest';
import { openRuntime, type RuntimeOptions } from '../open-runtime.ts';
import { scratchFolder } from '../testing/open-workers.ts';

const order = { kind: 'order', version: 1, input: {}, needs: [] };

function optionsIn(folder: string, more: Partial<RuntimeOptions> = {}): RuntimeOptions {
  return {
    config: {},
    configPath: join(folder, 'quality-hub.config.ts'),
    worker: 'w-1',
    runId: 'r',
    stateFile: join(folder, 'state.db'),
    ...more,
  };
}

test('what a run has created is an orphan for the next one when its worker has ended', async () => {
  const folder = scratchFolder();
  const first = await openRuntime(optionsIn(folder));
  const ledger = await first.ledger();
  expect(await first.ledger()).toBe(ledger);
  const owner = { run: 'r', worker: 'w-1', namespace: 'n' };
  await ledger.intend({ ...order, owner });
  const second = await openRuntime(optionsIn(folder, { runId: 'next', worker: 'w-2' }));
  const seen = await second.ledger();
  expect(await readEntries(seen)).toMatchObject([{ kind: 'order', owner: { run: 'r' } }]);
  expect((await seen.living()).has(owner)).toBe(true);
  await first.close();
  expect((await seen.living()).has(owner)).toBe(false);
  expect(() => first.ledger()).toThrow(expect.objectContaining({ code: 'QH_RUNTIME_CLOSED' }));
  await second.close();
});

test('a store that survives less than is wanted is refused', async () => {
  const folder = scratchFolder();
  const machine = await openRuntime(optionsIn(folder, { config: { data: { durability: 'machine' } } }));
  await expect(machine.ledger()).rejects.toMatchObject({
    code: 'QH_UNSUPPORTED',
    message:
      'The ledger has to survive the loss of its machine, and the store of this run survives the death of its process',
  });
  await machine.close();
  const memory = await openRuntime(optionsIn(folder, { config: { state: { kind: 'memory' } } }));
  expect((await memory.ledger()).durability).toBe('none');
  await memory.close();
});

test('a store that cannot be opened creates nothing, unless that is wanted', async () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'state.db'), 'no database at all, but long enough to be looked at '.repeat(100));
  const runtime = await openRuntime(optionsIn(folder));
  await expect(runtime.ledger()).rejects.toMatchObject({
    code: 'QH_UNSUPPORTED',
    message: expect.stringMatching(/^Nothing is created.*state\.db is damaged or no database/),
    hint: expect.stringContaining("durability: 'none'"),
  });
  await runtime.close();
  const careless = await openRuntime(optionsIn(folder, { config: { data: { durability: 'none' } } }));
  expect((await careless.ledger()).durability).toBe('none');
  await careless.close();
});

test('factories of the configuration are loaded from its folder', async () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'factories.mjs'), 'globalThis.factoriesOfRuntime = true;');
  const factories = ['./factories.mjs', './none.mjs'];
  const runtime = await openRuntime(optionsIn(folder, { config: { data: { factories } } }));
  expect(await runtime.loadFactories()).toMatchObject({ problems: [`there is no ${join(folder, 'none.mjs')}`] });
  expect(globalThis).toMatchObject({ factoriesOfRuntime: true });
  await runtime.close();
  const without = await openRuntime(optionsIn(folder));
  expect(await without.loadFactories()).toBeUndefined();
  await without.close();
});
