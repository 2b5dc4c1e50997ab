import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { createMask, MASKED } from '../mask/mask.ts';
import { isSecret, revealed, Secret } from './secret.ts';

const VALUE = 'correct-h0rse-battery';
const secretOf = <T>(value: T) => new Secret('shopDb', { read: () => value });

test.each<[string, (secret: Secret) => string]>([
  ['String', String],
  ['a template', secret => `${secret}`],
  ['a sum', secret => `x${secret as unknown as string}`],
  ['JSON', secret => JSON.stringify({ secret })],
  ['inspect', secret => inspect({ deep: { secret } })],
  ['inspect with everything', secret => inspect(secret, { showHidden: true, depth: 9, customInspect: false })],
  ['an error', secret => String(new Error(`cannot use ${secret}`, { cause: secret }))],
  ['Object.prototype.toString', secret => Object.prototype.toString.call(secret)],
  ['its keys and values', secret => JSON.stringify([Object.entries(secret), Reflect.ownKeys(secret)])],
])('%s shows no value', (_, print) => {
  const printed = print(secretOf(VALUE));
  expect(printed).not.toContain('h0rse');
});

test('it prints as its name', () => {
  const secret = secretOf(VALUE);
  expect([`${secret}`, JSON.stringify({ secret }), inspect([secret])]).toEqual([
    '[secret:shopDb]',
    '{"secret":"[secret:shopDb]"}',
    '[ [secret:shopDb] ]',
  ]);
});

test('the difference that expect shows has no value', () => {
  const differ = (): void => expect({ secret: secretOf(VALUE) }).toEqual({ secret: 'something else' });
  expect(differ).toThrow();
  try {
    differ();
  } catch (error) {
    expect(inspect(error, { depth: 9 })).not.toContain('h0rse');
  }
});

test('a structured clone is empty', () => {
  expect(structuredClone(secretOf(VALUE))).toEqual({});
});

test('whoever reveals it has the mask know it first, with all that it holds', () => {
  const mask = createMask();
  const login = { user: 'ann-the-first', password: VALUE, keys: new Map([['a', 'k3y-of-ann']]), pin: 47_110_815 };
  const secret = new Secret('login', { read: () => login, beforeReveal: texts => mask.add(texts) });
  expect(mask.size).toBe(0);
  expect(secret.reveal()).toBe(login);
  expect(mask.text(`${VALUE} ann-the-first k3y-of-ann 47110815`)).toBe([MASKED, MASKED, MASKED, MASKED].join(' '));
});

test('bytes are known by their text', () => {
  const mask = createMask();
  const bytes = Buffer.from(VALUE);
  new Secret('key', { read: () => bytes, beforeReveal: texts => mask.add(texts) }).reveal();
  expect(mask.text(VALUE)).toBe(MASKED);
});

test('a value that holds itself ends', () => {
  const cyclic: { self?: unknown; text: string } = { text: VALUE };
  cyclic.self = cyclic;
  const texts: string[] = [];
  new Secret('c', { read: () => cyclic, beforeReveal: found => texts.push(...found) }).reveal();
  expect(texts).toEqual([VALUE]);
});

test('a rotated value is the new one, and a part of it is a secret too', () => {
  let value = { user: 'ann', password: 'first' };
  const secret = new Secret('login', { read: () => value });
  const password = secret.map('password', login => login.password);
  expect([password.name, password.reveal()]).toEqual(['login.password', 'first']);
  value = { user: 'ann', password: 'second' };
  expect(password.reveal()).toBe('second');
});

test('a secret is known as such, also that of another copy of the package', () => {
  const foreign = { [Symbol.for('@quality-hub/secret')]: true, reveal: () => VALUE };
  expect([secretOf(1), foreign, VALUE, null, {}].map(isSecret)).toEqual([true, true, false, false, false]);
  expect([revealed(VALUE), revealed(secretOf(VALUE))]).toEqual([VALUE, VALUE]);
});
