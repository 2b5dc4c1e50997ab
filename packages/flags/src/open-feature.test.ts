import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InMemoryProvider, OpenFeature, type Provider } from '@openfeature/server-sdk';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createFileProvider, type FlagSource, openFlags, type SeenFlag } from './index.ts';

let folder: string;
let seen: SeenFlag[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qh-flags-'));
  seen = [];
});
afterEach(async () => {
  await OpenFeature.close();
  rmSync(folder, { recursive: true });
});

const inMemory = () =>
  new InMemoryProvider({
    newCheckout: { variants: { on: true, off: false }, defaultVariant: 'on', disabled: false },
    button: {
      variants: { red: '#f00', blue: '#00f' },
      defaultVariant: 'blue',
      disabled: false,
      contextEvaluator: context => (context.targetingKey === 'test-1' ? 'red' : 'blue'),
    },
    limit: { variants: { low: 10 }, defaultVariant: 'low', disabled: false },
    texts: { variants: { short: { title: 'Hi' } }, defaultVariant: 'short', disabled: false },
  });

function flagsOf(provider: FlagSource | (() => Promise<FlagSource>), unknown: 'error' | 'allow' = 'error') {
  const flags = openFlags({ provider, unknown }, { folder });
  const layers = [{ by: 'QH_FLAGS', flags: { set: 'on', count: '3' } }];
  return flags.forTest({ context: { targetingKey: 'test-1' }, layers, observe: one => seen.push(one) });
}

/** Its own providers and its clients are flags for us, with the types of the SDK: this file is compiled as well. */
test.each<[string, () => FlagSource | (() => Promise<FlagSource>), string]>([
  ['a provider', inMemory, 'in-memory'],
  ['a function that gives a provider', () => async () => inMemory(), 'in-memory'],
  [
    'a client',
    () => async () => {
      await OpenFeature.setProviderAndWait('shop', inMemory());
      return OpenFeature.getClient('shop');
    },
    'in-memory',
  ],
])('flags come from %s of OpenFeature', async (_, make, provider) => {
  const flags = await flagsOf(make());
  expect(await flags.on('newCheckout')).toBe(true);
  expect([await flags.variant('button'), await flags.value('button')]).toEqual(['red', '#f00']);
  expect([await flags.value('limit'), await flags.value('texts', { fallback: {} })]).toEqual([10, { title: 'Hi' }]);
  // Nothing is known of what the provider has, so what is set counts as it looks.
  expect([await flags.on('set'), await flags.value('count')]).toEqual([true, 3]);
  expect(seen.slice(0, 2)).toMatchObject([
    { name: 'newCheckout', variant: 'on', provider },
    { name: 'button', variant: 'red', provider },
  ]);
  await expect(flags.on('newChekout')).rejects.toMatchObject({ code: 'QH_FLAG_UNKNOWN' });
  await expect(flags.on('limit')).rejects.toMatchObject({ code: 'QH_FLAG_TYPE' });
  expect(await (await flagsOf(make(), 'allow')).on('newChekout')).toBe(false);
});

test('a provider that cannot be made ready, or throws, is told in words', async () => {
  const broken = { ...inMemory(), metadata: { name: 'remote' }, initialize: () => Promise.reject(new Error('401')) };
  await expect(flagsOf(broken as unknown as Provider)).rejects.toMatchObject({
    code: 'QH_FLAG_PROVIDER',
    reason: 'PROVIDER_FATAL',
    message: 'remote cannot be made ready: PROVIDER_FATAL, 401',
  });
  await expect(flagsOf(() => Promise.reject(new Error('no key')))).rejects.toMatchObject({
    message: 'The provider of the configuration cannot be made ready: PROVIDER_FATAL, no key',
  });
  const down = inMemory();
  down.resolveBooleanEvaluation = () => Promise.reject(new Error('socket hang up'));
  await expect((await flagsOf(down)).on('newCheckout')).rejects.toMatchObject({
    reason: 'GENERAL',
    message: 'in-memory does not say what "newCheckout" is: GENERAL, socket hang up',
  });
});

test('our file is a provider for OpenFeature', async () => {
  const path = join(folder, 'flags.yaml');
  writeFileSync(
    path,
    'flags:\n  newCheckout: { default: on }\n  button: { variants: [red, blue], split: { red: 100, blue: 0 } }\n',
  );
  const provider: Provider = createFileProvider({ path });
  await OpenFeature.setProviderAndWait(provider);
  const client = OpenFeature.getClient();
  expect(await client.getBooleanValue('newCheckout', false)).toBe(true);
  expect(await client.getStringDetails('button', '', { targetingKey: 'a' })).toMatchObject({
    value: 'red',
    variant: 'red',
    reason: 'SPLIT',
  });
  expect(await client.getStringDetails('button', 'x')).toMatchObject({
    value: 'x',
    errorCode: 'TARGETING_KEY_MISSING',
    reason: 'ERROR',
  });
  expect(await client.getNumberDetails('buton', 7)).toMatchObject({ value: 7, errorCode: 'FLAG_NOT_FOUND' });
  writeFileSync(path, 'flags: {');
  await expect(OpenFeature.setProviderAndWait('other', createFileProvider({ path }))).rejects.toThrow(/has a problem/);
});
