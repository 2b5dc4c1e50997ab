import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import type { KeyValueDriver } from '@quality-hub/protocol';
import { createMemoryDriver } from '@quality-hub/state';
import { openSqliteDriver } from '@quality-hub/state/sqlite';
import { FakeClock } from '@quality-hub/testkit';
import { expect, onTestFinished, test } from 'vitest';
import { scratchFolder } from '../testing/scratch-folder.ts';
import type { LedgerFilter, LedgerIntent } from './ledger.ts';
import { openLedger } from './open-ledger.ts';
import { readEntries } from './read-entries.ts';

const owner = { run: 'run/1', worker: 'w-1', test: 't-1', label: 'buys', namespace: 'n1' };
const order: LedgerIntent = { kind: 'order', version: 2, owner, input: { sku: 'TEA' }, needs: [] };

const { QH_REDIS_URL: REDIS } = process.env;

/** With a part of its own. */
async function openRedis(): Promise<KeyValueDriver> {
  const { openRedisState } = await import('@quality-hub/state/redis');
  const { store, leases } = await openRedisState({ url: REDIS ?? '', prefix: `data-test-${randomUUID()}` });
  onTestFinished(() => leases.close());
  return store;
}

const STORES: readonly (readonly [string, () => Promise<KeyValueDriver>])[] = [
  ['memory', async () => createMemoryDriver()],
  ['sqlite', () => openSqliteDriver({ path: join(scratchFolder(), 'state.db') })],
  ...(REDIS === undefined ? [] : [['redis', openRedis] as const]),
];

for (const [name, open] of STORES) {
  test(`${name}: an entry is there from its intent until it is gone`, async () => {
    const store = await open();
    const clock = new FakeClock(1_000);
    const mine = openLedger({ store, clock });
    const entry = await mine.intend(order);
    expect(entry).toMatchObject({ kind: 'order', state: 'intended', intendedAt: 1_000, failures: 0 });

    const other = openLedger({ store, clock });
    expect(await readEntries(other)).toEqual([entry]);
    await mine.made(entry.id, { id: 7 });
    expect(await readEntries(other)).toEqual([{ ...entry, state: 'made', record: { id: 7 } }]);
    await other.failed(entry.id, 'down');
    await other.failed(entry.id, 'still down');
    expect(await readEntries(other)).toMatchObject([{ state: 'made', failures: 2, lastError: 'still down' }]);
    await other.gone(entry.id);
    expect(await readEntries(other)).toEqual([]);
    await other.failed(entry.id, 'late');
    await other.made(entry.id, 1);
    expect(await readEntries(other)).toEqual([]);
    await mine.close();
    await store.close();
  });
}

test('entries are asked for by run, worker, kind, test and age', async () => {
  const store = createMemoryDriver();
  const clock = new FakeClock(0);
  const ledger = openLedger({ store, clock });
  await ledger.intend(order);
  clock.advance(60_000);
  await ledger.intend({ ...order, kind: 'buyer', owner: { ...owner, test: 't-2' } });
  await ledger.intend({ ...order, owner: { ...owner, run: 'run', worker: 'w-2' } });
  const seen = openLedger({ store, clock });
  const kinds = async (filter: LedgerFilter) =>
    (await readEntries(seen, filter)).map(({ kind, owner: { worker } }) => `${kind} ${worker}`);
  expect(await kinds({ run: 'run/1' })).toEqual(['order w-1', 'buyer w-1']);
  expect(await kinds({ run: 'run' })).toEqual(['order w-2']);
  expect(await kinds({ run: 'run/1', worker: 'w' })).toEqual([]);
  expect(await kinds({ worker: 'w-2' })).toEqual(['order w-2']);
  expect(await kinds({ kind: 'buyer' })).toEqual(['buyer w-1']);
  expect(await kinds({ test: 't-1', run: 'run/1' })).toEqual(['order w-1']);
  expect(await kinds({ olderThanMs: 60_000 })).toEqual(['order w-1']);
  expect(await readEntries(ledger, { run: 'run/1', worker: 'w-1', test: 't-2' })).toMatchObject([{ kind: 'buyer' }]);
  await ledger.close();
});

