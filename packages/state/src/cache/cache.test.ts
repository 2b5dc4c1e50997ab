import { join } from 'node:path';
import type { KeyValueDriver } from '@quality-hub/protocol';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSqliteDriver } from '../drivers/sqlite.ts';
import { createMemoryDriver } from '../index.ts';
import { scratchFolder } from '../testing/scratch-folder.ts';
import { type CacheOptions, hitRatio01, openCache } from './index.ts';

/** A cache at an instant that the test moves. */
async function cacheAt(options: Omit<CacheOptions, 'now'> = {}) {
  const time = { now: 1_000_000 };
  const cache = await openCache({ now: () => time.now, ...options });
  return { cache, time };
}

const counted = <T>(value: T) => {
  const load = () => {
    load.calls++;
    return Promise.resolve(value);
  };
  load.calls = 0;
  return load;
};

async function openStore(kind: 'memory' | 'sqlite', now: () => number): Promise<KeyValueDriver> {
  if (kind === 'memory') return createMemoryDriver({ now });
  const store = await openSqliteDriver({ path: join(scratchFolder(), 'cache.db'), now });
  onTestFinished(() => store.close());
  return store;
}

test('a value is loaded once, and again when it is past its time', async () => {
  const { cache, time } = await cacheAt();
  const load = counted({ id: 7 });
  expect(await cache.getOrLoad('customer', load, { ttlMs: 100 })).toEqual({ id: 7 });
  expect(cache.peek('customer')).toBe(await cache.getOrLoad('customer', load, { ttlMs: 100 }));
  expect(load.calls).toBe(1);
  time.now += 100;
  expect(cache.peek('customer')).toBeUndefined();
  expect(await cache.get('customer')).toBeUndefined();
  await cache.getOrLoad('customer', load, { ttlMs: 100 });
  expect(load.calls).toBe(2);
  expect(cache.statistics()).toMatchObject({ memoryHits: 2, misses: 3, loads: 2, memoryEntries: 1 });
});

test('a thousand who ask at once wait for one load', async () => {
  const { cache } = await cacheAt();
  const load = counted('rows');
  const all = await Promise.all(Array.from({ length: 1_000 }, () => cache.getOrLoad('rows', load)));
  expect(new Set(all)).toEqual(new Set(['rows']));
  expect(load.calls).toBe(1);
  expect(cache.statistics()).toMatchObject({ misses: 1_000, joined: 999, loads: 1 });
});

test('a load that fails is told to all who asked, and is tried again by the next', async () => {
  const { cache } = await cacheAt();
  let calls = 0;
  const load = async () => {
    if (++calls === 1) throw new Error('shop is down');
    return 'up';
  };
  const first = await Promise.allSettled([cache.getOrLoad('a', load), cache.getOrLoad('a', load)]);
  expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(calls).toBe(1);
  expect(await cache.getOrLoad('a', load)).toBe('up');
  expect(cache.statistics().loadErrors).toBe(1);
});

test('an old value serves at once while it is loaded anew behind', async () => {
  const { cache, time } = await cacheAt();
  const keep = { ttlMs: 10, staleWhileRevalidateMs: 100 };
  await cache.getOrLoad('price', () => 1, keep);
  time.now += 50;
  let finish = (_: number): void => {};
  const slow = () => new Promise<number>(resolve => (finish = resolve));
  expect(await cache.getOrLoad('price', slow, keep)).toBe(1);
  expect(await cache.getOrLoad('price', slow, keep)).toBe(1);
  finish(2);
  await cache.close();
  expect(cache.peek('price')).toBe(2);
  expect(cache.statistics()).toMatchObject({ stale: 2, loads: 2 });
  time.now += 111;
  expect(await cache.getOrLoad('price', () => 3, keep)).toBe(3);
});

