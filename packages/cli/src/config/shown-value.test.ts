import { secret } from '@quality-hub/config';
import { expect, test } from 'vitest';
import { valueShower } from './shown-value.ts';

const show = valueShower({ SHOP_TOKEN: 'correct-h0rse-battery' });

test.each([
  [['shop', 'currency'], 'EUR', '"EUR"'],
  [['clients', 'pay', 'auth', 'token'], 'hunter-22-hunter', '"[masked]"'],
  [['clients', 'pay', 'auth', 'key'], 'hunter-22-hunter', '"[masked]"'],
  [['clients', 'pay', 'auth', 'token'], secret('payToken'), "secret('payToken')"],
  [['clients', 'pay', 'auth', 'credentials'], { accessKeyId: 'hunter-22' }, '[masked]'],
  [['clients', 'pay', 'auth', 'sign'], (): string => 'x', 'a function'],
  [
    ['databases', 'shop', 'url'],
    new URL('postgres://ada:pw@localhost/shop'),
    '"postgres://ada:[masked]@localhost/shop"',
  ],
  [['shop', 'note'], 'it is correct-h0rse-battery', '"it is [masked]"'],
  [['shop', 'list'], ['a', 'correct-h0rse-battery', 1, null], '["a", "[masked]", 1, null]'],
  [['shop', 'inner'], [{ a: 1 }], '[{ "a": 1 }]'],
  [['shop', 'limit'], 3, '3'],
  [['shop', 'tokens'], ['hunter-22-hunter'], '["[masked]"]'],
  [['shop', 'empty'], {}, '{}'],
  [['shop', 'since'], new Date(0), '"1970-01-01T00:00:00.000Z"'],
] as const)('%j of %o is shown as %s', (path, value, text) => {
  expect(show(path, value)).toBe(text);
});

test('a credential inside of a list is not shown either', () => {
  expect(show(['shop', 'users'], [{ name: 'ada', password: 'hunter-22', nested: [{ apiKey: 'k-12345678' }] }])).toBe(
    '[{ "name": "ada", "password": "[masked]", "nested": [{ "apiKey": "[masked]" }] }]',
  );
});
