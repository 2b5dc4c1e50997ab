import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FlagFileError, type FlagsSection, openFlags, readOverrides, type SeenFlag } from './index.ts';
import { flagsSchema } from './schema.ts';

let folder: string;
let seen: SeenFlag[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qh-flags-'));
  seen = [];
  write(`flags:
  newCheckout: { default: off }
  button: { variants: [red, blue], split: { red: 50, blue: 50 } }
  limit: { variants: { low: 10, high: 100 }, default: low, rules: [{ when: { plan: gold }, variant: high }] }
  texts: { variants: { short: { title: Hi } }, default: short }
`);
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(text: string, atMs = Date.parse('2026-11-22T10:00:00Z')): void {
  writeFileSync(join(folder, 'flags.yaml'), text);
  utimesSync(join(folder, 'flags.yaml'), atMs / 1000, atMs / 1000);
}

const view = (
  layers: { by: string; flags: Record<string, never> }[] | object[] = [],
  section: FlagsSection = { file: 'flags.yaml' },
  context: Record<string, string> = { targetingKey: 'test-1' },
) => openFlags(section, { folder }).forTest({ context, layers: layers as never, observe: one => seen.push(one) });

test('switches, variants and values, and what was heard is told once', async () => {
  const flags = await view([], { file: 'flags.yaml', context: { plan: 'gold' } });
  expect(await flags.on('newCheckout')).toBe(false);
  expect(['red', 'blue']).toContain(await flags.variant('button'));
  expect(await flags.value('limit')).toBe(100);
  expect(await flags.value('limit', { context: { plan: 'free' } })).toBe(10);
  expect(await flags.value('texts', { fallback: {} })).toEqual({ title: 'Hi' });
  expect(await flags.variant('limit')).toBe('high');
  expect([await flags.on('newCheckout'), await flags.variant('newCheckout')]).toEqual([false, 'off']);
  flags.end();
  expect(seen).toEqual([
    { name: 'newCheckout', variant: 'off', reason: 'STATIC', provider: 'flags.yaml' },
    { name: 'button', variant: expect.any(String), reason: 'SPLIT', provider: 'flags.yaml' },
    { name: 'limit', variant: 'high', reason: 'TARGETING_MATCH', provider: 'flags.yaml' },
    { name: 'limit', variant: 'low', reason: 'DEFAULT', provider: 'flags.yaml' },
    { name: 'texts', variant: 'short', reason: 'STATIC', provider: 'flags.yaml' },
  ]);
});

test('the first layer that names a flag wins, and says so', async () => {
  const flags = await view([
    { by: 'test.use', flags: { newCheckout: true, limit: 7, never: undefined } },
    { by: 'QH_FLAGS', flags: readOverrides('newCheckout=off, button=red,limit=high') },
    { by: 'use', flags: { button: 'blue', texts: { title: 'Yo' } } },
  ]);
  expect([await flags.on('newCheckout'), await flags.variant('button'), await flags.value('limit')]).toEqual([
    true,
    'red',
    7,
  ]);
  expect([await flags.value('texts'), await flags.variant('limit'), await flags.variant('texts')]).toEqual([
    { title: 'Yo' },
    '7',
    'set',
  ]);
  expect(flags.overrides).toEqual({ newCheckout: true, limit: 7, button: 'red', texts: { title: 'Yo' } });
  expect(seen.map(({ name, variant, reason, provider }) => [name, variant, reason, provider].join(' '))).toEqual([
    'newCheckout on OVERRIDE test.use',
    'button red OVERRIDE QH_FLAGS',
    'limit 7 OVERRIDE test.use',
    'texts set OVERRIDE use',
  ]);
});

test('a switch is set by the name of its variant, by true and by the words for it; a number by digits', async () => {
  for (const [given, is] of [
    [true, true],
    ['on', true],
    ['true', true],
    ['false', false],
    ['off', false],
  ] as const) {
    expect(await (await view([{ by: 'use', flags: { newCheckout: given } }])).on('newCheckout')).toBe(is);
  }
  const flags = await view([{ by: 'QH_FLAGS', flags: readOverrides('newCheckout,limit=100') }]);
  expect([await flags.on('newCheckout'), await flags.variant('limit')]).toEqual([true, 'high']);
});

test('every flag and variant that there is none of is told before the test begins', async () => {
  await expect(
    view([
      { by: 'test.use', flags: { newChekout: true, button: 'redd', limit: 'wide', texts: 1 } },
      { by: 'QH_FLAGS', flags: { newCheckout: 'maybe' } },
    ]),
  ).rejects.toMatchObject({
    code: 'QH_FLAG_OVERRIDE',
    problems: [
      'test.use sets newChekout, which flags.yaml has not; did you mean newCheckout?',
      'test.use sets button to "redd", which is no variant; did you mean red?',
      'test.use sets limit to "wide", which is no variant; there are low, high',
      'test.use sets texts to 1, which is no variant; there is short',
      'QH_FLAGS sets newCheckout to "maybe", which is no variant; there are on, off',
    ],
  });
});

test('what sets nothing is told, all of it', () => {
  expect(readOverrides(' a=1 ,, b ')).toEqual({ a: '1', b: 'on' });
  expect(Object.entries(readOverrides('__proto__=red'))).toEqual([['__proto__', 'red']]);
  expect(() => readOverrides('=1,a=,a b=1,c=1,c=2')).toThrow(
    expect.objectContaining({
      code: 'QH_OPTION',
      problems: ['"=1" sets nothing', '"a=" sets nothing', '"a b=1" sets nothing', 'c is set twice'],
    }),
  );
});

test('an unknown flag is an error with what was meant, or off where that is allowed', async () => {
  const flags = await view();
  await expect(flags.on('newChekout')).rejects.toMatchObject({
    code: 'QH_FLAG_UNKNOWN',
    message: 'flags.yaml has no flag "newChekout"; did you mean newCheckout?',
  });
  const open = await view([{ by: 'use', flags: { soon: 'red' } }], { file: 'flags.yaml', unknown: 'allow' });
  expect([await open.on('later'), await open.variant('later'), await open.value('max', { fallback: 5 })]).toEqual([
    false,
    'off',
    5,
  ]);
  expect(await open.variant('soon')).toBe('red');
  const none = await view([], {});
  await expect(none.variant('x')).rejects.toThrow('The configuration has no flag "x"');
});

test('a flag that is asked for another type says so', async () => {
  const flags = await view();
  await expect(flags.on('button')).rejects.toMatchObject({
    code: 'QH_FLAG_TYPE',
    message: '"button" is no switch: its value is of type string',
  });
  await expect(flags.value('limit', { fallback: 'x' })).rejects.toMatchObject({ code: 'QH_FLAG_TYPE' });
});

test('a split without a targeting key is a fault that is told in words', async () => {
  const flags = await view([], { file: 'flags.yaml' }, {});
  await expect(flags.variant('button')).rejects.toMatchObject({
    code: 'QH_FLAG_PROVIDER',
    reason: 'TARGETING_KEY_MISSING',
  });
});

test('an answer that was not awaited is told at the end: a promise is always true', async () => {
  const flags = await view();
  void flags.on('newCheckout');
  await flags.variant('button').finally(() => {});
  await flags.value('nothing').catch(() => {});
  expect(() => flags.end()).toThrow(
    expect.objectContaining({
      code: 'QH_FLAG_NOT_AWAITED',
      message: "flags.on('newCheckout') was not awaited, so the test has not heard the answer",
    }),
  );
});

test('an edit counts for the next test, and a wrong one is told to it', async () => {
  let now = Date.parse('2026-11-22T11:00:00Z');
  const opened = openFlags({ file: 'flags.yaml' }, { folder, now: () => now });
  const broken: FlagFileError[] = [];
  const next = () => opened.forTest({ context: { targetingKey: 't' }, onBrokenEdit: error => broken.push(error) });
  const first = await next();
  write('flags: { newCheckout: { default: on } }', now);
  now += 1_000;
  const second = await next();
  expect([await first.on('newCheckout'), await second.on('newCheckout')]).toEqual([false, true]);
  write('flags: { newCheckout: 1 }', now);
  now += 1_000;
  expect(await (await next()).on('newCheckout')).toBe(true);
  expect(broken).toHaveLength(1);
  await opened.close();
});

test('a section that is wrong is told', () => {
  expect(flagsSchema.safeParse({ file: 'flags.yaml', context: { a: 1 }, unknown: 'allow' }).success).toBe(true);
  const { error } = flagsSchema.safeParse({ file: 'x', provider: {}, unknwn: 1 });
  expect(error?.issues.map(({ message }) => message)).toEqual([
    'expected an OpenFeature provider, a client of the OpenFeature SDK, or a function that gives one',
    'Unrecognized key: "unknwn"',
  ]);
  expect(flagsSchema.safeParse({ file: 'x', provider: () => {} }).error?.issues[0]?.message).toBe(
    'expected a file or a provider, not both',
  );
});