test('an old value serves where loading fails, and a source that is down is not asked by everybody', async () => {
  const { cache, time } = await cacheAt();
  const keep = { ttlMs: 10, staleIfErrorMs: 10_000 };
  await cache.getOrLoad('rates', () => 'old', keep);
  time.now += 50;
  let asked = 0;
  const down = (): string => {
    asked++;
    throw new Error('down');
  };
  for (let call = 0; call < 5; call++) expect(await cache.getOrLoad('rates', down, keep)).toBe('old');
  expect(asked).toBe(1);
  time.now += 1_000;
  expect(await cache.getOrLoad('rates', down, keep)).toBe('old');
  expect(asked).toBe(2);
  time.now += 10_000;
  await expect(cache.getOrLoad('rates', down, keep)).rejects.toThrow('down');
});

test('an old value serves where loading takes too long, and the new one is kept when it comes', async () => {
  const { cache, time } = await cacheAt({ sleep: async () => {} });
  const keep = { ttlMs: 10, staleIfErrorMs: 10_000, patienceMs: 50 };
  await cache.getOrLoad('rates', () => 'old', keep);
  time.now += 50;
  let finish = (_: string): void => {};
  expect(await cache.getOrLoad('rates', () => new Promise<string>(resolve => (finish = resolve)), keep)).toBe('old');
  finish('new');
  await expect.poll(() => cache.peek('rates')).toBe('new');
});

test('that there is nothing is believed only where a time is given', async () => {
  const { cache, time } = await cacheAt();
  const load = counted(undefined);
  await cache.getOrLoad('nobody', load);
  await cache.getOrLoad('nobody', load);
  expect(load.calls).toBe(2);
  await cache.getOrLoad('nobody', load, { negativeTtlMs: 100 });
  await cache.getOrLoad('nobody', load, { negativeTtlMs: 100 });
  expect(load.calls).toBe(3);
  time.now += 100;
  await cache.getOrLoad('nobody', load, { negativeTtlMs: 100 });
  expect(load.calls).toBe(4);
});

test('what one reader does with a value does not reach the others', async () => {
  const { cache } = await cacheAt();
  const value = await cache.getOrLoad('order', () => ({ lines: [{ count: 1 }] }));
  expect(() => value.lines.push({ count: 2 })).toThrow(TypeError);
  expect(() => Object.assign(value.lines[0] as object, { count: 9 })).toThrow(TypeError);
});

test('a value of another version is not seen', async () => {
  const { cache } = await cacheAt();
  await cache.set('schema', 'one', { version: 1 });
  expect(cache.peek('schema', 2)).toBeUndefined();
  expect(await cache.getOrLoad('schema', () => 'two', { version: 2 })).toBe('two');
  expect(cache.peek('schema')).toBeUndefined();
});

test('namespaces have keys of their own', async () => {
  const { cache } = await cacheAt();
  const shop = cache.namespace('shop');
  await shop.set('a', 1);
  await shop.namespace('eu/west').set('a', 2);
  await cache.namespace('shopping').set('a', 3);
  expect([cache.peek('a'), shop.peek('a'), shop.namespace('eu/west').peek('a')]).toEqual([undefined, 1, 2]);
  await shop.clear();
  expect([shop.peek('a'), shop.namespace('eu/west').peek('a'), cache.namespace('shopping').peek('a')]).toEqual([
    undefined,
    undefined,
    3,
  ]);
  expect(() => cache.namespace('')).toThrow(expect.objectContaining({ code: 'QH_OPTION' }));
  expect(() => cache.namespace('x'.repeat(151))).toThrow(expect.objectContaining({ code: 'QH_OPTION' }));
});

