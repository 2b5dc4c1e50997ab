import fc from 'fast-check';
import semver from 'semver';
import { expect, test } from 'vitest';
import type { FlagContext, FlagProvider, FlagType } from '../provider.ts';
import { DefinedFlags } from './defined-flags.ts';
import { readDefinitions } from './read-definitions.ts';

const SOUND = {
  flags: {
    newCheckout: { default: 'off', metadata: { owner: 'checkout' } },
    button: {
      variants: ['red', 'blue'],
      split: { red: 20, blue: 80 },
      rules: [
        { name: 'staff', when: { 'user.role': { in: ['staff'] }, mail: { endsWith: '.test' } }, variant: 'red' },
        { when: { app: { semver: '>=2' }, age: { atLeast: 18 }, name: { matches: '^a' } }, split: { red: 100 } },
      ],
    },
    limit: { variants: { low: 10, high: 100 }, default: 'low' },
  },
};

/** All places of a value. */
function pathsOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, one]) => pathsOf(one, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((one, index) => (String(index) === key ? replaced(one, rest, by) : one));
  return Object.fromEntries(
    Object.entries(value as object).map(([name, one]) => [name, name === key ? replaced(one, rest, by) : one]),
  );
}

const ask = {
  boolean: (flags: FlagProvider, name: string, context: FlagContext) =>
    flags.resolveBooleanEvaluation(name, false, context, console),
  string: (flags: FlagProvider, name: string, context: FlagContext) =>
    flags.resolveStringEvaluation(name, '', context, console),
  number: (flags: FlagProvider, name: string, context: FlagContext) =>
    flags.resolveNumberEvaluation(name, 0, context, console),
  object: (flags: FlagProvider, name: string, context: FlagContext) =>
    flags.resolveObjectEvaluation(name, {}, context, console),
} as const satisfies Record<FlagType, unknown>;

const isKey = (value: unknown): boolean => typeof value === 'string' && value !== '';

test('whatever stands in a file is told or serves one of its variants, for any context; nothing throws', async () => {
  const word = fc.constantFrom('red', 'on', 'flags', 'split', 'semver', '__proto__', 'constructor', '');
  const anything = fc.oneof(fc.jsonValue(), word, fc.dictionary(word, fc.oneof(word, fc.double(), fc.jsonValue())));
  const edited = fc.tuple(fc.constantFrom(...pathsOf(SOUND)), anything).map(([path, by]) => replaced(SOUND, path, by));
  const context = fc.dictionary(
    fc.constantFrom('user', 'mail', 'app', 'age', 'name', 'targetingKey'),
    fc.oneof(fc.string(), fc.jsonValue()),
  );
  let sound = 0;
  await fc.assert(
    fc.asyncProperty(fc.oneof(anything, edited), context, async (file, attributes) => {
      const { definitions, problems } = readDefinitions(file, semver);
      expect(problems.every(problem => problem.length > 0)).toBe(true);
      if (problems.length > 0) return;
      sound++;
      const flags = new DefinedFlags('any', definitions);
      for (const [name, { type, variants }] of definitions) {
        const { value, variant = '', errorCode } = await ask[type](flags, name, attributes as FlagContext);
        if (errorCode === 'TARGETING_KEY_MISSING') expect(isKey(attributes.targetingKey)).toBe(false);
        else expect([errorCode, value]).toEqual([undefined, variants.get(variant)]);
      }
    }),
    { numRuns: 2_000 },
  );
  // Edits of a description or of a name leave a file sound: the second half was seen as well.
  expect(sound).toBeGreaterThan(20);
});
