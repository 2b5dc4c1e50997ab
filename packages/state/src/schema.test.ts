import { expect, test } from 'vitest';
import { stateSchema } from './schema.ts';

test('each kind has its own options', () => {
  const right = [
    { kind: 'sqlite' },
    { kind: 'memory' },
    { kind: 'redis', url: 'redis://host', prefix: 'shop', cluster: false },
    { kind: 'redis', url: async () => 'rediss://host' },
  ];
  for (const section of right) expect(stateSchema.safeParse(section).error?.issues).toBeUndefined();
});

test('what is wrong is told with its place', () => {
  const issues = (section: unknown) =>
    stateSchema.safeParse(section).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  expect(issues({ kind: 'redis' })).toEqual(['url: expected the address of Redis']);
  expect(issues({ kind: 'redis', url: 'http://host' })).toEqual([expect.stringMatching(/^url: /)]);
  expect(issues({ kind: 'redis', url: 'redis://host', prefix: 'a{b}' })).toEqual([expect.stringMatching(/^prefix: /)]);
  expect(issues({ kind: 'sqlite', url: 'redis://host', cluster: true })).toEqual([
    "url: is for kind 'redis' alone",
    "cluster: is for kind 'redis' alone",
  ]);
});
