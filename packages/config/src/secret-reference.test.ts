import { expect, test } from 'vitest';
import { boundReference, isSecretReference, nameOfSecret, secret } from './secret-reference.ts';

test('a reference is known by its mark, and by how it stands in JSON', () => {
  expect(nameOfSecret(secret('paymentKey'))).toBe('paymentKey');
  expect(JSON.parse(JSON.stringify({ url: secret('shopDb') }))).toEqual({ url: { $secret: 'shopDb' } });
  expect(nameOfSecret({ $secret: 'shopDb' })).toBe('shopDb');
  expect(isSecretReference({ [Symbol.for('@quality-hub/secret-reference')]: 'other copy' })).toBe(true);
});

test.each([undefined, null, 'secret', {}, { $secret: 1 }, { $secret: 'a', more: 1 }, () => 'x'])(
  '%j is none',
  value => {
    expect(isSecretReference(value)).toBe(false);
  },
);

test('one that nobody has bound says where it may stand; one that is bound gives the value', async () => {
  await expect(secret('paymentKey')()).rejects.toMatchObject({
    code: 'QH_SECRET_INVALID',
    message: "secret('paymentKey') stands where no secret is read",
  });
  expect(await boundReference('paymentKey', async () => 'value')()).toBe('value');
});
