import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deletionOrder } from './table-order.ts';

test('whoever refers to another goes first', () => {
  const references = [
    { from: 'items', to: 'orders' },
    { from: 'orders', to: 'buyers' },
    { from: 'buyers', to: 'buyers' },
  ];
  expect(deletionOrder(['buyers', 'items', 'orders'], references)).toEqual(['items', 'orders', 'buyers']);
});

test('without circles every table comes before those it refers to, and each comes once', () => {
  const graph = fc.integer({ min: 1, max: 12 }).chain(size =>
    fc.record({
      size: fc.constant(size),
      // Only towards smaller numbers: no circle.
      pairs: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 30 }),
    }),
  );
  fc.assert(
    fc.property(graph, ({ size, pairs }) => {
      const tables = Array.from({ length: size }, (_, n) => `t${n}`);
      const references = pairs
        .filter(([from, to]) => from > to)
        .map(([from, to]) => ({ from: `t${from}`, to: `t${to}` }));
      const order = deletionOrder(tables, references);
      expect([...order].sort()).toEqual([...tables].sort());
      for (const { from, to } of references) expect(order.indexOf(from)).toBeLessThan(order.indexOf(to));
    }),
  );
});

test('a circle is ordered too', () => {
  const references = [
    { from: 'a', to: 'b' },
    { from: 'b', to: 'a' },
    { from: 'c', to: 'a' },
  ];
  expect(deletionOrder(['a', 'b', 'c'], references)).toEqual(['c', 'a', 'b']);
});
