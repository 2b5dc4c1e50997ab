import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { isTree, leavesOf, pathText, readPath, treeWith, valueAt } from './config-path.ts';

test.each([
  [['shop', 'baseURL'], 'shop.baseURL'],
  [['clients', 'default', 'retry', 0], 'clients.default.retry[0]'],
  [['policies', 'a.b', 'x"y', ''], 'policies["a.b"]["x\\"y"][""]'],
  [['a-b', 'ü'], 'a-b.ü'],
] as const)('%j is %s, both ways', (path, text) => {
  expect(pathText(path)).toBe(text);
  expect(readPath(text)).toEqual(path);
});

test.each(['', '.', '.a', 'a.', 'a..b', 'a[', 'a[x]', 'a["b]', '[0]a'])('%j is no path', text => {
  expect(readPath(text)).toBeUndefined();
});

test('a value is found by its place, and an inherited name is none', () => {
  const tree = treeWith(['a', 'b'], [1, { c: 2 }]);
  expect([
    valueAt(tree, ['a', 'b', 1, 'c']),
    valueAt(tree, ['a', 'toString']),
    valueAt(tree, ['a', 'b', 'c', 'd']),
  ]).toEqual([2, undefined, undefined]);
});

test('trees are what {} makes, also elsewhere; all else is a value', () => {
  expect([{}, Object.create(null), runInNewContext('({})')].map(isTree)).toEqual([true, true, true]);
  class Own {}
  expect([[], new Own(), new Date(), null, 'x', () => {}].map(isTree)).toEqual(Array(6).fill(false));
  expect(leavesOf({ a: { b: 1, c: {} }, d: [{}] })).toEqual([
    [['a', 'b'], 1],
    [['a', 'c'], {}],
    [['d'], [{}]],
  ]);
});
