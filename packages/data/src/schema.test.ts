import { expect, test } from 'vitest';
import { dataSchema } from './schema.ts';
import type { DataSection } from './section.ts';

test('a section with all its words is right', () => {
  const section: DataSection = {
    factories: ['./tests/factories.ts'],
    locale: 'de',
    durability: 'machine',
    removal: { timeoutMs: 10_000, concurrency: 4 },
    sweep: { timeoutMs: 60_000, olderThanMs: 0 },
    backlog: { warn: 10, fail: 100 },
    environments: { tenant: { create: async () => 1, remove: async () => undefined } },
    snapshots: {
      databases: { shop: { without: ['migrations'] } },
      files: { uploads: './uploads' },
      redis: { cache: { url: 'redis://127.0.0.1:6379/1', prefix: 'shop:' } },
      parts: { mail: { save: async () => 1, load: async () => undefined } },
      version: 2,
      retention: { count: 2, maxAgeMs: 1000, maxBytes: 1e6 },
    },
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
    environments: { tenant: { create: 1 } },
    snapshots: { parts: { mail: {} }, version: 0 },
    swep: {},
  });
  expect(error?.issues.map(({ path, code }) => `${path.join('.')} ${code}`)).toEqual([
    'factories invalid_type',
    'durability invalid_value',
    'removal.concurrency too_small',
    'backlog.fail too_small',
    'environments.tenant custom',
    'snapshots.parts.mail custom',
    'snapshots.version too_small',
    ' unrecognized_keys',
  ]);
});
