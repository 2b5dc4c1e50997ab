/** The repository keeps the rules of the house. */
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { everyRule } from './rules/every-rule.ts';
import { readSourceTree } from './source-tree.ts';

const tree = readSourceTree(fileURLToPath(new URL('../..', import.meta.url)));

test('the tree is read: packages with levels, files with imports', () => {
  expect(tree.packages.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['protocol', 'hub', 'test', 'reporters']),
  );
  expect(tree.files.filter(({ imports }) => imports.length > 0).length).toBeGreaterThan(20);
});

describe('rules of the house', () => {
  for (const { name, check } of everyRule) {
    test(name, () => {
      const broken = check(tree);
      expect(broken, broken.join('\n')).toEqual([]);
    });
  }
});
