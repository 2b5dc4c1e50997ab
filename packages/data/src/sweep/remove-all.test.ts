import type { CleanupEvidence } from '@quality-hub/protocol';
import { createMemoryDriver } from '@quality-hub/state';
import { FakeClock } from '@quality-hub/testkit';
import { expect, test } from 'vitest';
import type { Json, LedgerEntry, RecordKind } from '../ledger/ledger.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import { readEntries } from '../ledger/read-entries.ts';
import { ledgerEntry } from '../testing/ledger-entry.ts';
import { type RemovalOptions, removeAll } from './remove-all.ts';

/** A service that has orders, and is told how to misbehave. */
class Orders {
  readonly held = new Set<Json>();
  readonly calls: string[] = [];
  /** What the next removals do instead. */
  readonly trouble: (Error | 'hangs' | 'forgets')[] = [];

  readonly kind: RecordKind<Orders> = {
    name: 'order',
    version: 1,
    find: async input => [...this.held].find(id => id === (input as { sku: string }).sku),
    exists: async record => this.held.has(record),
    remove: async (record, context) => {
      expect(context).toBe(this);
      this.calls.push(`remove ${record}`);
      const trouble = this.trouble.shift();
      if (trouble === 'hangs') await new Promise(() => {});
      if (trouble instanceof Error) throw trouble;
      if (trouble !== 'forgets' && !this.held.delete(record)) throw Object.assign(new Error('none'), { status: 404 });
    },
  };
}

function place(orders: Orders, more: Partial<RemovalOptions<Orders>> = {}) {
  const clock = new FakeClock(100_000);
  const told: CleanupEvidence[] = [];
  const noted: string[] = [];
  const options: RemovalOptions<Orders> = {
    ledger: {
      gone: async id => void noted.push(`gone ${id}`),
      failed: async (id, error) => void noted.push(`failed ${id}: ${error}`),
    },
    kinds: new Map([['order', orders.kind]]),
    context: orders,
    observe: evidence => told.push(evidence),
    clock,
    random: () => 1,
    ...more,
  };
  /** Goes on by small steps, as time does, until all is removed. */
  const run = async (entries: readonly LedgerEntry[]) => {
    let isOver = false;
    const removing = removeAll(entries, options).finally(() => {
      isOver = true;
    });
    const beganAt = clock.now();
    while (!isOver) {
      await new Promise(setImmediate);
      if (!isOver) clock.advance(50);
    }
    return { results: await removing, tookMs: clock.now() - beganAt };
  };
  return { clock, told, noted, run };
}

test('a record is removed, verified, noted and told', async () => {
  const orders = new Orders();
  orders.held.add('TEA').add('MUG');
  const { run, told, noted, clock } = place(orders);
  const { results } = await run([ledgerEntry('1', { record: 'TEA' })]);
  expect(results).toMatchObject([{ entry: { id: '1' }, outcome: 'gone' }]);
  expect(told).toEqual([{ kind: 'cleanup', record: 'order TEA', outcome: 'gone' }]);
  expect(noted).toEqual(['gone 1']);
  expect([...orders.held]).toEqual(['MUG']);
  expect(clock.pending).toBe(0);
});

test('what is gone already is gone', async () => {
  const orders = new Orders();
  const gone410 = { ...orders.kind, exists: () => Promise.reject(Object.assign(new Error('gone'), { status: 410 })) };
  for (const kind of [orders.kind, gone410]) {
    const { run } = place(orders, { kinds: new Map([['order', kind]]) });
    expect((await run([ledgerEntry('1')])).results[0]?.outcome).toBe('gone');
  }
});

test('a removal that fails is tried again, with growing pauses', async () => {
  const orders = new Orders();
  orders.held.add('TEA');
  orders.trouble.push(new Error('down'), new Error('down'), 'forgets');
  const { run, noted } = place(orders);
  const { results, tookMs } = await run([ledgerEntry('1', { record: 'TEA' })]);
  expect(results[0]?.outcome).toBe('gone');
  expect(orders.calls).toHaveLength(4);
  expect(tookMs).toBeGreaterThanOrEqual(2_100);
  expect(noted).toEqual(['gone 1']);
});

test('what cannot be removed stays, with the reason, and so does what it needs', async () => {
  const orders = new Orders();
  orders.held.add('TEA').add('buyer');
  orders.trouble.push(...Array.from({ length: 4 }, () => 'forgets' as const));
  const { run, noted, told } = place(orders);
  const { results } = await run([
    ledgerEntry('2', { record: 'TEA', needs: ['1'], intendedAt: 1 }),
    ledgerEntry('1', { record: { id: 7, name: 'Ada' } }),
  ]);
  expect(results.map(({ outcome, detail }) => [outcome, detail])).toEqual([
    ['failed', 'it is still there after its removal'],
    ['skipped', 'order TEA needs it and stays'],
  ]);
  expect(noted).toEqual(['failed 2: it is still there after its removal']);
  expect(told[1]).toMatchObject({ record: 'order 7', outcome: 'skipped' });
});

test('what something that is not to be removed needs stays', async () => {
  const orders = new Orders();
  orders.held.add('buyer');
  const { run } = place(orders, { staying: [ledgerEntry('9', { record: 'theirs', needs: ['1'] })] });
  const { results } = await run([ledgerEntry('1', { record: 'buyer' })]);
  expect(results[0]).toMatchObject({ outcome: 'skipped', detail: 'order theirs needs it and stays' });
  expect([...orders.held]).toEqual(['buyer']);
});

