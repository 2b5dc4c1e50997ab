import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columns } from './columns.ts';

const value = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, -0, 2 ** 31, -(2 ** 31), Number.NaN),
  fc.string(),
  fc.constantFrom('a', 'b'),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
  fc.array(fc.integer(), { maxLength: 2 }),
  fc.bigInt(),
);
/** Columns of one kind mostly, as tables have them. */
const row = fc.record(
  {
    int: fc.integer(),
    float: fc.double(),
    text: fc.constantFrom('Lyon', 'Rome', null),
    any: value,
    gap: fc.option(value),
  },
  { requiredKeys: [] },
);

test('whatever rows there are, they come back as they were', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 60 }), async rows => {
      const table = await columns<Record<string, unknown>>(rows);
      const expected = rows.map(one =>
        Object.fromEntries(Object.entries(one).filter(([, inner]) => inner !== undefined)),
      );
      expect([...table]).toEqual(expected);
      expect(table.length).toBe(rows.length);
    }),
    { numRuns: 500 },
  );
});

const many = function* (count: number) {
  for (let id = 0; id < count; id++)
    yield {
      id,
      city: ['Lyon', 'Rome', 'Oslo'][id % 3],
      price: id / 8,
      isPaid: id % 2 === 0,
      note: id % 5 === 0 ? null : 'ok',
    };
};

test('a table takes a fraction of its rows', async () => {
  const table = await columns(many(20_000));
  expect(table.bytes).toBeLessThan(20_000 * 20);
  expect(table.rowBytes).toBeGreaterThan(20_000 * 80);
  expect(table.saved01).toBeGreaterThan(0.8);
  expect(table.names).toEqual(['id', 'city', 'price', 'isPaid', 'note']);
});

test('what it says to save is saved in the memory of the process', async () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  const used = (): number => {
    gc();
    return process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
  };
  const before = used();
  const table = await columns(many(200_000));
  const packed = used() - before;
  const rows = [...many(200_000)];
  const plain = used() - before - packed;
  expect(rows.length + table.length).toBe(400_000);
  expect(packed / plain).toBeLessThan(0.35);
  // What it says is near to what is.
  expect(table.rowBytes / plain).toBeGreaterThan(0.6);
  expect(table.rowBytes / plain).toBeLessThan(1.7);
});

test('single values, columns, and rows by a value', async () => {
  const table = await columns(many(10));
  expect(table.row(4)).toEqual({ id: 4, city: 'Rome', price: 0.5, isPaid: true, note: 'ok' });
  expect([table.row(-1), table.row(10), table.value(99, 'id')]).toEqual([undefined, undefined, undefined]);
  expect(table.value(5, 'note')).toBeNull();
  expect([...table.column('id')]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect([...table.where('city', 'Oslo')].map(({ id }) => id)).toEqual([2, 5, 8]);
  expect([...table.where('price', 0.25)].map(({ id }) => id)).toEqual([2]);
  expect([...table.where('city', 'Bonn')]).toEqual([]);
  expect([...table.where('town' as 'city', 'Bonn')]).toEqual([]);
});

test('an empty table, and one of 300 and of 70,000 different texts', async () => {
  const none = await columns<{ id: number }>([]);
  expect([none.length, none.bytes, none.saved01, none.row(0)]).toEqual([0, 0, 0, undefined]);
  for (const count of [300, 70_000, 140_000]) {
    const rows = Array.from({ length: count }, (_, id) => ({ text: `text ${id}` }));
    const table = await columns(rows);
    expect(table.row(count - 1)).toEqual({ text: `text ${count - 1}` });
    expect(table.row(1)).toEqual({ text: 'text 1' });
  }
});
