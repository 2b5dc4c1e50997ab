/** A pool whose process stands still, or whose store is away, in the middle of what it does. */
import type { KeyValueDriver, LeaseDriver } from '@quality-hub/protocol';
import { FakeClock } from '@quality-hub/testkit';
import { beforeEach, expect, test } from 'vitest';
import { createMemoryDriver } from '../drivers/memory.ts';
import { createMemoryLeases } from '../drivers/memory-leases.ts';
import { StateError } from '../errors.ts';
import { Pool } from './pool.ts';
import { PoolNotes } from './pool-notes.ts';
import type { PoolRules } from './pool-options.ts';
import { BorrowedPools } from './pools.ts';

const TTL_MS = 3_000;

let clock: FakeClock;
let leases: LeaseDriver;
let store: KeyValueDriver;

beforeEach(() => {
  clock = new FakeClock();
  leases = createMemoryLeases({ now: clock.now });
  store = createMemoryDriver({ now: clock.now });
});

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 30; turn++) await new Promise(setImmediate);
};
/** All timers are late, as in a process that was stopped: no renewal is answered in time. */
const standStill = (): void => clock.advance(TTL_MS * 2);
const notes = (): PoolNotes => new PoolNotes(store, 'p', clock.now);
const away = (): StateError => new StateError('QH_STATE_UNREACHABLE', 'the store is away', 'wait');

/** One worker, with a view of its own of the drivers. */
function worker(
  id: string,
  rules: PoolRules,
  over: { readonly leases?: Partial<LeaseDriver>; readonly store?: Partial<KeyValueDriver> } = {},
): BorrowedPools {
  const pool = new Pool({
    name: 'p',
    rules: { ttlMs: TTL_MS, ...rules },
    load: async () => [{ name: 'm1' }, { name: 'm2' }],
    context: signal => ({ signal }),
    leases: { ...leases, ...over.leases },
    store: { ...store, ...over.store },
    ownStore: store,
    run: 'r',
    clock,
    now: clock.now,
  });
  return new BorrowedPools(new Map([['p', pool as never]]), { owner: { id } });
}

test('a member that was kept back while somebody reached for it is not lent', async () => {
  let reached = 0;
  const acquire: LeaseDriver['acquire'] = async (claims, options) => {
    const isMember = claims[0]?.name.endsWith('member/m1') === true;
    if (isMember && ++reached === 1) await notes().quarantine('m1', 'odd', 'another', 60_000);
    return leases.acquire(claims, options);
  };
  const { lease } = await worker('a', {}, { leases: { acquire } }).lease('p');
  expect([reached, lease.member]).toEqual([1, 'm2']);
  expect((await leases.table('pool/p/member/')).leases).toHaveLength(1);
});

test('a member that was had and left dirty while somebody reached for it is reset before it is lent', async () => {
  const reset: string[] = [];
  const acquire: LeaseDriver['acquire'] = async (claims, options) => {
    if (claims[0]?.name.endsWith('member/m1')) await notes().lent('m1', 1, true);
    return leases.acquire(claims, options);
  };
  await worker('a', { reset: ({ name }) => reset.push(String(name)) }, { leases: { acquire } }).lease('p');
  expect(reset).toEqual(['m1']);
});

test('who stood still while its member was made ready waits for one again', async () => {
  let checks = 0;
  const check = (): boolean => {
    if (++checks === 1) standStill();
    return true;
  };
  const { lease } = await worker('a', { check }).lease('p');
  expect([lease.isHeld, checks]).toEqual([true, 2]);
  expect((await notes().read()).bad.size).toBe(0);
});

test('who stood still while it put its member back says nothing against it; the next one resets it', async () => {
  const reset: string[] = [];
  const a = await worker('a', {
    reset: async () => {
      standStill();
      await settle();
    },
  }).lease('p', { member: 'm1' });
  await a.lease.release();
  expect((await notes().read()).bad.size).toBe(0);
  await worker('b', { reset: ({ name }) => reset.push(String(name)) }).lease('p', { member: 'm1' });
  expect(reset).toEqual(['m1']);
});

