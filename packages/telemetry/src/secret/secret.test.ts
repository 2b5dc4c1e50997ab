import { inspect } from 'node:util';
import { expect, expectTypeOf, test } from 'vitest';
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

test('a part is a secret of its own, and whoever reveals it has only that', () => {
  const heard: [string, readonly string[]][] = [];
  let login = { user: 'ann', db: { password: VALUE, port: 5432 }, keys: ['first-key', 'second-key'] };
  const secret = new Secret('login', {
    read: () => login,
    beforeReveal: (texts, name) => void heard.push([name, texts]),
  });
  const password = secret.at('db').at('password');
  const key = secret.at('keys').at(1);
  expect([`${secret.at('db')}`, `${password}`, inspect([key])]).toEqual([
    '[secret:login.db]',
    '[secret:login.db.password]',
    '[ [secret:login.keys.1] ]',
  ]);
  expect(heard).toEqual([]);
  expect([password.reveal(), key.reveal(), secret.at('db').at('port').reveal()]).toEqual([VALUE, 'second-key', 5432]);
  expect(heard).toEqual([
    ['login.db.password', [VALUE]],
    ['login.keys.1', ['second-key']],
    ['login.db.port', ['5432']],
  ]);
  expectTypeOf(password).toEqualTypeOf<Secret<string>>();
  login = { ...login, db: { password: 'rotated', port: 1 } };
  expect(password.reveal()).toBe('rotated');
  expect(() => structuredClone(password)).not.toThrow();
  expect(isSecret(password)).toBe(true);
});

test.each<[unknown, string, string | undefined]>([
  [{ user: 'ann', pasword: VALUE }, 'has no part password', 'Did you mean pasword?'],
  [{ a: 1, b: 2 }, 'has no part password', 'It has a, b'],
  [{}, 'has no part password', 'It has none'],
  [`{"password":"${VALUE}"}`, 'is a text, and has no parts', "Say type: 'json' in secrets.refs"],
  [undefined, 'has no parts', 'Reveal it as a whole'],
])('a part that is not there is told without the value, at once and later', (value, said, hint) => {
  let current: unknown = { password: 'x' };
  const secret = new Secret<{ password: string }>('login', { read: () => current as { password: string } });
  const early = secret.at('password');
  current = value;
  const problem = { code: 'QH_SECRET_INVALID', message: `The secret login ${said}`, hint };
  expect(() => early.reveal()).toThrow(expect.objectContaining(problem));
  expect(() => secret.at('password')).toThrow(expect.objectContaining(problem));
});

test('a text has no parts for the types, and an object has no others', () => {
  // @ts-expect-error: a text.
  expect(() => secretOf(VALUE).at('length')).toThrow('is a text');
  // @ts-expect-error: no such part.
  expect(() => secretOf({ user: 'ann' }).at('usr')).toThrow('has no part usr');
  // @ts-expect-error: what every object has is no part.
  expect(() => secretOf({ user: 'ann' }).at('constructor')).toThrow('has no part constructor');
});

test('a secret is known as such, also that of another copy of the package', () => {
  const foreign = { [Symbol.for('@quality-hub/secret')]: true, reveal: () => VALUE };
  expect([secretOf(1), foreign, VALUE, null, {}].map(isSecret)).toEqual([true, true, false, false, false]);
  expect([revealed(VALUE), revealed(secretOf(VALUE))]).toEqual([VALUE, VALUE]);
});
