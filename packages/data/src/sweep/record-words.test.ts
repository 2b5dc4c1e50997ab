import { expect, test } from 'vitest';
import type { Json } from '../ledger/ledger.ts';
import { ledgerEntry } from '../testing/ledger-entry.ts';
import { recordWords } from './record-words.ts';

test.each<[Json, string]>([
  ['o-7', 'order o-7'],
  [7, 'order 7'],
  [null, 'order null'],
  [{ id: 7, name: 'Ada' }, 'order 7'],
  [{ sku: 'TEA' }, 'order TEA'],
  [{ shop: 1, number: 2 }, 'order {"shop":1,"number":2}'],
  [{ owner: { id: 1 } }, 'order {"owner":{"id":1}}'],
  [[1], 'order 1'],
  ['x'.repeat(70), `order ${'x'.repeat(59)}…`],
])('%j is shown as %s', (record, words) => {
  expect(recordWords(ledgerEntry('1', { record }))).toBe(words);
});

test('what may not have been created is shown by what it would be made of', () => {
  expect(recordWords(ledgerEntry('1', { state: 'intended', input: { sku: 'TEA' } }))).toBe('order (of {"sku":"TEA"})');
});