test('who is late with its word that a member is as it was does not speak for the one who has it now', async () => {
  const reset = (): void => {};
  const get: KeyValueDriver['get'] = async key => {
    const found = await store.get(key);
    if (!key.includes('/dirty/')) return found;
    standStill();
    await worker('b', { reset }).lease('p', { member: 'm1' });
    return found;
  };
  const a = await worker('a', { reset }, { store: { get } }).lease('p', { member: 'm1' });
  await a.lease.release();
  expect([...(await notes().read()).dirty]).toEqual(['m1']);
});

test('a store that is away when a member comes back costs one more reset, and not the member', async () => {
  const get: KeyValueDriver['get'] = key => (key.includes('/dirty/') ? Promise.reject(away()) : store.get(key));
  const a = await worker('a', { reset: () => {} }, { store: { get } }).lease('p', { member: 'm1' });
  await a.lease.release();
  const { bad, dirty } = await notes().read();
  expect([bad.size, [...dirty]]).toEqual([0, ['m1']]);
  expect((await leases.table('')).leases).toEqual([]);
});

test('a store that is away when a member was had does not keep the member from everybody', async () => {
  let isAway = false;
  const list: KeyValueDriver['list'] = prefix => (isAway ? Promise.reject(away()) : store.list(prefix));
  const acquire: LeaseDriver['acquire'] = async (claims, options) => {
    isAway = claims[0]?.name.includes('/member/') === true;
    return leases.acquire(claims, options);
  };
  const wait = worker('a', {}, { leases: { acquire }, store: { list } }).lease('p');
  await expect(wait).rejects.toMatchObject({ code: 'QH_STATE_UNREACHABLE' });
  expect((await leases.table('')).leases).toEqual([]);
});

test('a store that is away when somebody leaves the queue with a member does not take it from them', async () => {
  let failures = 0;
  const release: LeaseDriver['release'] = lease => {
    if (++failures === 1) return Promise.reject(away());
    return leases.release(lease);
  };
  const { lease } = await worker('a', {}, { leases: { release } }).lease('p');
  expect([failures, lease.isHeld]).toEqual([1, true]);
});

test('the queue stands still for the lifetime of a lease, and no longer, when its head is killed', async () => {
  const killed = worker('a', {});
  await killed.lease('p');
  await killed.lease('p');
  void killed.lease('p').catch(() => {});
  await settle();
  const [head] = (await leases.table('pool/p/door/')).leases;
  expect(head && head.expiresAt - head.grantedAt).toBe(TTL_MS);
});

test('who has lost its place at the head of the queue by its own clock alone waits again', async () => {
  const holder = worker('a', {});
  const [one] = [await holder.lease('p'), await holder.lease('p')];
  const waiting = worker('b', {}).lease('p');
  await settle();
  // Its renewal was written, but it has not heard of it: so the store still has its place, in its own name.
  clock.advance(TTL_MS * 0.95);
  await settle();
  await one.lease.release();
  for (let step = 0; step < 20; step++) {
    clock.advance(500);
    await settle();
  }
  expect((await waiting).lease.isHeld).toBe(true);
});

test('who could not give its place back, and then lost its member, waits again', async () => {
  let [failures, checks] = [0, 0];
  const release: LeaseDriver['release'] = lease => (++failures === 1 ? Promise.reject(away()) : leases.release(lease));
  const check = (): boolean => {
    if (++checks === 1) clock.advance(TTL_MS * 0.95);
    return true;
  };
  const waiting = worker('a', { check }, { leases: { release } }).lease('p');
  for (let step = 0; step < 20; step++) {
    await settle();
    clock.advance(100);
  }
  expect([(await waiting).lease.isHeld, checks]).toEqual([true, 2]);
});
