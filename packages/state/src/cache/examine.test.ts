import { expect, test } from 'vitest';
import { examine } from './examine.ts';

class Order {
  readonly #total = 5;
  total() {
    return this.#total;
  }
}

const loop: Record<string, unknown> = {};
loop.self = loop;
const one = { a: 1 };

test.each([
  ['plain data', { a: [1, 'x', true, null, { b: 2 }] }],
  ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
])('%s is JSON', (_, value) => {
  expect(examine(value).form).toBe('json');
  expect(JSON.parse(JSON.stringify(value))).toEqual({ ...value });
});

test.each([
  ['a date', new Date(0)],
  ['undefined inside', { a: undefined }],
  ['NaN', [Number.NaN]],
  ['-0', -0],
  ['a bigint', 1n],
  ['a map', new Map([['a', one]])],
  ['a set', new Set([1])],
  ['bytes', new Uint8Array(4)],
  ['half of a character', '\ud800'],
  ['a list with holes', Object.assign([], { length: 3 })],
  ['one thing at two places', [one, one]],
  ['a circle', loop],
])('%s is kept as a clone', (_, value) => {
  expect(examine(value).form).toBe('clone');
});

test.each([
  ['a function', { run: () => 1 }],
  ['a class with private fields', [new Order()]],
  ['a controller', new AbortController()],
  ['a symbol', Symbol('x')],
  ['a symbol as a name', { [Symbol('x')]: 1 }],
  ['a date of a kind of its own', new (class extends Date {})()],
  [
    'what is computed',
    {
      get a() {
        return 1;
      },
    },
  ],
  ['its own JSON', { toJSON: () => 1 }],
  ['a promise', Promise.resolve()],
  ['a function in a map', new Map([[1, () => 1]])],
])('%s stays in its process', (_, value) => {
  expect(examine(value).form).toBe('memory-only');
});

test('an order of its class still works, and is not frozen', () => {
  const order = new Order();
  examine([order]);
  expect([order.total(), Object.isFrozen(order)]).toEqual([5, false]);
});

test('sizes grow with what is held', () => {
  const small = examine({ text: 'x' }).bytes;
  expect(examine({ text: 'x'.repeat(1_000) }).bytes).toBe(small + 999);
  expect(examine(new Uint8Array(1_000)).bytes).toBeGreaterThan(1_000);
  expect(examine({ deep: [{ deep: [1, 2, 3] }] }).bytes).toBeGreaterThan(small);
});
