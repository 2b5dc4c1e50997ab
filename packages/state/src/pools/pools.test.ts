import { beforeEach, expect, test } from 'vitest';
import { type Cashier, cashiers, loginOf, PoolPlace, settle } from '../testing/pool-place.ts';
import { Pool } from './pool.ts';
import type { PoolRules } from './pool-options.ts';

let place = new PoolPlace();
let { borrowed, clock, leases, pass, poolOf, seen, store } = place;

beforeEach(() => {
  place = new PoolPlace();
  ({ borrowed, clock, leases, pass, poolOf, seen, store } = place);
});

test('a member is lent to one, and to the next when it is back, in the order in which they came', async () => {
  const members = cashiers('c1', 'c2');
  const [a, b] = [borrowed('a', poolOf(members)), borrowed('b', poolOf(members))];
  const first = await a.lease('cashiers');
  const second = await b.lease('cashiers');
  expect([loginOf(first), loginOf(second)].sort()).toEqual(['c1', 'c2']);
  const order: string[] = [];
  const waits = ['c', 'd', 'e'].map(async id => {
    const pools = borrowed(id, poolOf(members));
    const lent = await pools.lease('cashiers');
    order.push(`${id} ${loginOf(lent)}`);
    await pools.close();
  });
  await settle();
  expect(order).toEqual([]);
  await first.lease.release();
  await settle();
  expect(order).toEqual(['c c1', 'd c1', 'e c1']);
  await Promise.all(waits);
  expect(seen.find(one => one.kind === 'lease' && one.holder !== undefined)).toMatchObject({
    outcome: 'granted',
    resource: 'cashiers/c1',
    holder: 'test a',
    other: 't-a',
  });
  await b.close();
  expect((await leases.table('')).leases).toEqual([]);
});

test('who wants a label waits for it, and keeps nobody else waiting', async () => {
  const members: Cashier[] = [
    { login: 'boss', labels: ['admin', 'till'] },
    { login: 'c1', labels: ['till'] },
    { login: 'c2' },
  ];
  const pool = poolOf(members);
  const boss = await borrowed('a', pool).lease('cashiers', { label: 'admin' });
  expect(loginOf(boss)).toBe('boss');
  const waiting = borrowed('b', poolOf(members)).lease('cashiers', { label: ['till', 'admin'] });
  await settle();
  const till = await borrowed('c', pool).lease('cashiers', { label: 'till' });
  expect(loginOf(till)).toBe('c1');
  const any = await borrowed('d', pool).lease('cashiers');
  expect(loginOf(any)).toBe('c2');
  // Whoever wants any one came later: the boss is left for who waits for an admin.
  const anyWaits = borrowed('e', poolOf(members)).lease('cashiers');
  await settle();
  await boss.lease.release();
  expect(loginOf(await waiting)).toBe('boss');
  await any.lease.release();
  expect(loginOf(await anyWaits)).toBe('c2');
});

test('this very member, by its name', async () => {
  const pool = poolOf(cashiers('c1', 'c2', 'c3'));
  expect(loginOf(await borrowed('a', pool).lease('cashiers', { member: 'c3' }))).toBe('c3');
});

test.each([
  ['round-robin', ['c1', 'c2', 'c3', 'c1']],
  ['least-recently-used', ['c1', 'c2', 'c3', 'c1']],
  ['sticky', ['c1', 'c1', 'c1', 'c1']],
] as const)('strategy %s', async (strategy, expected) => {
  const pools = borrowed('a', poolOf(cashiers('c1', 'c2', 'c3'), { strategy }));
  const got: string[] = [];
  for (let turn = 0; turn < 4; turn++) {
    const lent = await pools.lease('cashiers');
    got.push(loginOf(lent));
    await lent.lease.release();
  }
  expect(got).toEqual(expected);
});

test('sticky workers have one each, and by chance is the same in every run', async () => {
  const members = cashiers('c1', 'c2', 'c3', 'c4', 'c5');
  const workers = [poolOf(members, { strategy: 'sticky' }), poolOf(members, { strategy: 'sticky' })];
  const rounds: string[][] = [[], []];
  for (let turn = 0; turn < 3; turn++) {
    for (const [index, pool] of workers.entries()) {
      await borrowed(`w${index}`, pool).with('cashiers', lent => rounds[index]?.push(loginOf(lent)));
    }
  }
  expect(rounds).toEqual([
    ['c1', 'c1', 'c1'],
    ['c2', 'c2', 'c2'],
  ]);
  const byChance = async (id: string, seed: number) => {
    const lent = await borrowed(id, poolOf(members, { strategy: 'random', seed })).lease('cashiers');
    await lent.lease.release();
    return loginOf(lent);
  };
  const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
  const one = await Promise.all(ids.map(id => byChance(id, 1).then(login => `${login}`)));
  expect(new Set(one).size).toBeGreaterThan(1);
  expect(await byChance('a', 7)).toBe(await byChance('a', 7));
});

