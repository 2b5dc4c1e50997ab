import { expect, test } from 'vitest';
import { dataSchema } from './schema.ts';
import type { DataSection } from './section.ts';

test('a section with all its words is right', () => {
  const section: DataSection = {
    factories: ['./tests/factories.ts'],
    durability: 'machine',
    removal: { timeoutMs: 10_000, concurrency: 4 },
    sweep: { timeoutMs: 60_000, olderThanMs: 0 },
    backlog: { warn: 10, fail: 100 },
  };
  expect(dataSchema.parse(section)).toEqual(section);
  expect(dataSchema.parse({ sweep: false })).toEqual({ sweep: false });
});

test('everything that is wrong is told', () => {
  const { error } = dataSchema.safeParse({
    factories: './tests/factories.ts',
    durability: 'disk',
    removal: { concurrency: 0 },
    backlog: { fail: -1 },
    swep: {},
  });
  expect(error?.issues.map(({ path, code }) => `${path.join('.')} ${code}`)).toEqual([
    'factories invalid_type',
    'durability invalid_value',
    'removal.concurrency too_small',
    'backlog.fail too_small',
    ' unrecognized_keys',
  ]);
});