test('what may have been created is looked for', async () => {
  const orders = new Orders();
  orders.held.add('TEA');
  const { run, told } = place(orders);
  const intent = (sku: string) =>
    ledgerEntry(sku, { state: 'intended', input: { sku }, intendedAt: 1_000, record: undefined as never });
  const { results, tookMs } = await run([intent('TEA'), intent('MUG')]);
  expect(results).toMatchObject([
    { entry: { id: 'MUG' }, outcome: 'gone', detail: 'it was never created' },
    { entry: { id: 'TEA' }, outcome: 'gone' },
  ]);
  expect(orders.calls).toEqual(['remove TEA']);
  expect(tookMs).toBeLessThan(200);
  expect(told[0]?.record).toBe('order (of {"sku":"MUG"})');
});

test('a call that was begun just now may still create: it is waited for', async () => {
  const orders = new Orders();
  const { run, clock } = place(orders);
  clock.after(2_000, () => orders.held.add('TEA'));
  const late = ledgerEntry('1', { state: 'intended', input: { sku: 'TEA' }, intendedAt: 99_000 });
  const { results, tookMs } = await run([late]);
  expect(results[0]).toMatchObject({ outcome: 'gone' });
  expect([...orders.held]).toEqual([]);
  expect(tookMs).toBeGreaterThanOrEqual(4_000);

  // The clock of its owner may be ahead: that costs the time itself and no more.
  const ahead = ledgerEntry('2', { state: 'intended', input: { sku: 'MUG' }, intendedAt: 9_000_000 });
  expect((await run([ahead])).tookMs).toBeLessThan(6_000);
});

test('without an answer and without a way to find it, it stays', async () => {
  const orders = new Orders();
  const { find: _, ...kind } = orders.kind;
  const { run } = place(orders, { kinds: new Map([['order', kind]]) });
  expect((await run([ledgerEntry('1', { state: 'intended' })])).results[0]).toMatchObject({
    outcome: 'failed',
    detail: 'nobody knows whether it was created: order has no find',
  });
});

test('a kind that is not loaded, or is older than what it should remove, is named', async () => {
  const { run, noted } = place(new Orders());
  const { results } = await run([ledgerEntry('1', { kind: 'buyer' }), ledgerEntry('2', { version: 3 })]);
  expect(new Map(results.map(({ entry, outcome, detail }) => [entry.id, [outcome, detail]]))).toEqual(
    new Map([
      ['1', ['skipped', 'no factory buyer is loaded']],
      ['2', ['skipped', 'it was created by version 3 of order, and version 1 is loaded']],
    ]),
  );
  expect(noted).toEqual([]);
});

test('a call that hangs is left after 10 s, and tried again', async () => {
  const orders = new Orders();
  orders.held.add('TEA');
  orders.trouble.push('hangs');
  const { run } = place(orders);
  const { results, tookMs } = await run([ledgerEntry('1', { record: 'TEA' })]);
  expect(results[0]?.outcome).toBe('gone');
  expect(tookMs).toBeGreaterThan(10_000);
  expect(tookMs).toBeLessThan(11_000);
});

test('when the time is over, what is left stays', async () => {
  const orders = new Orders();
  orders.trouble.push('hangs', 'hangs');
  const { run, noted, clock } = place(orders, { timeoutMs: 1_000, concurrency: 2 });
  const { results, tookMs } = await run(['1', '2', '3'].map(id => ledgerEntry(id)));
  expect(results.map(({ outcome, detail }) => [outcome, detail])).toEqual([
    ['failed', 'the 1 s for removals were over'],
    ['failed', 'the 1 s for removals were over'],
    ['skipped', 'the 1 s for removals were over'],
  ]);
  expect(tookMs).toBeLessThan(1_200);
  expect(noted).toHaveLength(2);
  expect(clock.pending).toBe(0);
});

test('whoever waits can end it', async () => {
  const orders = new Orders();
  const signal = AbortSignal.abort(new Error('the runner ends'));
  const { run } = place(orders, { signal });
  expect((await run([ledgerEntry('1')])).results[0]).toMatchObject({ outcome: 'skipped', detail: 'the runner ends' });
  const stop = new AbortController();
  orders.trouble.push('hangs');
  const second = place(orders, { signal: stop.signal });
  second.clock.after(100, () => stop.abort(new Error('enough')));
  expect((await second.run([ledgerEntry('1')])).results[0]).toMatchObject({ outcome: 'failed', detail: 'enough' });
});

test('a ledger that cannot be written hinders no removal', async () => {
  const orders = new Orders();
  orders.held.add('TEA');
  const store = createMemoryDriver();
  const ledger = openLedger({ store });
  const owner = { run: 'run', worker: 'w', namespace: 'n' };
  const intent = { kind: 'order', version: 1, owner, input: {}, needs: [] };
  const { id } = await ledger.intend(intent);
  await ledger.made(id, 'TEA');
  await store.close();
  const entries = await readEntries(ledger, { run: 'run', worker: 'w' });
  const { results } = await place(orders, { ledger }).run(entries);
  expect(results).toMatchObject([{ outcome: 'gone', detail: expect.stringContaining('is not noted') }]);
  expect(orders.held.size).toBe(0);
});
