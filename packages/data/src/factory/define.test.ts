import { expect, test } from 'vitest';
import { z } from 'zod';
import { define } from './factory.ts';
import { factories, factoryNamed } from './registry.ts';
import { belongsTo, linksTo } from './relations.ts';

const schema = z.object({ id: z.number() });

test('everything that is wrong with a definition is told at once', () => {
  const wrong = {
    schema: {},
    input: 3,
    version: 0,
    key: [],
    biuld: () => ({}),
    remove: 'it',
    create: { api: async () => ({}), ui: async () => ({}) },
    relations: { a: belongsTo('x'), b: linksTo('y') },
    transient: { a: 1 },
    links: { a: { link: async () => {} } },
  };
  expect(() => define('9 lives', wrong as never)).toThrow(
    expect.objectContaining({
      code: 'QH_OPTION',
      problems: [
        'the name is a letter and then at most 63 letters, digits, spaces, "_", "." and "-"',
        'there is no biuld; did you mean build?',
        'schema is none: expected z.object({ … })',
        'input is no schema: expected z.object({ … })',
        'build is missing',
        'remove is no function',
        'version is 0, expected 1, 2, …',
        'key names no field',
        'create.ui is no way: expected api, db, page',
        'a is both a relation and transient',
        'links.b is missing: how the two are put together',
        'links.a belongs to no relation of linksTo or manyToMany',
      ],
    }),
  );
});

test('a name belongs to one place, which may define it again', () => {
  const again = () => define('define again', { schema, build: () => ({}) });
  expect(again()).not.toBe(again());
  expect(factories().filter(({ name }) => name === 'define again')).toHaveLength(1);
  expect(() => define('define again', { schema, build: () => ({}) })).toThrow(
    expect.objectContaining({
      code: 'QH_DATA_NAME',
      message: expect.stringMatching(/"define again": in .*define\.test\.ts:\d+ and in .*define\.test\.ts:\d+$/),
    }),
  );
  expect(factoryNamed('define again').version).toBe(1);
  expect(() => factoryNamed('define agian')).toThrow(expect.objectContaining({ code: 'QH_DATA_UNKNOWN' }));
});
