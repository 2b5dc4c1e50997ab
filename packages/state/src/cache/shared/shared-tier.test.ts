import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KeyValueDriver } from '@quality-hub/protocol';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSqliteDriver } from '../../drivers/sqlite.ts';
import { createMemoryDriver, StateError } from '../../index.ts';
import { scratchFolder } from '../../testing/scratch-folder.ts';
import { type CacheOptions, type CacheTrouble, openCache, type SharedTierOptions } from '../index.ts';

const KEY = randomBytes(32).toString('base64');

async function sqlite(maxBytes?: number) {
  const path = join(scratchFolder(), 'cache.db');
  const store = await openSqliteDriver({ path, ...(maxBytes !== undefined && { maxBytes }) });
  onTestFinished(() => store.close());
  return { path, store };
}

/** A cache that has nothing in memory: another process, or the next run. */
const next = (store: KeyValueDriver, shared: Partial<SharedTierOptions> = {}, more: CacheOptions = {}) =>
  openCache({ ...more, shared: { store, ...shared } });

const order = (bytes: number) => ({ id: 1, note: randomBytes(bytes / 2).toString('hex') });

describe('between runs', () => {
  test.each([
    ['a small value', { id: 1 }],
    ['a text', 'ä😀'],
    ['null', null],
    ['a list that compresses', Array.from({ length: 5_000 }, (_, id) => ({ id, name: `customer ${id}` }))],
    ['what JSON would change', { at: new Date(5), ids: new Set([1n]), gone: undefined, share: Number.NaN }],
    ['bytes', new Uint8Array([1, 2, 3])],
    ['more than a store takes at once', order(3_000_000)],
  ])('%s comes back as it was', async (_, value) => {
    const { store } = await sqlite();
    await (await next(store)).set('value', value);
    const later = await next(store);
    expect(await later.get('value')).toEqual(value);
    expect(later.peek('value')).toEqual(value);
    expect(later.statistics()).toMatchObject({ sharedHits: 1, misses: 0, memoryHits: 1 });
  });

  test('that there is nothing comes back too', async () => {
    const { store } = await sqlite();
    const options = { negativeTtlMs: 60_000 };
    await (await next(store)).getOrLoad('nobody', () => undefined, options);
    const later = await next(store);
    expect(await later.getOrLoad('nobody', () => 'somebody', options)).toBeUndefined();
  });

  test('what has a life of its own stays in memory', async () => {
    const { store } = await sqlite();
    const cache = await next(store);
    await cache.set('run', { run: () => 7 });
    expect(cache.peek<{ run(): number }>('run')?.run()).toBe(7);
    expect(await (await next(store)).get('run')).toBeUndefined();
    expect(cache.statistics().memoryOnly).toBe(1);
  });

  test('keys may be any text', async () => {
    const { store } = await sqlite();
    const cache = await next(store);
    const keys = ['', 'a\u0000b', '\ud800', '\udc00', 'x'.repeat(5_000), `${'x'.repeat(5_000)}y`, 'ä@1', 'a//b'];
    for (const [index, key] of keys.entries()) await cache.set(key, index);
    const later = await next(store);
    expect(await Promise.all(keys.map(key => later.get(key)))).toEqual(keys.map((_, index) => index));
  });

  test('an old value serves the next run while it is loaded anew, and where that fails', async () => {
    const store = createMemoryDriver();
    let now = 0;
    const time = { now: () => now };
    await (await next(store, {}, time)).set('a', 'old', { ttlMs: 10, staleWhileRevalidateMs: 10, staleIfErrorMs: 100 });
    now = 15;
    const second = await next(store, {}, time);
    const keep = { ttlMs: 10, staleWhileRevalidateMs: 10, staleIfErrorMs: 100 };
    expect(await second.getOrLoad('a', () => Promise.reject(new Error('down')), keep)).toBe('old');
    await second.close();
    now = 50;
    const third = await next(store, {}, time);
    expect(await third.getOrLoad('a', () => Promise.reject(new Error('down')), keep)).toBe('old');
    expect(await third.getOrLoad('a', () => Promise.reject(new Error('down')), keep)).toBe('old');
    expect(third.statistics()).toMatchObject({ loads: 1, loadErrors: 1, stale: 2 });
  });
});

test('a list is stored in a fraction of its size', async () => {
  const { store } = await sqlite();
  const cache = await next(store);
  const rows = Array.from({ length: 5_000 }, (_, id) => ({ id, name: `customer ${id}`, city: 'Lyon' }));
  await cache.set('rows', rows);
  expect(cache.statistics().sharedBytesWritten).toBeLessThan(JSON.stringify(rows).length / 4);
});

describe('secret values', () => {
  test('are encrypted in the file, and come back with the key', async () => {
    const { path, store } = await sqlite();
    const cache = await next(store, { encryptionKey: KEY });
    const value = { password: 'correct-h0rse-battery' };
    await cache.set('login', value, { secret: true });
    await cache.set('plain', 'in-the-clear-text');
    const bytes = readdirSync(dirname(path))
      .map(name => readFileSync(join(dirname(path), name), 'latin1'))
      .join('');
    expect(bytes).toContain('in-the-clear-text');
    expect(bytes).not.toContain('correct-h0rse');
    expect(await (await next(store, { encryptionKey: KEY })).get('login')).toEqual(value);
  });

  test('stay in memory where there is no key', async () => {
    const { store } = await sqlite();
    const cache = await next(store);
    await cache.set('login', 'pw', { secret: true });
    expect(cache.peek('login')).toBe('pw');
    expect(await store.list('e/')).toEqual([]);
  });

  test('are as good as not there with another key, and where they were put under another name', async () => {
    const { store } = await sqlite();
    await (await next(store, { encryptionKey: KEY })).set('login', 'pw', { secret: true });
    const [found] = await store.list('e/');
    const moved = JSON.stringify({ ...JSON.parse(found?.value ?? ''), key: 'admin' });
    await store.set('e///admin', moved);
    expect(await (await next(store, { encryptionKey: KEY })).get('admin')).toBeUndefined();
    expect(await (await next(store)).get('login')).toBeUndefined();
    await (await next(store, { encryptionKey: KEY })).set('login', 'pw', { secret: true });
    expect(await (await next(store, { encryptionKey: randomBytes(32) })).get('login')).toBeUndefined();
  });

  test('a key of another length is refused', async () => {
    await expect(next(createMemoryDriver(), { encryptionKey: 'c2hvcnQ=' })).rejects.toMatchObject({
      code: 'QH_OPTION',
      message: 'cache.encryptionKey: it has 5 bytes, expected 32',
    });
  });
});