describe.each(['memory', 'sqlite'] as const)('invalidating, over a store of kind %s', kind => {
  const opened = async () => {
    const time = { now: 1_000_000 };
    const now = () => time.now;
    const store = await openStore(kind, now);
    const open = () => openCache({ now, shared: { store } });
    return { cache: await open(), other: await open(), time, store };
  };

  test.each([
    ['a key', { key: 'order/1' }, ['order/2', 'user/1']],
    ['a prefix', { prefix: 'order/' }, ['user/1']],
    ['a tag', { tag: 'red' }, ['order/1', 'user/1']],
    ['several at once', { prefix: 'order/', tag: 'blue' }, ['order/2', 'user/1']],
    ['an age', { olderThanMs: 50 }, ['user/1']],
  ])('%s: the others stay, in every tier and process', async (_, what, left) => {
    const { cache, other, time, store } = await opened();
    await cache.set('order/1', 1, { tags: ['blue'] });
    await cache.set('order/2', 2, { tags: ['red', 'big'] });
    time.now += 100;
    await cache.set('user/1', 3, { tags: ['blue'] });
    for (const key of ['order/1', 'order/2', 'user/1']) await other.get(key);
    await cache.invalidate(what);
    await other.refresh();
    const keys = ['order/1', 'order/2', 'user/1'];
    expect(keys.filter(key => cache.peek(key) !== undefined)).toEqual(left);
    expect(keys.filter(key => other.peek(key) !== undefined)).toEqual(left);
    // Nor are they in the store.
    const third = await openCache({ now: () => time.now, shared: { store } });
    expect(await Promise.all(keys.map(key => third.get(key)))).toEqual(
      keys.map((key, index) => (left.includes(key) ? index + 1 : undefined)),
    );
  });

  test('a change of a record takes all that was made of it, in every namespace', async () => {
    const { cache, other } = await opened();
    await cache.set('all orders', 'list', { tags: ['order'] });
    await cache.namespace('a').set('17', 'one', { tags: ['order:17'] });
    await other.set('18', 'one', { tags: ['order:18'] });
    await other.set('u', 'one', { tags: ['orders:1'] });
    await cache.namespace('a').changed('order', 17);
    expect([cache.peek('all orders'), cache.namespace('a').peek('17')]).toEqual([undefined, undefined]);
    expect(await cache.get('18')).toBe('one');
    await cache.changed('order');
    await other.refresh();
    expect([other.peek('18'), other.peek('u')]).toEqual([undefined, 'one']);
  });

  test('from the call on, this process does not have it, though the store still works on it', async () => {
    const { cache, other } = await opened();
    await cache.set('all orders', 'old', { tags: ['order'] });
    const telling = cache.changed('order', 1);
    void cache.changed('order', 2);
    void cache.namespace('a').clear();
    expect(cache.peek('all orders')).toBeUndefined();
    expect(await cache.getOrLoad('all orders', () => 'new', { tags: ['order'] })).toBe('new');
    await telling;
    expect(await cache.get('all orders')).toBe('new');
    expect(await other.get('all orders')).toBe('new');
  });

  test('another process hears of it with its first call after a second', async () => {
    const { cache, other, time } = await opened();
    await cache.set('a', 1);
    await other.get('a');
    await cache.delete('a');
    expect(await other.get('a')).toBe(1);
    time.now += 1_000;
    expect(await other.get('a')).toBeUndefined();
    // One that has not looked for long forgets everything: notices do not stay for ever.
    await cache.set('a', 2, { ttlMs: 10_000_000 });
    await other.get('a');
    time.now += 400_000;
    await other.refresh();
    expect(other.peek('a')).toBeUndefined();
    expect(await other.get('a')).toBe(2);
  });

  test('what was loaded before it was invalidated is given to who asked, and not kept', async () => {
    const { cache, other } = await opened();
    let finish = (_: string): void => {};
    const before = cache.getOrLoad('a', () => new Promise<string>(resolve => (finish = resolve)), { tags: ['t'] });
    await expect.poll(() => cache.statistics().loads).toBe(1);
    await other.invalidate({ tag: 't' });
    await other.getOrLoad('b', () => 1);
    finish('old');
    expect(await before).toBe('old');
    expect(await cache.get('a')).toBeUndefined();
    const slow = cache.getOrLoad('c', () => new Promise<string>(resolve => (finish = resolve)));
    await expect.poll(() => cache.statistics().loads).toBe(2);
    await cache.delete('c');
    expect(await cache.getOrLoad('c', () => 'new')).toBe('new');
    finish('old');
    expect([await slow, cache.peek('c')]).toEqual(['old', 'new']);
  });
});

