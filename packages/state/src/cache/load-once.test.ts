import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LeaseDriver } from '@quality-hub/protocol';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openSqliteState } from '../drivers/sqlite.ts';
import { createMemoryDriver, createMemoryLeases } from '../index.ts';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { type CacheTrouble, openCache } from './index.ts';

const CHILD = new URL('../testing/load-once-child.ts', import.meta.url).href;

/** Processes that ask at the same time, each for itself; what each of them was given, and how often a load was begun. */
async function inProcesses(count: number, { askers, loadMs, key }: { askers: number; loadMs: number; key: string }) {
  const folder = scratchFolder();
  const path = join(folder, 'state.db');
  const log = join(folder, 'loads');
  appendFileSync(log, '');
  const work = { path, log, askers, loadMs, key, startAt: Date.now() + 1_500 };
  const program = `await (await import(${JSON.stringify(CHILD)})).askAtOnce(${JSON.stringify(work)});`;
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] }),
  );
  const said = await Promise.all(
    children.map(async child => {
      let text = '';
      child.stdout.on('data', part => (text += part));
      await once(child, 'close');
      return text;
    }),
  );
  return { said, loads: readFileSync(log, 'utf8').split('\n').filter(Boolean) };
}

test('a thousand who ask in eight processes wait for one load', async () => {
  const { said, loads } = await inProcesses(8, { askers: 125, loadMs: 300, key: 'rows' });
  expect(loads).toHaveLength(1);
  expect(said).toEqual(Array.from({ length: 8 }, () => 'rows of the one load x125'));
});

test('the death of the one that loads costs a wait, and another one loads', async () => {
  const folder = scratchFolder();
  const path = join(folder, 'state.db');
  const program = `await (await import(${JSON.stringify(CHILD)})).holdForEver(${JSON.stringify(path)}, 'rows');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');
  // Its lease is past its end by the clock of those who come later.
  const later = Date.now() + 20_000;
  const { store, leases } = await openSqliteState({ path, now: () => later });
  onTestFinished(async () => {
    await store.close();
    await leases.close();
  });
  const cache = await openCache({ shared: { store, leases }, now: () => later });
  expect(await cache.getOrLoad('rows', () => 'loaded by another')).toBe('loaded by another');
});

test('where a load fails, the next one in the queue tries', async () => {
  const store = createMemoryDriver();
  const leases = createMemoryLeases();
  const open = () => openCache({ shared: { store, leases } });
  const [first, second] = [await open(), await open()];
  let calls = 0;
  const load = async () => {
    await new Promise(resolve => setTimeout(resolve, 20));
    if (++calls === 1) throw new Error('once');
    return 'second time';
  };
  const both = await Promise.allSettled([first.getOrLoad('a', load), second.getOrLoad('a', load)]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(calls).toBe(2);
  expect((await leases.table('')).leases).toEqual([]);
});

test('a load keeps its lease as long as it lasts', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  onTestFinished(() => void vi.useRealTimers());
  let now = 1_000_000;
  const leases = createMemoryLeases({ now: () => now });
  const cache = await openCache({ shared: { store: createMemoryDriver(), leases } });
  const held = async () => (await leases.table('')).leases.flatMap(({ claims }) => claims.map(({ name }) => name));
  const during = await cache.getOrLoad('a', async () => {
    for (let time = 0; time < 60; time++) {
      now += 1_000;
      await vi.advanceTimersByTimeAsync(1_000);
    }
    return held();
  });
  expect(during).toEqual(['cache/e///a']);
  expect(await held()).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test('loads that wait for each other load by themselves', async () => {
  const store = createMemoryDriver();
  const leases = createMemoryLeases();
  const open = (id: string) => openCache({ owner: { id }, shared: { store, leases } });
  const [first, second] = [await open('first'), await open('second')];
  let arrived = 0;
  const both = async () => {
    arrived++;
    while (arrived < 2) await new Promise(resolve => setTimeout(resolve, 1));
  };
  const ab = first.getOrLoad('a', async () => {
    await both();
    return `a${await first.getOrLoad('b', () => 'b')}`;
  });
  const ba = second.getOrLoad('b', async () => {
    await both();
    return `b${await second.getOrLoad('a', () => 'a')}`;
  });
  const [one, two] = await Promise.all([ab, ba]);
  expect(one.startsWith('a') && two.startsWith('b')).toBe(true);
});

test('leases that do not work cost a load, and are told once', async () => {
  const told: CacheTrouble[] = [];
  const leases: LeaseDriver = {
    ...createMemoryLeases(),
    acquire: () => Promise.reject(new Error('the connection is gone')),
  };
  const cache = await openCache({
    shared: { store: createMemoryDriver(), leases },
    onTrouble: trouble => told.push(trouble),
  });
  expect([await cache.getOrLoad('a', () => 1), await cache.getOrLoad('b', () => 2)]).toEqual([1, 2]);
  expect(told).toEqual([
    { tier: 'shared', doing: 'wait for the load of another process', message: 'the connection is gone' },
  ]);
  await expect(cache.getOrLoad('c', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
});
