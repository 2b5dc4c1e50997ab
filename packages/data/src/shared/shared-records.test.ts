import type { ConflictEvidence } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import { SharedRecords } from './shared-records.ts';

/** A service with one kind of record. */
function shop() {
  const stored = new Map<string, { price: number; tags: string[]; madeAt: Date }>();
  let made = 0;
  const records = new SharedRecords();
  const seen: ConflictEvidence[] = [];
  const test = (label: string) => records.forTest({ label, observe: evidence => seen.push(evidence) });
  const make = async () => {
    stored.set('TEA', { price: 3, tags: ['hot'], madeAt: new Date(0) });
    made++;
    return { sku: 'TEA', tags: ['hot'], madeAt: new Date(0) };
  };
  const checksum = async ({ sku }: { sku: string }) => stored.get(sku);
  return { stored, test, make, checksum, seen, made: () => made };
}

test('a shared record is made once for all tests of a worker', async () => {
  const { test, make, checksum, made, seen } = shop();
  for (const label of ['one', 'two', 'three']) {
    const mine = test(label);
    const [first, second] = [await mine.use('tea', make, { checksum }), await mine.use('tea', make, { checksum })];
    expect(first).toBe(second);
    await mine.end();
  }
  expect(made()).toBe(1);
  expect(seen).toEqual([]);
});

test('what a test is handed cannot be changed', async () => {
  const { test, make } = shop();
  const tea = await test('one').use('tea', make);
  expect(() => {
    tea.sku = 'MUG';
  }).toThrow(TypeError);
  expect(() => tea.tags.push('cold')).toThrow(TypeError);
  expect(Object.isFrozen(tea.madeAt)).toBe(false);
});

test('the test that changed the record is named, and the next one gets a new one', async () => {
  const { stored, test, make, checksum, made, seen } = shop();
  const reader = test('reads');
  await reader.use('tea', make, { checksum });
  await reader.end();
  const guilty = test('discounts');
  await guilty.use('tea', make, { checksum });
  stored.set('TEA', { tags: ['hot'], price: 2, madeAt: new Date(0) });
  await expect(guilty.end()).rejects.toMatchObject({
    code: 'QH_DATA_SHARED_CHANGED',
    message: '"discounts" has changed tea, which other tests read as well',
  });
  expect(seen).toEqual([{ kind: 'conflict', resource: 'tea', detail: '"discounts" has changed it' }]);
  const next = test('next');
  await next.use('tea', make, { checksum });
  expect(made()).toBe(2);
  await next.end();
});

test('the same content in another order is the same', async () => {
  const { stored, test, make, checksum } = shop();
  const mine = test('one');
  await mine.use('tea', make, { checksum });
  stored.set('TEA', { madeAt: new Date(0), tags: ['hot'], price: 3 });
  await mine.end();
});

test('a change can be reported only', async () => {
  const { stored, test, make, checksum, seen } = shop();
  const mine = test('one');
  await mine.use('tea', make, { checksum, onChange: 'report' });
  stored.clear();
  await mine.end();
  expect(seen).toHaveLength(1);
});

test('a change between tests is nobody’s of this worker', async () => {
  const { stored, test, make, checksum, seen, made } = shop();
  const first = test('first');
  await first.use('tea', make, { checksum });
  await first.end();
  stored.delete('TEA');
  const second = test('second');
  await second.use('tea', make, { checksum });
  await second.end();
  expect(made()).toBe(2);
  expect(seen).toMatchObject([{ detail: expect.stringContaining('changed after "first" had ended') }]);
});

test('what could not be made is made by the next test, and what cannot be read is not changed', async () => {
  const { test, make, made } = shop();
  const fails = () => Promise.reject(new Error('down'));
  await expect(test('one').use('tea', fails)).rejects.toThrow('down');
  let isDown = false;
  const mine = test('two');
  await mine.use('tea', make, { checksum: async () => (isDown ? Promise.reject(new Error('down')) : 1n) });
  isDown = true;
  await mine.end();
  expect(made()).toBe(1);
});
