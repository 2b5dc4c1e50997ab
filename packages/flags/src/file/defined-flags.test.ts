import { expect, test } from 'vitest';
import type { FlagContext } from '../provider.ts';
import { DefinedFlags } from './defined-flags.ts';
import { readDefinitions } from './read-definitions.ts';

function flagsOf(flags: Record<string, unknown>): DefinedFlags {
  const { definitions, problems } = readDefinitions({ flags });
  expect(problems).toEqual([]);
  return new DefinedFlags('flags.yaml', definitions);
}

const shop = flagsOf({
  newCheckout: { default: 'off', metadata: { owner: 'checkout' } },
  yes: { default: true },
  button: {
    variants: ['red', 'blue'],
    split: { red: 20, blue: 80 },
    rules: [
      { name: 'staff', when: { 'user.role': 'staff', country: ['DE', 'AT'] }, variant: 'red' },
      { when: { 'user.role': 'staff' }, split: { red: 0, blue: 100 } },
    ],
  },
  limit: { variants: { low: 10, high: 100 }, default: 'low', rules: [{ when: { plan: 'gold' }, variant: 'high' }] },
  texts: { variants: { short: { title: 'Hi' } }, default: 'short' },
});

test('values, variants and reasons are those of the specification', async () => {
  expect(await shop.resolveBooleanEvaluation('newCheckout', true, {})).toEqual({
    value: false,
    variant: 'off',
    reason: 'STATIC',
    flagMetadata: { owner: 'checkout' },
  });
  expect(await shop.resolveBooleanEvaluation('yes', false, {})).toMatchObject({ value: true, variant: 'on' });
  expect(await shop.resolveNumberEvaluation('limit', 0, {})).toMatchObject({ value: 10, reason: 'DEFAULT' });
  expect(await shop.resolveNumberEvaluation('limit', 0, { plan: 'gold' })).toMatchObject({
    value: 100,
    reason: 'TARGETING_MATCH',
  });
  expect(await shop.resolveObjectEvaluation('texts', {}, {})).toMatchObject({
    value: { title: 'Hi' },
    variant: 'short',
  });
  const staff: FlagContext = { user: { role: 'staff' }, country: 'AT' };
  expect(await shop.resolveStringEvaluation('button', '', staff)).toMatchObject({
    value: 'red',
    reason: 'TARGETING_MATCH',
    flagMetadata: { rule: 'staff' },
  });
  const elsewhere: FlagContext = { user: { role: 'staff' }, country: 'CH', targetingKey: 'a' };
  expect(await shop.resolveStringEvaluation('button', '', elsewhere)).toMatchObject({ value: 'blue', reason: 'SPLIT' });
});

test('what cannot be said has the default, and an error code of the specification', async () => {
  expect(await shop.resolveBooleanEvaluation('newChekout', true, {})).toEqual({
    value: true,
    reason: 'ERROR',
    errorCode: 'FLAG_NOT_FOUND',
    errorMessage: 'there is no flag newChekout; did you mean newCheckout?',
  });
  expect(await shop.resolveBooleanEvaluation('limit', true, {})).toMatchObject({
    value: true,
    errorCode: 'TYPE_MISMATCH',
    errorMessage: 'limit is of type number, not boolean',
  });
  expect(await shop.resolveStringEvaluation('button', 'x', {})).toMatchObject({
    value: 'x',
    errorCode: 'TARGETING_KEY_MISSING',
  });
});

test('a split keeps its shares and everybody on one side, also when a share grows', async () => {
  const grown = flagsOf({ button: { variants: ['red', 'blue'], split: { red: 30, blue: 70 } } });
  const keys = Array.from({ length: 5_000 }, (_, index) => `key-${index}`);
  const variantOf = async (flags: DefinedFlags, targetingKey: string) =>
    (await flags.resolveStringEvaluation('button', '', { targetingKey })).variant;
  const before = await Promise.all(keys.map(key => variantOf(shop, key)));
  const after = await Promise.all(keys.map(key => variantOf(grown, key)));
  // Five standard deviations of a binomial distribution are 142 and 162.
  expect(Math.abs(before.filter(variant => variant === 'red').length - 1_000)).toBeLessThan(142);
  expect(Math.abs(after.filter(variant => variant === 'red').length - 1_500)).toBeLessThan(162);
  expect(before.filter((variant, index) => variant === 'red' && after[index] !== 'red')).toEqual([]);
  expect(await Promise.all(keys.map(key => variantOf(shop, key)))).toEqual(before);
});
