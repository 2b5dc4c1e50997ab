import { expect, test } from 'vitest';
import { isTree, leavesOf, pathText, readPath, valueAt } from '../config-path.ts';
import { fromPlainForm, toPlainForm } from '../hand-over/plain-form.ts';
import type { Layer } from './layer.ts';
import { layersAt, mergeLayers } from './merge-layers.ts';

/** mulberry32: the same rounds in every run. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const NAMES = ['a', 'b', 'c.d', '$url', '$secret', '$plain', '', 'x"y', '[0]', 'ü'];
const VALUES = [
  1,
  '',
  'text',
  true,
  null,
  undefined,
  new URL('http://a/?b'),
  new Date(5),
  /a\/b/gu,
  9n,
  Buffer.from([0, 255]),
];

function anyValue(random: () => number, depth = 3): unknown {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  if (depth === 0 || random() < 0.4) return pick(VALUES);
  const many = Math.floor(random() * 4);
  if (random() < 0.3) return Array.from({ length: many }, () => anyValue(random, depth - 1));
  return anyTree(random, depth, many);
}

function anyTree(random: () => number, depth: number, many = 3): Layer['tree'] {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  return Object.fromEntries(Array.from({ length: many }, () => [pick(NAMES), anyValue(random, depth - 1)]));
}

test('any tree comes back from its plain form as it was', () => {
  const random = randomOf(5);
  for (let round = 0; round < 2_000; round++) {
    const tree = anyTree(random, 4);
    const { json, live } = toPlainForm(tree);
    // What nobody has marked as a secret is one where it has the form of one in JSON: that is what the form is for.
    if (JSON.stringify(json).includes('"$secret"')) continue;
    expect(live).toEqual([]);
    expect(fromPlainForm(JSON.parse(JSON.stringify(json)), () => undefined)).toStrictEqual(tree);
  }
});

test('of any layers, each value is that of the last one that has a say, and is found by the text of its place', () => {
  const random = randomOf(9);
  for (let round = 0; round < 1_000; round++) {
    const layers = [0, 1, 2, 3].map((at): Layer => ({ kind: 'file', source: String(at), tree: anyTree(random, 3) }));
    const merged = mergeLayers(layers);
    for (const [path, value] of leavesOf(merged.tree)) {
      expect(readPath(pathText(path))).toEqual(path);
      expect(valueAt(merged.tree, path)).toBe(value);
      if (isTree(value)) continue;
      const last = layersAt(layers, path).at(-1);
      expect(value).toBe(last?.value);
      expect(merged.originOf(path)).toBe(last?.layer);
    }
  }
});
