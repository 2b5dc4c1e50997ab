import { createMemoryDriver } from '@quality-hub/state';
import { FakeClock } from '@quality-hub/testkit';
import { expect, test } from 'vitest';
import type { Json, RecordKind } from '../ledger/ledger.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { ownProcess } from '../ledger/process-life.ts';
import { readEntries } from '../ledger/read-entries.ts';
import { readBacklog } from './backlog.ts';
import { isSweeperOf, type SweepOptions, sweep } from './sweep.ts';

const MINUTE = 60_000;

async function someLeftovers() {
  const clock = new FakeClock(0);
  const store = createMemoryDriver({ now: clock.now });
  const held = new Set<Json>();
  const refusing = new Set<Json>();
  const kinds = new Map<string, RecordKind<undefined>>(
    ['buyer', 'order'].map(name => [
      name,
      {
        name,
        version: 1,
        remove: async record => {
          if (refusing.has(record)) throw Object.assign(new Error('refused'), { status: 403 });
          held.delete(record);
        },
      },
    ]),
  );
  const create = async (
    worker: string,
    kind: string,
    record: string,
    more: { run?: string; needs?: string[] } = {},
  ) => {
    const ledger = openLedger({ store, clock });
    const owner = { run: more.run ?? 'old', worker, test: `t-${worker}`, label: `buys by ${worker}`, namespace: 'n' };
    const { id } = await ledger.intend({ kind, version: 1, owner, input: {}, needs: more.needs ?? [] });
    held.add(record);
    await ledger.made(id, record);
    return { id, ledger };
  };
  const ledger = openLedger({ store, clock });
  const run = async (more: Partial<SweepOptions<undefined>> = {}) => {
    let isOver = false;
    const sweeping = sweep({ ledger, store, kinds, context: undefined, clock, random: () => 0, ...more });
    sweeping
      .finally(() => {
        isOver = true;
      })
      .catch(() => {});
    while (!isOver) {
      await new Promise(setImmediate);
      if (!isOver) clock.advance(100);
    }
    return sweeping;
  };
  return { clock, store, held, refusing, create, ledger, run };
}

test('what an ended owner has left is removed, what a living one has is not', async () => {
  const { create, run, held, store, ledger } = await someLeftovers();
  const ended = await create('w-1', 'order', 'left');
  await ended.ledger.close();
  const living = await create('w-2', 'order', 'mine');
  expect(await readBacklog(ledger, 5 * MINUTE)).toEqual({
    orphans: 1,
    failed: 0,
    oldestMs: 5 * MINUTE,
    byKind: { order: 1 },
    living: 1,
  });
  const report = await run();
  expect(report).toMatchObject({ isBusy: false, living: 1, results: [{ outcome: 'gone' }] });
  expect([...held]).toEqual(['mine']);
  await living.ledger.close();
  await run();
  expect([...held]).toEqual([]);
  expect(await store.list('ledger/')).toEqual([]);
  expect(await readBacklog(ledger)).toEqual({ orphans: 0, failed: 0, byKind: {}, living: 0 });
});

test('what a living owner needs stays', async () => {
  const { create, run, held } = await someLeftovers();
  const parent = await create('w-1', 'buyer', 'Ada');
  await parent.ledger.close();
  await create('w-2', 'order', 'mine', { needs: [parent.id] });
  expect((await run()).results).toMatchObject([{ outcome: 'skipped', detail: 'order mine needs it and stays' }]);
  expect([...held]).toEqual(['Ada', 'mine']);
});

test('a dry run finds and removes nothing', async () => {
  const { create, run, held, store } = await someLeftovers();
  await (await create('w-1', 'order', 'left')).ledger.close();
  const before = await store.list('');
  expect(await run({ dryRun: true })).toMatchObject({ orphans: [{ kind: 'order', record: 'left' }], results: [] });
  expect([...held]).toEqual(['left']);
  expect(await store.list('')).toEqual(before);
});

