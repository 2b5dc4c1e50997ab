import { expect, test } from 'vitest';
import { isSecretField, isSecretKey, isSecretVariable } from './secret-names.ts';

test.each([
  'password',
  'Authorization',
  'accessToken',
  'client_secret',
  'x-api-key',
  'set-cookie',
  'credentials',
  'newPassword',
])('%s is a secret key', key => expect(isSecretKey(key)).toBe(true));

test.each(['tokenCount', 'keyboard', 'author', 'passed', 'secretary', 'title', 'cookiesAccepted'])('%s is not', key =>
  expect(isSecretKey(key)).toBe(false),
);

test('variables count by their parts, fields by their label', () => {
  expect(isSecretVariable('SHOP_SIGNING_KEY')).toBe(true);
  expect(isSecretVariable('KEYBOARD_LAYOUT')).toBe(false);
  expect(isSecretField("getByLabel('Passphrase')")).toBe(true);
  expect(isSecretField("getByLabel('Shipping')")).toBe(false);
});