describe('what is damaged is as good as not there', () => {
  test.each([
    ['no JSON', () => 'x'],
    ['of another release', () => '{"v":9}'],
    ['cut', (value: string) => value.replace(/"text":"[^"]{20}/, '"text":"')],
    ['of a larger size than it says', (value: string) => value.replace(/"bytes":\d+/, '"bytes":3')],
  ])('%s', async (_, damage) => {
    const store = createMemoryDriver();
    await (await next(store)).set(
      'a',
      Array.from({ length: 300 }, (_, id) => ({ id, name: 'x' })),
    );
    const [found] = await store.list('e/');
    await store.set(found?.key ?? '', damage(found?.value ?? ''));
    const cache = await next(store);
    expect(await cache.getOrLoad('a', () => 'anew')).toBe('anew');
    expect(await (await next(store)).get('a')).toBe('anew');
  });

  test('a part is missing', async () => {
    const store = createMemoryDriver();
    await (await next(store)).set('a', order(3_000_000));
    const parts = await store.list('p/');
    expect(parts.length).toBeGreaterThan(3);
    await store.delete(parts[1]?.key ?? '');
    expect(await (await next(store)).get('a')).toBeUndefined();
  });
});

describe('room', () => {
  test('the oldest go first, with their parts', async () => {
    let now = 0;
    const store = createMemoryDriver();
    const cache = await next(store, { maxBytes: 3_000_000 }, { now: () => ++now });
    for (let index = 0; index < 10; index++) await cache.set(`big/${index}`, order(600_000), { ttlMs: 1_000_000 });
    const left = (await store.list('e/')).map(({ key }) => key);
    expect(left).toContain('e///big/9');
    expect(left).not.toContain('e///big/0');
    const bytes = (await store.list('')).reduce((sum, { value }) => sum + value.length, 0);
    expect(bytes).toBeLessThanOrEqual(3_100_000);
    expect(cache.statistics().sharedEvictions).toBeGreaterThan(3);
  });

  test('a file that is full gets room', async () => {
    const { store } = await sqlite(2_000_000);
    const told: CacheTrouble[] = [];
    const cache = await next(store, { maxBytes: 100_000_000 }, { onTrouble: trouble => told.push(trouble) });
    for (let index = 0; index < 12; index++) await cache.set(`big/${index}`, order(300_000));
    expect(await (await next(store)).get('big/11')).toBeDefined();
    expect(told).toEqual([]);
    expect(cache.statistics().sharedEvictions).toBeGreaterThan(3);
  });

  test('a value that would take half of all is not stored', async () => {
    const store = createMemoryDriver();
    await (await next(store, { maxBytes: 100_000 })).set('big', order(200_000));
    expect(await store.list('')).toEqual([]);
    await expect(next(store, { maxBytes: 5 })).rejects.toMatchObject({ code: 'QH_OPTION' });
  });

  test('the parts of a value that is replaced go', async () => {
    const store = createMemoryDriver();
    const cache = await next(store);
    await cache.set('a', order(3_000_000));
    await cache.set('a', 'small');
    expect((await store.list('')).map(({ key }) => key)).toEqual(['e///a']);
    await cache.set('a', order(3_000_000));
    await cache.delete('a');
    expect(await store.list('p/')).toEqual([]);
  });
});

test('a store that does not work costs a load, never a failure, and is told once and asked again later', async () => {
  let now = 0;
  let isDown = true;
  let calls = 0;
  const inner = createMemoryDriver();
  const store: KeyValueDriver = {
    ...inner,
    get: async key => {
      calls++;
      if (isDown) throw new StateError('QH_STATE_BUSY', 'Another program holds it', 'Close it');
      return inner.get(key);
    },
    list: async prefix => {
      calls++;
      if (isDown) throw new StateError('QH_STATE_BUSY', 'Another program holds it', 'Close it');
      return inner.list(prefix);
    },
  };
  const told: CacheTrouble[] = [];
  const cache = await next(store, {}, { now: () => now, onTrouble: trouble => told.push(trouble) });
  expect(await cache.getOrLoad('a', () => 1)).toBe(1);
  expect(await cache.getOrLoad('a', () => 2)).toBe(1);
  expect(await cache.get('b')).toBeUndefined();
  await cache.set('b', 5);
  await cache.clear();
  expect(calls).toBe(1);
  expect(told).toEqual([
    { tier: 'shared', doing: 'look for what is invalid', message: 'Another program holds it. Close it' },
  ]);
  now += 5_000;
  await cache.set('b', 5);
  expect([calls, told.length, cache.peek('b')]).toEqual([2, 1, 5]);
  isDown = false;
  now += 5_000;
  await cache.set('c', 7);
  expect(await (await next(inner, {}, { now: () => now })).get('c')).toBe(7);
  expect(cache.statistics().sharedErrors).toBe(2);
});
