import { expect, test } from 'vitest';
import { readReference, referenceText } from './reference.ts';

test.each([
  ['kept:a@7', { store: 'kept', path: 'a', version: '7' }],
  ['env:SHOP_DB', { store: 'env', path: 'SHOP_DB' }],
  ['vault:kv/shop#payment_key', { store: 'vault', path: 'kv/shop', key: 'payment_key' }],
  ['vault:kv/shop#payment_key@3', { store: 'vault', path: 'kv/shop', key: 'payment_key', version: '3' }],
  ['aws:shop/db@AWSPREVIOUS', { store: 'aws', path: 'shop/db', version: 'AWSPREVIOUS' }],
  [
    'aws:arn:aws:secretsmanager:eu-west-1:1:secret:shop',
    { store: 'aws', path: 'arn:aws:secretsmanager:eu-west-1:1:secret:shop' },
  ],
])('%s is read, and written the same', (text, reference) => {
  expect(readReference('a', text)).toEqual(reference);
  expect(referenceText(reference)).toBe(text);
});

test.each(['', 'SHOP_DB', 'env:', ':x', 'env:a b', 'vault:kv/shop#', 'vault:kv/shop@', 'sk_live_abcdef123456'])(
  '%j is refused, and hardly shown',
  text => {
    expect(() => readReference('paymentKey', text)).toThrow(
      expect.objectContaining({ code: 'QH_OPTION', message: expect.stringContaining('Secret "paymentKey"') }),
    );
    expect(() => readReference('paymentKey', text)).not.toThrow(/live_abc/);
  },
);
