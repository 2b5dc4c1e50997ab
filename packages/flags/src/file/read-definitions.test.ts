import semver from 'semver';
import { expect, test } from 'vitest';
import type { ContextValue } from '../provider.ts';
import { usesSemver } from './conditions.ts';
import { DefinedFlags } from './defined-flags.ts';
import { readDefinitions } from './read-definitions.ts';

const problemsOf = (file: unknown): readonly string[] => readDefinitions(file, semver).problems;

test('everything that is wrong with a file is told, with its place and what was meant', () => {
  expect(
    problemsOf({
      flag: {},
      flags: {
        switch: { default: 'onn', dscription: 'x' },
        button: {
          variants: ['red', 'blue'],
          split: { red: 50, bleu: 40 },
          rules: [
            { when: { country: { equal: 'DE' } }, variant: 'red' },
            { when: {}, variant: 'red' },
            {
              name: 1,
              when: { age: { above: 'ten' }, app: { semver: 'not a range' }, mail: { matches: '(' } },
              split: { red: 150 },
            },
            { when: { a: null }, variant: 'red', split: { red: 100 } },
            'all',
          ],
        },
        limit: { variants: { low: 1, high: '2' }, default: 'low', metadata: { owner: [] }, description: 7 },
        'two words': { default: 'on' },
        empty: { variants: [], default: 'on', rules: {} },
        none: 1,
        no: {},
      },
    }),
  ).toEqual([
    'the file has no option flag; did you mean flags?',
    'flags.switch has no option dscription; did you mean description?',
    'flags.switch.default is "onn", which is no variant; did you mean on?',
    'flags.button.split.bleu is no variant; did you mean blue?',
    'flags.button.split comes to 90, expected 100',
    'flags.button.rules[0].when.country has no operator equal; did you mean equals?',
    'flags.button.rules[1].when is {}, expected conditions by attribute',
    'flags.button.rules[2].name is 1, expected a text',
    'flags.button.rules[2].split.red is 150, expected a percentage from 0 to 100',
    'flags.button.rules[2].when.age.above is "ten", expected a number',
    'flags.button.rules[2].when.app.semver is "not a range", expected a range of versions such as \'>=2.1.0 <3\'',
    'flags.button.rules[2].when.mail.matches is "(", expected a regular expression',
    'flags.button.rules[3] has both variant and split, expected one of them',
    'flags.button.rules[3].when.a is null, expected a value, a list of values or an operator',
    'flags.button.rules[4] is "all", expected { when: { … }, variant: … }',
    'flags.limit.variants are of several types, number and string; all have one',
    'flags.limit.metadata is {"owner":[]}, expected texts, numbers, true or false by name',
    'flags.limit.description is 7, expected a text',
    'flags.two words: a name has no blanks, commas or equals signs, which QH_FLAGS could not tell',
    'flags.empty.variants is [], expected values by name, or a list of names',
    'flags.empty.default is "on", which is no variant',
    'flags.empty.rules is {}, expected a list of rules',
    'flags.none is 1, expected a flag: { default: off }',
    'flags.no has neither default nor split, expected one of them',
  ]);
  expect(problemsOf([])).toEqual(['the file holds [], expected { flags: { … } }']);
  expect(problemsOf({ flags: [] })).toEqual(['flags is [], expected flags by name']);
});

async function holds(condition: unknown, attribute: ContextValue | undefined): Promise<boolean> {
  const { definitions, problems } = readDefinitions(
    { flags: { switch: { default: 'off', rules: [{ when: { it: condition }, variant: 'on' }] } } },
    semver,
  );
  expect(problems).toEqual([]);
  const flags = new DefinedFlags('test', definitions);
  const context = attribute === undefined ? {} : { it: attribute };
  return (await flags.resolveBooleanEvaluation('switch', false, context)).value;
}

test.each<[unknown, ContextValue[], (ContextValue | undefined)[]]>([
  ['DE', ['DE', ['AT', 'DE']], ['de', undefined, 1]],
  [
    ['DE', 'AT'],
    ['AT', ['CH', 'AT']],
    ['CH', undefined],
  ],
  [{ equals: true }, [true], ['true', false, undefined]],
  [{ notEquals: 'DE' }, ['AT'], ['DE', ['DE']]],
  [{ notIn: ['DE', 'AT'] }, ['CH', 7], ['DE']],
  [{ startsWith: 'qa-' }, ['qa-1'], ['q', 7, undefined]],
  [{ endsWith: '.test' }, ['a@b.test'], ['a@b.com', undefined]],
  [{ contains: '@' }, ['a@b'], ['ab', null]],
  [{ matches: '^\\p{Lu}' }, ['Äpfel'], ['äpfel', undefined]],
  [{ above: 5, below: 10 }, [6, 9.5], [5, 10, '7', undefined]],
  [{ atLeast: 5, atMost: 10 }, [5, 10], [4.9, 10.1]],
  [
    { semver: '>=2.1.0 <3' },
    ['2.1.0', '2.9', 'v2.1.5', '2.2.0-rc.1'],
    ['2.0.9', '2.1.0-rc.1', '3.0.0', 'x', 2, undefined],
  ],
  [{ exists: true }, ['', 0, false], [undefined, null]],
  [{ exists: false }, [null], ['']],
])('the condition %j holds for %j and not for %j', async (condition, yes, no) => {
  for (const value of yes) expect(await holds(condition, value), JSON.stringify(value)).toBe(true);
  for (const value of no) expect(await holds(condition, value), JSON.stringify(value)).toBe(false);
});

test('what is not there is not equal to anything, and not in any list', async () => {
  expect(await holds({ notEquals: 'DE' }, undefined)).toBe(true);
  expect(await holds({ notIn: ['DE'] }, undefined)).toBe(true);
});

test('the package semver is only wanted by rules that ask for it', () => {
  expect(usesSemver({ flags: { a: { rules: [{ when: { app: { semver: '1' } } }] } } })).toBe(true);
  expect(usesSemver({ flags: { a: { description: 'not semver' } } })).toBe(false);
});
