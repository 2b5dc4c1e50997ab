import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { secret } from '@quality-hub/config';
import { expect, test, vi } from 'vitest';
import { sectionSchemas } from './section-schemas.ts';
import type { CacheSection } from './sections.ts';
import { openWorker, scratchFolder } from './testing/open-workers.ts';

const opened = (stateFile: string, cache: CacheSection = {}, more: object = {}) =>
  openWorker({ config: { cache, ...more }, stateFile });

test('what one worker has loaded, the next run finds in a file beside the state', async () => {
  const stateFile = join(scratchFolder(), 'state.db');
  const first = await opened(stateFile);
  expect(first.runtime.cache.current).toBeUndefined();
  expect(first.runtime.cache.told()).toBeUndefined();
  const cache = await first.runtime.cache.open();
  await cache.getOrLoad('a', () => ({ id: 1 }));
  expect(first.runtime.cache.told()).toMatchObject({ kind: 'note', name: 'cache', data: { hitRatio01: 0, loads: 1 } });
  expect(first.runtime.cache.told()).toBeUndefined();
  await first.runtime.close();
  expect(existsSync(join(stateFile, '..', 'cache.db'))).toBe(true);
  const second = await opened(stateFile);
  const again = await second.runtime.cache.open();
  expect(await again.getOrLoad('a', () => ({ id: 2 }))).toEqual({ id: 1 });
  await again.getOrLoad('a', () => ({ id: 2 }));
  expect(second.runtime.cache.told()).toMatchObject({ data: { hitRatio01: 1, sharedHits: 1, memoryHits: 1 } });
  await second.runtime.close();
  expect(() => second.runtime.cache).toThrow(expect.objectContaining({ code: 'QH_RUNTIME_CLOSED' }));
});

test('it can be kept in the store of the state, or in memory alone', async () => {
  const stateFile = join(scratchFolder(), 'state.db');
  const first = await opened(stateFile, {
    shared: 'state',
    ttlMs: 60_000,
    memory: { maxEntries: 5 },
    maxBytes: 100_000,
  });
  await (await first.runtime.cache.open()).set('a', 1);
  expect((await first.runtime.store.list('cache/')).length).toBeGreaterThan(0);
  const second = await opened(stateFile, { shared: 'state' });
  expect(await (await second.runtime.cache.open()).get('a')).toBe(1);
  const third = await opened(stateFile, { shared: false });
  expect(await (await third.runtime.cache.open()).get('a')).toBeUndefined();
  expect(existsSync(join(stateFile, '..', 'cache.db'))).toBe(false);
});

test('its key may be a secret; one of another length is told', async () => {
  const stateFile = join(scratchFolder(), 'state.db');
  vi.stubEnv('QH_TEST_CACHE_KEY', randomBytes(32).toString('base64'));
  vi.stubEnv('QH_TEST_SHORT_KEY', 'c2hvcnQta2V5LXg=');
  const secrets = { secrets: { refs: { cacheKey: 'env:QH_TEST_CACHE_KEY', shortKey: 'env:QH_TEST_SHORT_KEY' } } };
  const first = await opened(stateFile, { encryptionKey: secret('cacheKey') }, secrets);
  await (await first.runtime.cache.open()).set('login', { password: 'correct-h0rse' }, { secret: true });
  await first.runtime.close();
  expect(readFileSync(join(stateFile, '..', 'cache.db'), 'latin1')).not.toContain('correct-h0rse');
  const second = await opened(stateFile, { encryptionKey: secret('cacheKey') }, secrets);
  expect(await (await second.runtime.cache.open()).get('login')).toEqual({ password: 'correct-h0rse' });
  const third = await opened(stateFile, { encryptionKey: secret('shortKey') }, secrets);
  await expect(third.runtime.cache.open()).rejects.toMatchObject({
    code: 'QH_OPTION',
    message: 'cache.encryptionKey: it has 11 bytes, expected 32',
  });
  vi.unstubAllEnvs();
});

test('a file that cannot be opened is told, and the cache is one of memory', async () => {
  const folder = scratchFolder();
  mkdirSync(join(folder, 'cache.db'));
  const { runtime, seen } = await opened(join(folder, 'state.db'));
  const cache = await runtime.cache.open();
  expect(await cache.getOrLoad('a', () => 1)).toBe(1);
  expect(cache.peek('a')).toBe(1);
  expect(seen).toEqual([
    {
      kind: 'note',
      name: 'cache.trouble',
      data: { tier: 'shared', doing: 'open', message: expect.stringContaining('Cannot open') },
    },
  ]);
});

test('the section is checked before the run', async () => {
  const { cache } = await sectionSchemas();
  const check = (value: CacheSection | object) => cache?.safeParse(value).success;
  expect(check({ memory: { kind: 'lru', maxEntries: 5 }, shared: 'state', encryptionKey: secret('x') })).toBe(true);
  expect(check({ memory: { maxBytes: 5 }, shared: false, ttlMs: 0, maxBytes: 10_000, compressFromBytes: 0 })).toBe(
    true,
  );
  expect(check({ memory: { kind: 'node-cache' } })).toBe(true);
  expect(check({ memory: { kind: 'node-cache', maxEntries: 5 } })).toBe(false);
  expect(check({ shared: 'redis' })).toBe(false);
  expect(check({ maxbytes: 10_000 })).toBe(false);
});

test('records that are created and removed make what is tagged with them wrong, also for other workers', async () => {
  const stateFile = join(scratchFolder(), 'state.db');
  const [first, second] = [await opened(stateFile), await opened(stateFile)];
  const cache = await first.runtime.cache.open();
  const fill = async () => {
    await cache.set('all', 'orders', { tags: ['order'] });
    await cache.set('seven', 'order', { tags: ['order:7'] });
    await cache.set('eight', 'order', { tags: ['order:8'] });
    await cache.set('other', 'buyer', { tags: ['buyer'] });
  };
  const left = () => ['all', 'seven', 'eight', 'other'].filter(key => cache.peek(key) !== undefined);
  const ledger = await second.runtime.ledger();
  const owner = { run: 'r', worker: 'w', namespace: 'n' };
  const intent = { kind: 'order', version: 1, owner, input: {}, needs: [] };

  await fill();
  const { id } = await ledger.intend(intent);
  await ledger.made(id, 7);
  const inSecond = await second.runtime.cache.open();
  expect(await inSecond.get('all')).toBeUndefined();
  expect(await inSecond.get('eight')).toBe('order');
  await cache.refresh();
  expect(left()).toEqual(['eight', 'other']);

  await fill();
  await ledger.gone(id);
  await inSecond.refresh();
  await cache.refresh();
  expect(left()).toEqual(['eight', 'other']);

  // Nobody knows which one it was.
  await fill();
  const lost = await ledger.intend(intent);
  for await (const entry of ledger.entries({ run: 'r' })) expect(entry.id).toBe(lost.id);
  await ledger.gone(lost.id);
  await inSecond.refresh();
  await cache.refresh();
  expect(left()).toEqual(['other']);
});
