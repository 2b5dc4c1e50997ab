import { beforeEach, expect, test } from 'vitest';
import { type Cashier, cashiers, PoolPlace } from '../testing/pool-place.ts';

let { borrowed, pass, poolOf, seen } = new PoolPlace();

beforeEach(() => {
  ({ borrowed, pass, poolOf, seen } = new PoolPlace());
});

test('who waited in vain is told who has the members, and who waits long is told before', async () => {
  const members = cashiers('c1');
  await borrowed('a', poolOf(members)).lease('cashiers');
  const wait = borrowed('b', poolOf(members)).lease('cashiers', { waitMs: 12_000 });
  const other = borrowed('c', poolOf(members)).lease('cashiers', { waitMs: 60_000 });
  other.catch(() => {});
  const failed = expect(wait).rejects.toMatchObject({
    code: 'QH_POOL_TIMEOUT',
    pool: 'cashiers',
    message: 'The pool "cashiers" had no member free within 12 s: test a has c1 for 12 s; 1 more wait',
  });
  await pass(12_000);
  await failed;
  expect(seen).toContainEqual(
    expect.objectContaining({
      name: 'pool.starved',
      data: { pool: 'cashiers', waitedMs: expect.any(Number), holder: 'test a' },
    }),
  );
  expect(seen.filter(one => one.kind === 'lease').at(-1)).toMatchObject({
    outcome: 'timeout',
    resource: 'cashiers',
    holder: 'test a',
    other: 't-a',
  });
});

test('who waited in vain for what it has itself is told so', async () => {
  const members = cashiers('c1', 'c2');
  const pools = borrowed('a', poolOf(members));
  await pools.lease('cashiers');
  const other = await borrowed('b', poolOf(members)).lease('cashiers');
  const waitInVain = async (): Promise<unknown> => {
    const failed = expect(pools.lease('cashiers', { waitMs: 1_000 })).rejects.toMatchObject({
      code: 'QH_POOL_TIMEOUT',
    });
    await pass(1_000);
    await failed;
    return seen.filter(one => one.kind === 'lease').at(-1);
  };
  const beside = await waitInVain();
  expect(beside).toMatchObject({ holder: 'test b', other: 't-b' });
  expect(beside).not.toHaveProperty('hadItself');
  await other.lease.release();
  await pools.lease('cashiers');
  expect(await waitInVain()).toMatchObject({ outcome: 'timeout', hadItself: true });
});

test('what is wrong with a pool is told', async () => {
  const lease = (members: unknown[], options = {}, rules = {}) =>
    borrowed('a', poolOf(members as Cashier[], rules, `r${Math.random()}`)).lease('cashiers', options);
  await expect(lease([{ password: 'x' }])).rejects.toMatchObject({
    code: 'QH_POOL_MEMBERS',
    message: expect.stringContaining('member 1 has no name, id, login, user, email that could name it'),
  });
  await expect(lease(['c1'])).rejects.toThrow('member 1 is "c1", expected an object');
  await expect(lease(cashiers('c1', 'c1'))).rejects.toThrow('two of them are called "c1"');
  await expect(lease([{ login: 'c1', labels: 'x' }])).rejects.toThrow('labels of c1 is "x", expected a list of texts');
  await expect(lease([])).rejects.toThrow('it has no members at all');
  const labelled = [{ login: 'c1', labels: ['admin'] }];
  await expect(lease(labelled, { label: 'amdin' })).rejects.toThrow(
    'nothing is a member with the label amdin; did you mean admin?',
  );
  await expect(lease(labelled, { member: 'c2' })).rejects.toMatchObject({ code: 'QH_POOL_EMPTY' });
  await expect(borrowed('a', poolOf([])).lease('cashier')).rejects.toMatchObject({
    code: 'QH_POOL_NAME',
    message: 'There is no pool "cashier"; did you mean cashiers?',
  });
});