test('a bad member is kept back from all workers, with the reason, until its time is over', async () => {
  const checked: string[] = [];
  const rules: PoolRules<Cashier> = {
    quarantineMs: 60_000,
    check: ({ login }) => {
      checked.push(login);
      if (login === 'c1') throw new Error('password expired');
      return login === 'c2' ? 'is locked' : undefined;
    },
  };
  const members = cashiers('c1', 'c2', 'c3');
  const lent = await borrowed('a', poolOf(members, rules)).lease('cashiers');
  expect([loginOf(lent), checked]).toEqual(['c3', ['c1', 'c2', 'c3']]);
  expect(seen.filter(one => one.kind === 'note')).toMatchObject([
    { name: 'pool.quarantined', data: { pool: 'cashiers', member: 'c1', reason: 'check: password expired' } },
    { name: 'pool.quarantined', data: { member: 'c2', reason: 'is locked' } },
  ]);
  await lent.lease.quarantine('sells nothing any more');
  await lent.lease.release();
  await expect(borrowed('b', poolOf(members, rules)).lease('cashiers')).rejects.toMatchObject({
    code: 'QH_POOL_EMPTY',
    message: expect.stringMatching(
      /any member is kept back \(c1 until 20.*: check: password expired; c2 .*; c3 .*sells nothing/,
    ),
  });
  expect(checked).toHaveLength(3);
  clock.advance(61_000);
  expect(loginOf(await borrowed('b', poolOf(members, rules)).lease('cashiers'))).toBe('c3');
});

test('a member is repaired where that is possible, and reset when it comes back', async () => {
  const did: string[] = [];
  let isBroken = true;
  const rules: PoolRules<Cashier> = {
    check: () => !isBroken,
    repair: (_, reason) => {
      did.push(`repair: ${reason}`);
      isBroken = false;
    },
    reset: ({ login }) => {
      did.push(`reset ${login}`);
      if (did.length > 3) throw new Error('cannot');
    },
  };
  const pool = poolOf(cashiers('c1'), rules);
  await borrowed('a', pool).with('cashiers', () => did.push('work'));
  expect(did).toEqual(['repair: its check says no', 'work', 'reset c1']);
  await borrowed('a', pool).with('cashiers', () => {});
  expect(await pool.notes.read()).toMatchObject({ bad: new Map([['c1', { reason: 'reset: cannot', by: 'test a' }]]) });
});

test('a member whose worker was killed is free after its time, and is reset before the next one has it', async () => {
  const resets: string[] = [];
  const rules: PoolRules<Cashier> = { reset: ({ login }) => resets.push(login) };
  const alive = place.leases;
  place.leases = { ...alive, renew: () => new Promise(() => {}) };
  const killed = await borrowed('a', poolOf(cashiers('c1'), rules)).lease('cashiers');
  place.leases = alive;
  const next = borrowed('b', poolOf(cashiers('c1'), rules)).lease('cashiers');
  await pass(16_000);
  expect(loginOf(await next)).toBe('c1');
  expect(resets).toEqual(['c1']);
  expect(killed.lease.isHeld).toBe(false);
  expect(() => killed.lease.assertHeld()).toThrow(expect.objectContaining({ code: 'QH_LOCK_LOST' }));
  await killed.lease.release();
  expect(resets).toEqual(['c1']);
});

test('members are made while there are too few, removed when the last worker ends, and never too many', async () => {
  const made: string[] = [];
  const removed: string[] = [];
  const rules: PoolRules<Cashier> = {
    max: 3,
    make: async () => {
      made.push(`new-${made.length + 1}`);
      return { login: `new-${made.length}` };
    },
    remove: ({ login }) => removed.push(login),
  };
  const workers = Array.from({ length: 4 }, () => poolOf(cashiers('c1'), rules));
  const pools = workers.map((pool, index) => borrowed(`w${index}`, pool));
  const [one, two, three] = await Promise.all(pools.slice(0, 3).map(each => each.lease('cashiers')));
  expect([one, two, three].map(loginOf).sort()).toEqual(['c1', 'new-1', 'new-2']);
  const fourth = pools[3]?.lease('cashiers');
  await settle();
  expect(made).toHaveLength(2);
  await two?.lease.release();
  expect((await fourth)?.lease.isHeld).toBe(true);
  for (const [index, pool] of workers.entries()) {
    expect(removed).toEqual([]);
    await pools[index]?.close();
    await pool.close();
  }
  expect(removed.sort()).toEqual(['new-1', 'new-2']);
  expect((await leases.table('')).leases).toEqual([]);
  expect(await store.list('run/r1/pool/cashiers/made/')).toEqual([]);
});

test('what cannot be removed is named', async () => {
  const rules: PoolRules<Cashier> = {
    make: () => ({ login: 'new' }),
    remove: () => Promise.reject(new Error('is in use')),
  };
  const pool = poolOf([], rules);
  await borrowed('a', pool).with('cashiers', () => {});
  await expect(pool.close()).rejects.toMatchObject({
    code: 'QH_POOL_MEMBERS',
    message: expect.stringContaining('what was made could not be removed (made 1 of r1: is in use)'),
  });
  expect((await leases.table('')).leases).toEqual([]);
});

test('as many as the least are made ahead, and it is told that fewer are well', async () => {
  let made = 0;
  const rules: PoolRules<Cashier> = { min: 3, max: 5, make: () => ({ login: `new-${++made}` }) };
  await borrowed('a', poolOf(cashiers('c1'), rules)).lease('cashiers');
  expect(made).toBe(2);
  expect(seen.filter(one => one.kind === 'note' && one.name === 'pool.short')).toEqual([]);
  await borrowed('b', poolOf(cashiers('d1'), { min: 2 }, 'r2')).lease('cashiers');
  expect(seen.at(-2)).toMatchObject({ name: 'pool.short', data: { pool: 'cashiers', usable: 1, min: 2 } });
});

test('what cannot be made is told, and leaves the place to others', async () => {
  let isDown = true;
  const rules: PoolRules<Cashier> = {
    make: () => {
      if (isDown) throw new Error('no licences');
      return { login: 'new' };
    },
  };
  const pools = borrowed('a', poolOf([], rules));
  await expect(pools.lease('cashiers')).rejects.toMatchObject({
    code: 'QH_POOL_MEMBERS',
    message: expect.stringContaining('one more could not be made: no licences'),
  });
  isDown = false;
  expect(loginOf(await pools.lease('cashiers'))).toBe('new');
});

test('a signal ends the wait', async () => {
  const pool = poolOf(cashiers('c1'));
  await borrowed('a', pool).lease('cashiers');
  const stop = new AbortController();
  const wait = borrowed('b', pool).lease('cashiers', { signal: stop.signal });
  await settle();
  stop.abort(new Error('enough'));
  await expect(wait).rejects.toThrow('enough');
  expect((await leases.table('pool/cashiers/door')).leases).toEqual([]);
});

test('all workers of a run have the members of the first, whatever a query says later', async () => {
  await borrowed('a', poolOf(cashiers('c1', 'c2'))).with('cashiers', () => {});
  const other = poolOf(cashiers('c9', 'c2', 'c1'));
  expect((await other.members()).map(({ name }) => name)).toEqual(['c1', 'c2']);
  expect((await poolOf(cashiers('c9'), {}, 'r2').members()).map(({ name }) => name)).toEqual(['c9']);
});

test('a check that does not end is a bad sign too', async () => {
  const pool = poolOf(cashiers('c1'), { check: () => new Promise(() => {}), stepMs: 2_000 });
  const wait = borrowed('a', pool).lease('cashiers');
  wait.catch(() => {});
  await pass(3_000);
  await expect(wait).rejects.toThrow('check: check of the pool "cashiers" did not end within 2 s');
});

test('what a payload refers to is opened for who gets it, and the store never has it', async () => {
  const pool = new Pool<Cashier>({
    name: 'cashiers',
    rules: {},
    load: async () => cashiers('c1'),
    open: async payload => ({ ...payload, password: 's3cret-of-c1' }) as Cashier,
    context: signal => ({ signal }),
    leases,
    store,
    ownStore: store,
    run: 'r1',
    clock,
    now: clock.now,
  });
  const lent = await borrowed('a', pool).lease('cashiers');
  expect(lent).toMatchObject({ login: 'c1', password: 's3cret-of-c1' });
  expect(JSON.stringify([await store.list(''), await leases.table('')])).not.toContain('s3cret');
});
