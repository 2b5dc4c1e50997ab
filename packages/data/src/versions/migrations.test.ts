import { expect, test } from 'vitest';
import { checkMigrations } from './check-migrations.ts';
import { type Migrations, migrate } from './migrations.ts';

interface One {
  readonly name: string;
}
interface Two {
  readonly first: string;
  readonly last: string;
}

const migrations: Migrations = {
  2: {
    up: ({ name }: One): Two => ({ first: name.split(' ')[0] ?? '', last: name.split(' ')[1] ?? '' }),
    down: ({ first, last }: Two): One => ({ name: `${first} ${last}` }),
  },
  3: { up: (older: Two) => ({ ...older, age: null }), down: ({ first, last }: Two) => ({ first, last }) },
};
const what = 'the dataset "people"';

test('stored data goes up and down, step by step', () => {
  expect(migrate({ name: 'Ann Lee' }, { what, from: 1, to: 3, migrations })).toEqual({
    first: 'Ann',
    last: 'Lee',
    age: null,
  });
  expect(migrate({ first: 'Ann', last: 'Lee', age: 3 }, { what, from: 3, to: 1, migrations })).toEqual({
    name: 'Ann Lee',
  });
  const same = {};
  expect(migrate(same, { what, from: 2, to: 2 })).toBe(same);
});

test('a version that nothing leads from is told in a sentence', () => {
  expect(() => migrate({}, { what, from: 1, to: 5, migrations })).toThrow(
    expect.objectContaining({
      code: 'QH_DATA_VERSION',
      message: 'the dataset "people" is of version 1, and version 5 is expected: there is no migration 4.up, 5.up',
      hint: 'Write the migration, or make the data again',
    }),
  );
  expect(() => migrate({}, { what, from: 2, to: 1 })).toThrow(
    expect.objectContaining({
      message:
        'the dataset "people" is of version 2, and version 1 is expected, which is older: there is no migration 2.down',
      hint: 'Use the newer code, or make the data again',
    }),
  );
});

test('a migration that fails is told with its number', () => {
  expect(() => migrate({}, { what, from: 1, to: 2, migrations })).toThrow(
    expect.objectContaining({
      code: 'QH_DATA_VERSION',
      message: expect.stringMatching(/^the dataset "people" could not be migrated up at version 2: /),
    }),
  );
});

test('migrations are tried up and down with samples', () => {
  const samples = {
    1: [{ name: 'Ann Lee' }],
    2: [{ first: 'Bo', last: 'Li' }],
    3: [{ first: 'C', last: 'D', age: null }],
  };
  expect(checkMigrations({ version: 3, migrations, samples })).toEqual([]);
  expect(checkMigrations({ version: 3, migrations, samples: { 1: [{ name: 'Cher' }, { name: 1 }] } })).toEqual([
    'sample 1 of version 1 came back as {"name":"Cher "}',
    expect.stringContaining('sample 2 of version 1 could not be migrated up at version 2'),
  ]);
  const isSame = (a: unknown, b: unknown): boolean => (a as One).name === (b as One).name.trim();
  expect(checkMigrations({ version: 3, migrations, samples: { 1: [{ name: 'Cher' }] }, isSame })).toEqual([]);
  const problemsOf = (value: unknown): readonly string[] => ((value as Two).last === '' ? ['no last name'] : []);
  expect(checkMigrations({ version: 3, migrations, samples: { 1: [{ name: 'Cher' }] }, isSame, problemsOf })).toEqual([
    'sample 1 of version 1 is wrong after its way up: no last name',
  ]);
});

test('gaps, ways without a return and changes in place are found', () => {
  expect(checkMigrations({ version: 3, migrations: { 3: { up: () => 1 }, 7: { up: () => 1 } }, samples: {} })).toEqual([
    'the migration 7 leads to no version: there are 2 to 3',
    'there is no migration to version 2',
    'the migration 3 has no way down',
  ]);
  const rude: Migrations = {
    2: {
      up: (older: { n: number }) => {
        older.n++;
        return older;
      },
      down: (newer: { n: number }) => ({ n: newer.n - 1 }),
    },
  };
  expect(checkMigrations({ version: 2, migrations: rude, samples: { 1: [{ n: 1 }] } })).toEqual([
    'sample 1 of version 1 was changed in place by a migration',
  ]);
});