test('orphans are chosen by run, kind, owner and age', async () => {
  const { create, run, clock } = await someLeftovers();
  await (await create('w-1', 'order', 'a')).ledger.close();
  clock.advance(10 * MINUTE);
  await (await create('w-2', 'buyer', 'b', { run: 'new' })).ledger.close();
  const chosen = async (filter: SweepOptions<undefined>['filter'] & object) =>
    (await run({ dryRun: true, filter })).orphans.map(({ record }) => record);
  expect(await chosen({ run: 'new' })).toEqual(['b']);
  expect(await chosen({ kind: 'order' })).toEqual(['a']);
  expect(await chosen({ owner: 'w-2' })).toEqual(['b']);
  expect(await chosen({ owner: 't-w-1' })).toEqual(['a']);
  expect(await chosen({ owner: 'buys by' })).toEqual(['b', 'a']);
  expect(await chosen({ olderThanMs: 5 * MINUTE })).toEqual(['a']);
  await run({ filter: { run: 'new' } });
  expect(await chosen({})).toEqual(['a']);
});

test('what cannot be removed stays and is counted, until it can', async () => {
  const { create, run, held, refusing, ledger, store } = await someLeftovers();
  await (await create('w-1', 'order', 'stuck')).ledger.close();
  await (await create('w-1', 'order', 'free')).ledger.close();
  refusing.add('stuck');
  expect((await run()).results.map(({ outcome }) => outcome).sort()).toEqual(['failed', 'gone']);
  expect(await readBacklog(ledger)).toMatchObject({ orphans: 1, failed: 1 });
  expect(await readEntries(ledger)).toMatchObject([{ failures: 1, lastError: 'refused' }]);
  refusing.clear();
  await run();
  expect([...held]).toEqual([]);
  expect(await store.list('ledger/')).toEqual([]);
});

test('one sweep at a time; the turn of a dead one is free', async () => {
  const { create, run, held, store, clock } = await someLeftovers();
  await (await create('w-1', 'order', 'left')).ledger.close();
  const { startedAt: _, ...process } = ownProcess();
  await store.set('ledger/sweep', JSON.stringify({ ...process, machine: 'elsewhere' }), { ttlMs: 30_000 });
  expect(await run({ waitMs: 1_000 })).toMatchObject({ isBusy: true, results: [] });
  expect([...held]).toEqual(['left']);
  // It is over when its time is, and one of this machine when its process is.
  expect((await run({ waitMs: MINUTE })).results).toHaveLength(1);
  await store.set('ledger/sweep', JSON.stringify({ ...process, pid: 2 ** 30 }));
  expect((await run({ waitMs: 0 })).isBusy).toBe(false);
  await store.set('ledger/sweep', 'broken');
  expect((await run({ waitMs: 0 })).isBusy).toBe(false);
  expect(await store.get('ledger/sweep')).toBeUndefined();
  expect(clock.pending).toBe(0);
});

test('a long sweep keeps its turn', async () => {
  const { create, run, store, refusing } = await someLeftovers();
  await (await create('w-1', 'order', 'slow')).ledger.close();
  const turns: (string | undefined)[] = [];
  const slow: RecordKind<undefined> = {
    name: 'order',
    version: 1,
    remove: async () => {
      turns.push((await store.get('ledger/sweep'))?.value);
      await new Promise(() => {});
    },
  };
  const report = await run({ kinds: new Map([['order', slow]]), timeoutMs: 10 * MINUTE });
  expect(report.results[0]).toMatchObject({ outcome: 'failed', detail: 'no answer within 10 s' });
  expect(turns).toHaveLength(4);
  expect(turns.every(turn => turn !== undefined)).toBe(true);
  expect(refusing.size).toBe(0);
});

test('one worker sweeps for all of its runner', async () => {
  const store = createMemoryDriver();
  expect(await Promise.all(['a', 'a', 'b'].map(run => isSweeperOf(run, store)))).toEqual([true, false, true]);
});
