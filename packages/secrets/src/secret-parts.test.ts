import { expect, test } from 'vitest';
import { withParts } from './secret-parts.ts';

test.each<[string, readonly string[]]>([
  ['plain', []],
  ['postgres://ann:p%40ss-word@db:5432/shop', ['p%40ss-word', 'p@ss-word']],
  ['https://ann:100%25sure@host/', ['100%25sure', '100%sure']],
  ['https://ann:100%@host/', ['100%']],
  ['https://ann@host/', []],
  ['https://host/a@b', []],
  ['{"user":"ann","deep":{"pin":4711,"words":["one","two"]},"none":null}', ['ann', '4711', 'one', 'two']],
  ['{ no JSON', []],
])('%s', (text, parts) => {
  expect(withParts([text])).toEqual([text, ...parts]);
});