test('what cannot be written is not created, and teardown knows what it had before', async () => {
  const path = join(scratchFolder(), 'state.db');
  const store = await openSqliteDriver({ path, maxBytes: 120_000 });
  const ledger = openLedger({ store });
  const entry = await ledger.intend(order);
  const fill = async () => {
    for (let index = 0; index < 100; index++) await ledger.intend({ ...order, input: 'x'.repeat(10_000) });
  };
  await expect(fill()).rejects.toMatchObject({
    code: 'QH_DATA_LEDGER',
    message: expect.stringMatching(/^order is not created: the ledger cannot be written \(.*is full/),
  });
  await store.close();
  await expect(ledger.made(entry.id, { id: 7 })).rejects.toMatchObject({ code: 'QH_DATA_LEDGER' });
  const [first] = await readEntries(ledger, { run: owner.run, worker: owner.worker });
  expect(first).toMatchObject({ id: entry.id, state: 'made', record: { id: 7 } });
  await expect(ledger.failed(entry.id, 'x')).rejects.toMatchObject({ code: 'QH_DATA_LEDGER' });
  await expect(ledger.failed('other', 'x')).rejects.toMatchObject({ code: 'QH_DATA_LEDGER' });
  await expect(ledger.gone(entry.id)).rejects.toMatchObject({ code: 'QH_DATA_LEDGER' });
  await ledger.close();
});

test('a store that promises less than is demanded is refused', () => {
  const open = () => openLedger({ store: createMemoryDriver(), durability: 'process' });
  expect(open).toThrow(
    expect.objectContaining({ code: 'QH_UNSUPPORTED', message: expect.stringContaining('survives nothing') }),
  );
  expect(openLedger({ store: createMemoryDriver() }).durability).toBe('none');
});

test('errors are kept masked and short', async () => {
  const ledger = openLedger({ store: createMemoryDriver(), mask: text => text.replaceAll('hunter2', '***') });
  const { id } = await ledger.intend(order);
  await ledger.failed(id, `wrong password hunter2 ${'x'.repeat(1_000)}`);
  const [entry] = await readEntries(ledger);
  expect(entry?.lastError).toMatch(/^wrong password \*\*\* x+$/);
  expect(entry?.lastError).toHaveLength(500);
  await ledger.close();
});

test('an entry that cannot be read is named and does not hide the others', async () => {
  const store = createMemoryDriver();
  const ledger = openLedger({ store });
  await store.set('ledger/entry/run%201/w-1/broken', '{"kind":');
  await store.set('ledger/entry/run%ZZ/w-1/odd', '[]');
  const { id } = await ledger.intend(order);
  expect(await readEntries(ledger)).toMatchObject([
    { id: 'run%201/w-1/broken', kind: '(unreadable)', owner: { run: 'run 1', worker: 'w-1' } },
    { id, kind: 'order' },
    { id: 'run%ZZ/w-1/odd', kind: '(unreadable)' },
  ]);
  await ledger.close();
});

test('what a worker has begun survives its SIGKILL, and is an orphan at once', async () => {
  const path = join(scratchFolder(), 'state.db');
  const child = spawn(process.execPath, [join(import.meta.dirname, '../testing/intend-child.ts'), path, 'w-9'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const store = await openSqliteDriver({ path });
  const ledger = openLedger({ store });
  const killed = { run: 'run 1', worker: 'w-9' };
  expect((await ledger.living()).has(killed)).toBe(true);

  // A process that is stopped comes back: it keeps what it has, also past the time it last said that it lives.
  child.kill('SIGSTOP');
  const later = openLedger({ store: await openSqliteDriver({ path, now: () => Date.now() + 3_600_000 }) });
  expect((await later.living()).has(killed)).toBe(true);

  child.kill('SIGKILL');
  await once(child, 'close');
  expect((await ledger.living()).has(killed)).toBe(false);
  const left = await readEntries(ledger, { run: 'run 1' });
  expect(left.map(({ kind, state, record }) => [kind, state, record])).toEqual([
    ['buyer', 'made', { id: 7 }],
    ['order', 'intended', undefined],
  ]);
  expect(left[1]?.needs).toEqual([left[0]?.id]);
  await store.close();
});
