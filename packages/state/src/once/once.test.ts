import { type KeyValueDriver, type LeaseDriver, QualityHubError } from '@quality-hub/protocol';
import { FakeClock } from '@quality-hub/testkit';
import { beforeEach, expect, test } from 'vitest';
import { createMemoryDriver } from '../drivers/memory.ts';
import { createMemoryLeases } from '../drivers/memory-leases.ts';
import { createOnce, type Once } from './once.ts';

let clock: FakeClock;
let leases: LeaseDriver;
let store: KeyValueDriver;

beforeEach(() => {
  clock = new FakeClock();
  leases = createMemoryLeases({ now: clock.now });
  store = createMemoryDriver({ now: clock.now });
});

const onceOf = (worker: string, driver = leases): Once =>
  createOnce({
    leases: driver,
    store,
    run: 'r1',
    memory: new Map(),
    clock,
    owner: { id: worker, run: 'r1', label: worker },
  });

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
};

test('one does it, and all have its result, also those who come later', async () => {
  let runs = 0;
  let finish: (value: { index: string }) => void = () => {};
  const work = () => {
    runs++;
    return new Promise<{ index: string }>(resolve => {
      finish = resolve;
    });
  };
  const results = ['w1', 'w2', 'w3', 'w4'].map(worker => onceOf(worker)('index', work));
  await settle();
  expect(runs).toBe(1);
  finish({ index: 'products-7' });
  expect(await Promise.all(results)).toEqual(Array.from({ length: 4 }, () => ({ index: 'products-7' })));
  expect(await onceOf('w5')('index', work)).toEqual({ index: 'products-7' });
  expect(runs).toBe(1);
  expect((await leases.table('')).leases).toEqual([]);
});

test('nothing is a result as well, and each name is its own', async () => {
  let runs = 0;
  const count = (): void => {
    runs++;
  };
  expect(await onceOf('w1')('a', count)).toBeUndefined();
  expect(await onceOf('w2')('a', count)).toBeUndefined();
  await onceOf('w2')('b', count);
  expect(runs).toBe(2);
});

test('it survives the death of the one that does it', async () => {
  let renews = true;
  const dying: LeaseDriver = {
    ...leases,
    renew: (...given) => (renews ? leases.renew(...given) : new Promise(() => {})),
  };
  let signal: AbortSignal | undefined;
  const first = onceOf('w1', dying)('index', context => {
    signal = context.signal;
    return new Promise(() => {});
  });
  first.catch(() => {});
  await settle();
  const attempts: number[] = [];
  const others = ['w2', 'w3'].map(worker =>
    onceOf(worker)('index', ({ attempt }) => {
      attempts.push(attempt);
      return worker;
    }),
  );
  await settle();
  renews = false;
  for (let second = 0; second < 20; second++) {
    clock.advance(1_000);
    await settle();
  }
  expect(new Set(await Promise.all(others)).size).toBe(1);
  expect(attempts).toEqual([1]);
  expect(signal?.aborted).toBe(true);
  await expect(first).rejects.toMatchObject({ code: 'QH_LOCK_LOST' });
});

test('a failure is told to all who ask, with who has had it', async () => {
  let runs = 0;
  const work = async () => {
    runs++;
    await settle();
    throw new QualityHubError('no index', { code: 'QH_X', hint: 'Start the server' });
  };
  const results = await Promise.allSettled(['w1', 'w2', 'w3'].map(worker => onceOf(worker)('index', work)));
  for (const result of results) {
    expect(result).toMatchObject({
      reason: {
        code: 'QH_ONCE_FAILED',
        message: '"index" was to be done once and failed in w1: no index. Start the server',
      },
    });
  }
  expect(runs).toBe(1);
});

test('it is tried again where that is allowed', async () => {
  let runs = 0;
  const work = async ({ attempt }: { attempt: number }) => {
    runs++;
    if (attempt < 3) throw new Error('not yet');
    return attempt;
  };
  const results = await Promise.all(['w1', 'w2'].map(worker => onceOf(worker)('index', work, { retries: 2 })));
  expect([results, runs]).toEqual([[3, 3], 3]);
  await expect(onceOf('w1')('other', () => Promise.reject(new Error('no')), { retries: 1 })).rejects.toThrow(
    'failed in w1: no',
  );
});

test('each worker does it for itself where that is wanted', async () => {
  const once = onceOf('w1');
  let runs = 0;
  const work = () => ++runs;
  expect(await Promise.all([once('a', work, { scope: 'worker' }), once('a', work, { scope: 'worker' })])).toEqual([
    1, 1,
  ]);
  expect(await onceOf('w2')('a', work, { scope: 'worker' })).toBe(2);
  const failed = once('b', () => Promise.reject(new Error('no')), { scope: 'worker' });
  await expect(failed).rejects.toMatchObject({ code: 'QH_ONCE_FAILED' });
});

test('what JSON cannot hold, and wrong options, are told', async () => {
  await expect(onceOf('w1')('fn', () => () => {})).rejects.toThrow(
    'the result of "fn" is a function that JSON cannot hold',
  );
  await expect(onceOf('w1')('big', () => 1n)).rejects.toThrow('is a bigint');
  await expect(onceOf('w1')('', () => 1, { scope: 'all' as never, retries: -1 })).rejects.toMatchObject({
    code: 'QH_OPTION',
    problems: [expect.stringContaining('name'), expect.stringContaining('scope'), expect.stringContaining('retries')],
  });
});
