import { describe, expect, test } from 'vitest';
import { type MemoryTierOptions, openCache } from '../index.ts';

const open = async (memory: MemoryTierOptions) => {
  const time = { now: 1_000 };
  return { cache: await openCache({ memory, now: () => time.now }), time };
};

test('what was not used for longest goes first', async () => {
  const { cache } = await open({ maxEntries: 3 });
  for (const key of ['a', 'b', 'c']) await cache.set(key, key);
  cache.peek('a');
  cache.peek('a');
  await cache.get('b');
  await cache.set('d', 'd');
  expect(['a', 'b', 'c', 'd'].map(key => cache.peek(key))).toEqual(['a', 'b', undefined, 'd']);
  await cache.set('e', 'e');
  await cache.set('f', 'f');
  // All were read in this order.
  expect(['a', 'b', 'd', 'e', 'f'].map(key => cache.peek(key))).toEqual([undefined, undefined, 'd', 'e', 'f']);
  expect(cache.statistics()).toMatchObject({ memoryEntries: 3, memoryEvictions: 3 });
});

test('bytes are bounded, of all namespaces together', async () => {
  const { cache } = await open({ maxBytes: 10_000 });
  for (let index = 0; index < 100; index++) await cache.namespace(`n${index % 3}`).set(`k${index}`, 'x'.repeat(1_000));
  const { memoryBytes, memoryEntries } = cache.statistics();
  expect(memoryBytes).toBeLessThanOrEqual(10_000);
  expect(memoryEntries).toBe(9);
  await cache.set('large', 'x'.repeat(20_000));
  expect([cache.peek('large'), cache.statistics().memoryEntries]).toEqual([undefined, 9]);
});

test('a value that is replaced is counted once', async () => {
  const { cache } = await open({ maxEntries: 2 });
  for (let index = 0; index < 10; index++) await cache.set('a', index);
  await cache.set('b', 1);
  expect([cache.peek('a'), cache.statistics()]).toMatchObject([9, { memoryEntries: 2, memoryEvictions: 0 }]);
});

describe('node-cache', () => {
  test('neither clones nor throws, whatever it is given', async () => {
    class Held {
      readonly #value = 7;
      value() {
        return this.#value;
      }
    }
    const { cache } = await open({ kind: 'node-cache' });
    const held = { order: new Held(), over: new AbortController() };
    await cache.set('held', held);
    expect(cache.peek<typeof held>('held')).toBe(held);
    expect(cache.peek<typeof held>('held')?.order.value()).toBe(7);
    for (let index = 0; index < 20_000; index++) await cache.set(`k${index}`, index);
    expect(cache.statistics().memoryEntries).toBe(20_001);
    expect(cache.statistics().memoryEvictions).toBe(0);
    await cache.clear();
    expect(cache.statistics()).toMatchObject({ memoryEntries: 0, memoryBytes: 0, invalidated: 20_001 });
  });

  test('what is past its time goes from memory by later writes', async () => {
    const cache = await openCache({ memory: { kind: 'node-cache' } });
    for (let index = 0; index < 10; index++) await cache.set(`old${index}`, index, { ttlMs: 1 });
    await new Promise(resolve => setTimeout(resolve, 20));
    for (let index = 0; index < 256; index++) await cache.set(`k${index}`, index);
    expect(cache.statistics().memoryEntries).toBe(256);
    expect(cache.statistics().memoryEvictions).toBe(0);
  });
});
