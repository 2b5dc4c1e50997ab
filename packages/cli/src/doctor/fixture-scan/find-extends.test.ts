import { expect, test } from 'vitest';
import { blankOut } from './blank-out.ts';
import { findExtends } from './find-extends.ts';

function fixturesOf(source: string) {
  return findExtends(source).flatMap(call => call.fixtures);
}

test('comments, strings, templates and regular expressions are blank, code in templates is not', () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text.
  const source = "a('}'); // }\nb(`x } ${c({ d: '}' })} }`); e(/[/}]/.test(f), g / 2 / h); /* } */ i";
  const code = blankOut(source);
  expect(code).toHaveLength(source.length);
  expect(code.replace(/\s+/g, '')).toBe('a();b(c({d:}));e(.test(f),g/2/h);i');
  expect(code.indexOf('\n')).toBe(source.indexOf('\n'));
  expect(blankOut("'open\nstill code `never closed").trim()).toBe('still code');
});

test('a fixture that does something after use cleans up, whatever use is called', () => {
  const found = fixturesOf(`
    export const test = base.extend<{ a: string; f: (x: number) => void }>({
      plain: async ({}, use) => { await use('x'); },
      arrow: ({ page }, use) => use(page),
      // cleans, with a brace: }
      cleans: async ({ page }, use) => { const made = await page.make(); await use(made); await made.remove(); },
      renamed: async ({}, run, testInfo) => { await run('}'); await remove(testInfo); },
      tried: async ({}, use) => { try { await use(1); } finally { await close(); } },
      async method({}, use) { await use(1); await close(); },
      'quoted-name': async function ({}, use: (x: number) => Promise<void>) { await use(1); await close(); },
      option: ['value', { option: true }],
      list: [[1, 2], { scope: 'worker' }],
    });
  `);
  expect(found.filter(({ cleansUp }) => cleansUp).map(({ name }) => name)).toEqual([
    'cleans',
    'renamed',
    'tried',
    'method',
    'quoted-name',
  ]);
  expect(found.map(({ name }) => name)).toEqual([
    'plain',
    'arrow',
    'cleans',
    'renamed',
    'tried',
    'method',
    'quoted-name',
    'option',
    'list',
  ]);
  expect(found.find(({ name }) => name === 'cleans')?.line).toBe(6);
});

test('a tuple tells scope and timeout', () => {
  const found = fixturesOf(`
    const test = base.extend({
      timed: [async ({}, use) => { await use(1); await close(); }, { timeout: 5_000 }],
      worker: [async ({}, use) => { await use(1); await close(); }, { scope: 'worker', auto: true }],
      shared: [async ({}, use) => { await use({ timeout: 1 }); await close(); }, { auto: true }],
    });
  `);
  expect(found).toEqual([
    { name: 'timed', line: 3, cleansUp: true, ownTimeout: true, workerScoped: false },
    { name: 'worker', line: 4, cleansUp: true, ownTimeout: false, workerScoped: true },
    { name: 'shared', line: 5, cleansUp: true, ownTimeout: false, workerScoped: false },
  ]);
});

test('the variable and the base of each call are known', () => {
  const calls = findExtends(`
    const first = base.extend({ a: async ({}, use) => use(1) });
    export const second: TestType = first.extend({ b: async ({}, use) => use(1) });
    mergeTests(first, second).extend({ c: async ({}, use) => use(1) });
  `);
  expect(calls.map(({ variable, base, line }) => [variable, base, line])).toEqual([
    ['first', 'base', 2],
    ['second', 'first', 3],
    [undefined, undefined, 4],
  ]);
});

test('what is not a fixture is left out: schemas, variables, broken text', () => {
  expect(findExtends('const wide = schema.extend({ name: z.string(), parse: async (a, b) => a });')).toEqual([
    expect.objectContaining({
      fixtures: [expect.objectContaining({ name: 'name' }), expect.objectContaining({ cleansUp: false })],
    }),
  ]);
  expect(findExtends('const wide = schema.extend({ name: z.string() });')).toEqual([]);
  expect(findExtends('const test = base.extend(fixtures);')).toEqual([]);
  expect(findExtends('const test = base.extend<')).toEqual([]);
  expect(findExtends('const test = base.extend({ a: async ({}, use) => {')).toEqual([]);
  expect(findExtends('nothing here')).toEqual([]);
  expect(
    fixturesOf('base.extend({ ...others, [computed]: async ({}, use) => use(1), a: async ({}, use) => use(1) })'),
  ).toHaveLength(1);
});
