import { createMemoryDriver } from '@quality-hub/state';
import { FakeClock } from '@quality-hub/testkit';
import { expect, test } from 'vitest';
import { createOwners } from './owners.ts';
import { isAlive, ownProcess } from './process-life.ts';

const owner = { run: 'r/1', worker: 'w' };

/** As another machine wrote it. */
const ELSEWHERE = JSON.stringify({ machine: 'elsewhere', pid: 1 });

test('an owner of another machine lives as long as it says so', async () => {
  const clock = new FakeClock(0);
  const store = createMemoryDriver({ now: clock.now });
  const there = createOwners({ store, clock, lifeMs: 30_000 });
  await there.enter(owner);
  await store.set('ledger/mark/r%2F1/w', ELSEWHERE);
  const here = createOwners({ store, clock });
  for (let minute = 0; minute < 10; minute++) {
    clock.advance(60_000);
    await new Promise(setImmediate);
    expect((await here.living()).has(owner)).toBe(true);
  }
  expect((await here.living()).has({ run: 'r', worker: '1/w' })).toBe(false);
  await there.close();
  expect((await here.living()).has(owner)).toBe(false);
  expect(clock.pending).toBe(0);
});

test('an owner that says nothing any more is dead after its time', async () => {
  const clock = new FakeClock(0);
  const store = createMemoryDriver({ now: clock.now });
  await store.set('ledger/beat/r%2F1/w', '1', { ttlMs: 60_000 });
  await store.set('ledger/mark/r%2F1/w', ELSEWHERE);
  const here = createOwners({ store, clock });
  expect((await here.living()).has(owner)).toBe(true);
  clock.advance(60_001);
  expect((await here.living()).has(owner)).toBe(false);
  await store.set('ledger/beat/r%2F1/w', '1');
  await store.set('ledger/mark/r%2F1/w', 'broken');
  expect((await here.living()).has(owner)).toBe(true);
  await here.forget(owner);
  expect(await store.list('ledger/')).toEqual([]);
});

test('a store that fails while an owner enters is asked again by the next one', async () => {
  const store = createMemoryDriver();
  const owners = createOwners({ store });
  await expect(owners.enter({ run: 'r'.repeat(600), worker: 'w' })).rejects.toMatchObject({ code: 'QH_OPTION' });
  await owners.enter(owner);
  await Promise.all([owners.enter(owner), owners.enter(owner)]);
  expect(await store.list('ledger/beat/')).toHaveLength(1);
  await owners.close();
});

test('a number that is used again is another process', () => {
  const own = ownProcess();
  expect(isAlive(own)).toBe(true);
  expect(isAlive({ ...own, machine: 'elsewhere' })).toBeUndefined();
  expect(isAlive({ ...own, pid: 2 ** 30 })).toBe(false);
  expect(isAlive({ machine: own.machine, pid: own.pid })).toBe(true);
  if (process.platform === 'linux') expect(isAlive({ ...own, startedAt: '1' })).toBe(false);
});
