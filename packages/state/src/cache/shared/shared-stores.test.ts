import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { KeyValueDriver, LeaseDriver } from '@quality-hub/protocol';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSqliteState } from '../../drivers/sqlite.ts';
import { openEmptyRedis, redisServers } from '../../testing/redis-servers.ts';
import { scratchFolder } from '../../testing/scratch-folder.ts';
import { openCache } from '../index.ts';

interface State {
  readonly store: KeyValueDriver;
  readonly leases: LeaseDriver;
}

const stores: readonly { readonly name: string; readonly open: (() => Promise<State>) | undefined }[] = [
  { name: 'sqlite', open: () => openSqliteState({ path: join(scratchFolder(), 'state.db'), waitMs: 20_000 }) },
  ...redisServers.map(({ name, env, url }) => ({
    name: `${name}${url === undefined ? ` (needs ${env})` : ''}`,
    open: url === undefined ? undefined : () => openEmptyRedis(url),
  })),
];

describe.each(stores)('a cache over $name', ({ open }) => {
  const opened = async () => {
    const state = await open?.();
    if (state === undefined) throw new Error('there is no server');
    onTestFinished(async () => {
      await state.store.close();
      await state.leases.close();
    });
    return { ...state, cache: () => openCache({ shared: state }) };
  };

  test.skipIf(open === undefined)('keeps small and large values, loads once, and forgets', async () => {
    const { cache, store } = await opened();
    const [one, two] = [await cache(), await cache()];
    let loads = 0;
    const large = async () => {
      loads++;
      await new Promise(resolve => setTimeout(resolve, 50));
      return { text: randomBytes(1_000_000).toString('hex'), at: new Date(5) };
    };
    const asks = [one, two].flatMap(each =>
      Array.from({ length: 20 }, () => each.getOrLoad('large', large, { tags: ['t'] })),
    );
    const all = await Promise.all(asks);
    expect(loads).toBe(1);
    expect(all[39]).toEqual(all[0]);
    await two.set('small', [1], { tags: ['u'] });
    expect(await one.get('small')).toEqual([1]);
    await one.invalidate({ tag: 't' });
    await two.refresh();
    expect([two.peek('large'), two.peek('small')]).toEqual([undefined, [1]]);
    expect(await store.list('p/')).toEqual([]);
  });

  test.skipIf(open === undefined)('gives one whole value or none, whoever writes at the same time', async () => {
    const { cache } = await opened();
    const writers = await Promise.all(Array.from({ length: 4 }, cache));
    const value = (name: string) => ({ name, text: `${name}${randomBytes(150_000).toString('hex')}`.repeat(2) });
    let isOver = false;
    let whole = 0;
    const read = async (): Promise<void> => {
      while (!isOver) {
        // Calls of SQLite alone would leave no turn to the writers.
        await new Promise(resolve => setImmediate(resolve));
        const found = await (await cache()).get<{ name: string; text: string }>('shared');
        if (found === undefined) continue;
        whole++;
        const half = found.text.length / 2;
        expect(found.text.startsWith(found.name)).toBe(true);
        expect(found.text.slice(0, half)).toBe(found.text.slice(half));
      }
    };
    const reading = Promise.all([read(), read()]);
    await Promise.all(
      writers.map(async (writer, index) => {
        for (let round = 0; round < 6; round++) await writer.set('shared', value(`writer ${index} round ${round} `));
      }),
    );
    isOver = true;
    await reading;
    expect(whole).toBeGreaterThan(0);
    expect(await (await cache()).get('shared')).toBeDefined();
  });
});
