import type { LeaseDriver, LeaseEvidence } from '@quality-hub/protocol';
import { FakeClock } from '@quality-hub/testkit';
import { beforeEach, expect, test } from 'vitest';
import { createMemoryDriver } from '../drivers/memory.ts';
import { createMemoryLeases } from '../drivers/memory-leases.ts';
import { Fence } from './fence.ts';
import { LockHistory } from './history.ts';
import { createLocks, type LocksOptions } from './locks.ts';

let clock: FakeClock;
let leases: LeaseDriver;
let seen: LeaseEvidence[];

beforeEach(() => {
  clock = new FakeClock();
  leases = createMemoryLeases({ now: clock.now });
  seen = [];
});

const locksOf = (id: string, more: Partial<LocksOptions> = {}) =>
  createLocks({
    leases,
    clock,
    owner: { id, label: `test ${id}`, test: `t-${id}` },
    observe: one => seen.push(one),
    ...more,
  });

/** Lets what was promised happen. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
};

test('a lock is given to one after the other, in the order in which they came', async () => {
  const order: string[] = [];
  const first = await locksOf('a').acquire('billing');
  const waits = ['b', 'c', 'd'].map(async id => {
    const lease = await locksOf(id).acquire('billing');
    order.push(id);
    await lease.release();
  });
  await settle();
  expect(order).toEqual([]);
  await first.release();
  await Promise.all(waits);
  expect(order).toEqual(['b', 'c', 'd']);
  expect(clock.now()).toBe(new FakeClock().now());
  expect(seen[0]).toEqual({ kind: 'lease', resource: 'billing', outcome: 'granted', waitedMs: 0 });
  expect(seen[1]).toMatchObject({ outcome: 'granted', holder: 'test a', other: 't-a' });
});

test('several names are had together or not at all, and in one order', async () => {
  const held = await locksOf('a').acquire(['stock', 'billing', 'stock']);
  expect(held.names).toEqual(['billing', 'stock']);
  expect(await locksOf('b').tryAcquire(['stock', 'tax'])).toBeUndefined();
  expect(await locksOf('b').tryAcquire('tax')).toBeDefined();
  await held.release();
});

test('shared ones are held together, and never beside an exclusive one', async () => {
  const one = await locksOf('a').acquire('prices', { mode: 'shared' });
  const two = await locksOf('b').acquire({ name: 'prices', mode: 'shared' });
  expect(await locksOf('c').tryAcquire('prices')).toBeUndefined();
  await Promise.all([one.release(), two.release()]);
  expect(await locksOf('c').tryAcquire('prices')).toBeDefined();
});

test('a semaphore has so many holders', async () => {
  const locks = locksOf('a');
  const held = [await locks.acquire('gateway', { permits: 2 }), await locks.acquire('gateway', { permits: 2 })];
  expect(await locksOf('b').tryAcquire('gateway', { permits: 2 })).toBeUndefined();
  await held[0]?.release();
  expect(await locksOf('b').tryAcquire('gateway', { permits: 2 })).toBeDefined();
});

test('who waited in vain is told who holds it, since when, and who waits as well', async () => {
  await locksOf('a').acquire('billing', { ttlMs: 600_000 });
  clock.advance(4_000);
  const other = locksOf('b')
    .acquire('billing', { ttlMs: 600_000 })
    .catch(() => {});
  const wait = locksOf('c', { remainingMs: () => 2_000 }).acquire('billing', { ttlMs: 600_000 });
  const failed = expect(wait).rejects.toMatchObject({
    code: 'QH_LOCK_TIMEOUT',
    names: ['billing'],
    waitedMs: 2_000,
    holders: [{ owner: { id: 'a' }, forMs: expect.any(Number) }],
    waiters: [{ owner: { id: 'b' } }],
    message: expect.stringMatching(
      /^The lock "billing" was not free within 2 s, held by test a for .*; test b waits for /,
    ),
  });
  await settle();
  clock.advance(2_000);
  await failed;
  expect((await leases.table('')).waiters.map(({ owner }) => owner.id)).toEqual(['b']);
  expect(seen.at(-1)).toMatchObject({ outcome: 'timeout', waitedMs: 2_000, holder: 'test a', other: 't-a' });
  void other;
});

test('a signal ends the wait at once and gives the turn to the next', async () => {
  const held = await locksOf('a').acquire('billing');
  const stop = new AbortController();
  const wait = locksOf('b').acquire('billing', { signal: stop.signal });
  await settle();
  const next = locksOf('c').acquire('billing');
  await settle();
  stop.abort(new Error('no longer'));
  await expect(wait).rejects.toThrow('no longer');
  await held.release();
  expect((await next).isHeld).toBe(true);
  await expect(locksOf('d').acquire('x', { signal: stop.signal })).rejects.toThrow('no longer');
});

test('owners who wait for each other are told, and one who asks for what he has', async () => {
  const [a, b] = [locksOf('a'), locksOf('b')];
  await a.acquire('stock');
  const second = await b.acquire('billing');
  const wait = a.acquire('billing');
  await settle();
  await expect(b.acquire('stock')).rejects.toMatchObject({
    code: 'QH_LOCK_DEADLOCK',
    message: 'The lock "stock" can never become free: test b waits for test a waits for the first again',
    circle: [{ id: 'b' }, { id: 'a' }],
  });
  await second.release();
  await wait;
  expect(seen.at(-1)).not.toHaveProperty('hadItself');
  await expect(a.acquire('stock')).rejects.toThrow('who asks holds it already');
  expect(seen.at(-1)).toMatchObject({ outcome: 'timeout', hadItself: true });
});

test('a lease is renewed while its holder lives, and is free when he is gone', async () => {
  const held = await locksOf('a').acquire('billing', { ttlMs: 900 });
  for (let step = 0; step < 20; step++) {
    clock.advance(300);
    await settle();
  }
  expect([held.isHeld, held.signal.aborted]).toEqual([true, false]);
  expect(await locksOf('b').tryAcquire('billing')).toBeUndefined();
  await held.release();
  expect(held.isHeld).toBe(false);
  clock.advance(10_000);
  expect(held.signal.aborted).toBe(false);
});

test('a process that stood still knows that its lease is lost before any timer has run', async () => {
  const fence = new Fence();
  let standsStill = false;
  const now = (): number => clock.now() + (standsStill ? 60_000 : 0);
  const held = await locksOf('a', { fence, clock: { now, after: clock.after } }).acquire(['billing', 'a b'], {
    ttlMs: 900,
  });
  fence.check();
  expect(fence.headers).toEqual({ 'x-qh-fencing-token': `a%20b=${held.token}, billing=${held.token}` });
  standsStill = true;
  expect(() => fence.check()).toThrow(expect.objectContaining({ code: 'QH_LOCK_LOST' }));
  expect(held.isHeld).toBe(false);
  expect(held.signal.reason).toMatchObject({ code: 'QH_LOCK_LOST', names: ['a b', 'billing'] });
  expect(seen.at(-1)).toMatchObject({
    outcome: 'lost',
    detail: 'its time ran out before it could be renewed: this process stood still',
  });
  await held.release();
  fence.check();
  expect(fence.headers).toBeUndefined();
});

test('it is lost to its holder before the store gives it to another, also when the store is silent', async () => {
  const silent: LeaseDriver = { ...leases, renew: () => new Promise(() => {}) };
  const held = await locksOf('a', { leases: silent }).acquire('billing', { ttlMs: 1_000 });
  clock.advance(899);
  await settle();
  expect(held.isHeld).toBe(true);
  clock.advance(1);
  expect(held.signal.aborted).toBe(true);
  expect(await locksOf('b').tryAcquire('billing')).toBeUndefined();
  clock.advance(100);
  expect(await locksOf('b').tryAcquire('billing')).toBeDefined();
});

test('a store that is away for a moment costs nothing, and one that stays away costs the lease', async () => {
  let isAway = true;
  const flaky: LeaseDriver = {
    ...leases,
    renew: (lease, ttlMs) => (isAway ? Promise.reject(new Error('away')) : leases.renew(lease, ttlMs)),
  };
  const held = await locksOf('a', { leases: flaky }).acquire('billing', { ttlMs: 900 });
  clock.advance(300);
  await settle();
  isAway = false;
  clock.advance(100);
  await settle();
  clock.advance(800);
  await settle();
  expect(held.isHeld).toBe(true);
  isAway = true;
  clock.advance(900);
  await settle();
  expect(held.isHeld).toBe(false);
});

test('a lease that somebody broke is lost at the next renewal, and its work is stopped', async () => {
  const locks = locksOf('a');
  const work = locks.with('billing', () => new Promise(() => {}), { ttlMs: 900 });
  const failed = expect(work).rejects.toMatchObject({
    code: 'QH_LOCK_LOST',
    message: expect.stringContaining('broke it'),
  });
  await settle();
  const [lease] = (await leases.table('lock/')).leases;
  await leases.release({ id: lease?.id ?? '' });
  clock.advance(300);
  await failed;
  expect(locks.held).toEqual([]);
});

test('work under a lock gives its result, and the lock back, also when it fails', async () => {
  const locks = locksOf('a');
  expect(await locks.with('billing', lease => lease.token)).toBeGreaterThan(0);
  await expect(locks.with('billing', () => Promise.reject(new Error('work')))).rejects.toThrow('work');
  expect((await leases.table('')).leases).toEqual([]);
});

test('what is held is given back at the end, and what is granted later is given back at once', async () => {
  const other = await locksOf('b').acquire('late');
  const locks = locksOf('a');
  await locks.acquire('billing');
  const late = locks.acquire('late');
  await settle();
  await locks.close();
  expect((await leases.table('lock/billing')).leases).toEqual([]);
  await other.release();
  await expect(late).rejects.toMatchObject({ code: 'QH_LOCK_TIMEOUT' });
  expect((await leases.table('')).leases).toEqual([]);
});

test('a store that is away while somebody waits costs them no turn', async () => {
  const held = await locksOf('a').acquire('billing');
  let asks = 0;
  const busy = Object.assign(new Error('busy'), { code: 'QH_STATE_BUSY' });
  Object.defineProperty(busy, '@quality-hub/error', { value: true });
  const flaky: LeaseDriver = {
    ...leases,
    acquire: (...given) => (++asks === 2 ? Promise.reject(busy) : leases.acquire(...given)),
  };
  const wait = locksOf('b', { leases: flaky }).acquire('billing');
  await settle();
  clock.advance(100);
  await settle();
  await held.release();
  expect((await wait).isHeld).toBe(true);
});

test('what became of locks is kept, a bounded list', async () => {
  const history = new LockHistory(createMemoryDriver(), clock.now);
  const locks = locksOf('a', { history });
  for (let turn = 0; turn < 300; turn++) await (await locks.acquire('billing')).release();
  await locks.acquire('stock');
  await expect(locks.acquire('stock')).rejects.toThrow();
  await history.written();
  const told = await history.read();
  expect(told.length).toBe(200);
  expect(told.at(-1)).toMatchObject({
    event: expect.stringMatching(/granted|deadlock/),
    names: ['stock'],
    owner: { id: 'a' },
  });
  expect(told.find(({ event }) => event === 'released')).toMatchObject({ names: ['billing'], waitedMs: 0, heldMs: 0 });
});

test('wrong names and options are told, everything at once', async () => {
  await expect(
    locksOf('a').acquire([{ name: '', mode: 'own' as never, permits: 0 }, 'x'.repeat(201)]),
  ).rejects.toMatchObject({
    code: 'QH_OPTION',
    problems: [
      'name is "", expected 1 to 200 characters',
      `mode is "own", expected 'exclusive' or 'shared'`,
      'permits is 0, expected 1, 2, …',
      expect.stringContaining('expected 1 to 200 characters'),
    ],
  });
  await expect(locksOf('a').acquire([])).rejects.toThrow('no name is given');
  await expect(locksOf('a').acquire({ name: 'a', permit: 2 } as never)).rejects.toThrow('there is no option permit');
  await expect(locksOf('a').acquire([{ name: 'a', permits: 2 }, 'a'])).rejects.toThrow('a has 2 and 1 permits');
});
