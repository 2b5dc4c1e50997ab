import { SecretError, type StoredSecret } from '@quality-hub/protocol';
import { expect, test, vi } from 'vitest';
import { ValueCache } from './value-cache.ts';

const down = new SecretError('QH_SECRET_UNREACHABLE', 'The store is down', 'Bring it back');

function cacheAt(options = {}) {
  const clock = { now: Date.parse('2026-01-01T00:00:00.000Z') };
  vi.spyOn(Date, 'now').mockImplementation(() => clock.now);
  const stale: string[] = [];
  const cache = new ValueCache({
    ttlMs: 1_000,
    staleMs: 5_000,
    now: () => clock.now,
    onStale: (key, { message }) => stale.push(`${key}: ${message}`),
    ...options,
  });
  let answer: StoredSecret | SecretError = { value: 'one', version: '1' };
  const read = vi.fn(async () => {
    if (answer instanceof Error) throw answer;
    return answer;
  });
  return { cache, clock, stale, read, answers: (next: StoredSecret | SecretError) => (answer = next) };
}

test('a store is asked once, however many want the value at a time, and again when it is no longer believed', async () => {
  const { cache, clock, read, answers } = cacheAt();
  const all = await Promise.all(Array.from({ length: 50 }, () => cache.get('a', read)));
  expect(new Set(all.map(({ value }) => value))).toEqual(new Set(['one']));
  expect(read).toHaveBeenCalledTimes(1);
  answers({ value: 'two' });
  clock.now += 999;
  expect(await cache.get('a', read)).toMatchObject({ value: 'one' });
  clock.now += 1;
  expect(await cache.get('a', read)).toMatchObject({ value: 'two' });
});

test('while its store is down the old value serves, for a while', async () => {
  const { cache, clock, stale, read, answers } = cacheAt();
  await cache.get('a', read);
  answers(down);
  clock.now += 3_000;
  expect(await cache.get('a', read)).toMatchObject({ value: 'one' });
  expect(stale).toEqual(['a: The store is down']);
  clock.now += 3_001;
  await expect(cache.get('a', read)).rejects.toBe(down);
});

test('a value that a store refuses is not given from what is kept', async () => {
  const { cache, clock, read, answers } = cacheAt();
  await cache.get('a', read);
  answers(new SecretError('QH_SECRET_DENIED', 'No permission', 'Ask for it'));
  clock.now += 1_000;
  await expect(cache.get('a', read)).rejects.toMatchObject({ code: 'QH_SECRET_DENIED', transient: false });
});

test('a value that ends is believed no longer than that, and never stale', async () => {
  const { cache, clock, read, answers } = cacheAt();
  answers({ value: 'lease', expiresAt: new Date(clock.now + 500).toISOString() });
  await cache.get('a', read);
  clock.now += 499;
  expect(cache.fresh('a')).toMatchObject({ value: 'lease' });
  clock.now += 1;
  expect(cache.fresh('a')).toBeUndefined();
  answers(down);
  await expect(cache.get('a', read)).rejects.toBe(down);
});

test('a value that was found wrong is asked for past what is kept', async () => {
  const { cache, read, answers } = cacheAt();
  await cache.get('a', read);
  answers({ value: 'two' });
  expect(await cache.renew('a', read)).toMatchObject({ value: 'two' });
  expect(cache.fresh('a')).toMatchObject({ value: 'two' });
  cache.clear();
  expect(cache.fresh('a')).toBeUndefined();
});

test('a store that is down is not asked by everybody who wants the old value', async () => {
  const { cache, clock, read, answers, stale } = cacheAt({ staleMs: 60_000 });
  await cache.get('a', read);
  answers(down);
  clock.now += 1_000;
  for (let i = 0; i < 10; i++) expect(await cache.get('a', read)).toMatchObject({ value: 'one' });
  expect([read.mock.calls.length, stale.length]).toEqual([2, 1]);
  clock.now += 5_000;
  answers({ value: 'two' });
  expect(await cache.get('a', read)).toMatchObject({ value: 'two' });
});
