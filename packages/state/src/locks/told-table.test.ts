import { expect, test } from 'vitest';
import { createMemoryDriver } from '../drivers/memory.ts';
import { createMemoryLeases } from '../drivers/memory-leases.ts';
import { createOnce } from '../once/once.ts';
import { Pool } from '../pools/pool.ts';
import { BorrowedPools } from '../pools/pools.ts';
import { createLocks } from './locks.ts';
import { quarantinedMembers, toldTable } from './told-table.ts';

test('locks, members, work and queues are told by the names that people gave them', async () => {
  const [leases, store] = [createMemoryLeases(), createMemoryDriver()];
  const owner = { id: 'a', label: 'test a' };
  const parts = {
    leases,
    store,
    ownStore: store,
    run: 'r 1',
    now: Date.now,
    context: (signal: AbortSignal) => ({ signal }),
  };
  const clock = { now: () => performance.now(), after: () => () => {} };
  const pool = new Pool({
    ...parts,
    name: 'till/a',
    rules: {},
    load: async () => [{ name: 'c 1' }, { name: 'c2' }],
    clock,
  });
  const pools = new BorrowedPools(new Map([['till/a', pool as never]]), { owner });
  const locks = createLocks({ leases, owner });
  await locks.acquire(['billing', 'a/b']);
  await locks.acquire('prices', { mode: 'shared' });
  const first = await pools.lease('till/a');
  await first.lease.quarantine('broken');
  await pools.lease('till/a');
  const stop = new AbortController();
  void createOnce({ leases, store, owner, run: 'r 1', memory: new Map() })('build it', () => new Promise(() => {}));
  const waits = [
    new BorrowedPools(new Map([['till/a', pool as never]]), { owner: { id: 'b' } }).lease('till/a', {
      signal: stop.signal,
    }),
    createLocks({ leases, owner: { id: 'c' } }).acquire('billing', { signal: stop.signal }),
  ].map(wait => wait.catch(() => 'stopped'));
  await expect.poll(async () => toldTable(await leases.table('')).waiters.length).toBe(2);
  await leases.acquire([{ name: 'ledger/r1/w1' }], { owner, ttlMs: 1_000 });
  const told = toldTable(await leases.table(''));
  expect(told.leases.map(({ kind, names, mode }) => [kind, mode, ...names])).toEqual([
    ['lock', 'exclusive', 'a/b', 'billing'],
    ['lock', 'shared', 'prices'],
    ['member', 'exclusive', 'till/a/c 1'],
    ['member', 'exclusive', 'till/a/c2'],
    ['once', 'exclusive', 'once build it'],
  ]);
  expect(told.waiters.map(({ names, owner: { id } }) => [id, ...names]).sort()).toEqual([
    [expect.stringMatching(/^b at till\/a/), 'till/a: any member'],
    ['c', 'billing'],
  ]);
  expect(await quarantinedMembers(store)).toMatchObject([
    { pool: 'till/a', member: 'c 1', reason: 'broken', by: 'test a' },
  ]);
  stop.abort();
  expect(await Promise.all(waits)).toEqual(['stopped', 'stopped']);
});