test('warming up loads what is not there, and names what could not be loaded', async () => {
  const { cache } = await cacheAt();
  await cache.set('there', 1);
  const load = counted(2);
  const result = await cache.warmUp([
    { key: 'there', load },
    { key: 'new', load, ttlMs: 5 },
    {
      key: 'broken',
      load: () => {
        throw new Error('no');
      },
    },
  ]);
  expect(result).toMatchObject({ ready: 2, failed: [{ key: 'broken', error: { message: 'no' } }] });
  expect([load.calls, cache.peek('new')]).toEqual([1, 2]);
});

test('the end waits for a load that is on, but not for one that has none', async () => {
  const waited: number[] = [];
  const sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
    waited.push(ms);
    await new Promise<void>(resolve => setTimeout(resolve, 20, signal));
  };
  const { cache } = await cacheAt({ sleep });
  void cache.getOrLoad('endless', () => new Promise(() => {}));
  await cache.close();
  expect(waited).toEqual([5_000]);
  const { cache: other } = await cacheAt();
  let isDone = false;
  const load = async () => {
    await new Promise(resolve => setTimeout(resolve, 30));
    isDone = true;
  };
  void other.getOrLoad('slow', load);
  await other.close();
  expect(isDone).toBe(true);
});

test('who does not want to wait any more goes, and the load goes on for the others', async () => {
  const { cache } = await cacheAt();
  let finish = (_: string): void => {};
  const load = () => new Promise<string>(resolve => (finish = resolve));
  const leaving = new AbortController();
  const gone = cache.getOrLoad('a', load, { signal: leaving.signal });
  const staying = cache.getOrLoad('a', load);
  leaving.abort(new Error('the test is over'));
  await expect(gone).rejects.toThrow('the test is over');
  await expect(cache.getOrLoad('b', load, { signal: leaving.signal })).rejects.toThrow('the test is over');
  finish('x');
  expect(await staying).toBe('x');
});

test('options that are none are told, all at once, with what was meant', async () => {
  const { cache } = await cacheAt();
  const wrong = { ttlms: 5, staleIfErrorMs: -1, tags: [''] } as never;
  await expect(cache.getOrLoad('a', () => 1, wrong)).rejects.toMatchObject({
    code: 'QH_OPTION',
    problems: [
      'there is no ttlms, did you mean ttlMs?',
      'staleIfErrorMs is -1, expected milliseconds, 0 or more',
      'tags is [""], expected a list of names',
    ],
  });
  await expect(cache.get(7 as never)).rejects.toMatchObject({ problems: ['the key is 7, expected text'] });
  await expect(cache.invalidate({})).rejects.toMatchObject({
    problems: [expect.stringContaining('expected one of key')],
  });
  await expect(openCache({ ttlMs: -1, memory: { kind: 'node-cache', maxEntries: 0 } })).rejects.toMatchObject({
    code: 'QH_OPTION',
    problems: { length: 3 },
  });
  await expect(openCache({ memory: { kind: 'lru-cache' as never } })).rejects.toMatchObject({
    problems: ["memory.kind is \"lru-cache\", expected 'lru' or 'node-cache'"],
  });
});

test('the share of hits is told', async () => {
  const { cache } = await cacheAt();
  expect(hitRatio01(cache.statistics())).toBeUndefined();
  await cache.getOrLoad('a', () => 1);
  for (let call = 0; call < 9; call++) await cache.getOrLoad('a', () => 1);
  expect(hitRatio01(cache.statistics())).toBe(0.9);
});
