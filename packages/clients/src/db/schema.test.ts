import { expect, test } from 'vitest';
import { openDatabase } from './open-database.ts';
import { databaseSchema, databasesSchema } from './schema.ts';

const OF_THE_CLIENT = {
  kind: 'sqlite',
  url: ':memory:',
  server: 'memory',
  pool: { size: 2, min: 0, waitMs: 1, idleMs: 1, checkAfterMs: 0 },
  connectTimeoutMs: 1,
  statementTimeoutMs: 1,
  lockTimeoutMs: 1,
  retries: 0,
  transactionRuns: 1,
  slowMs: 0,
} as const;

test('what the schema takes, openDatabase takes, and it refuses what that refuses', () => {
  expect(databaseSchema.parse(OF_THE_CLIENT)).toEqual(OF_THE_CLIENT);
  expect(openDatabase({ name: 'shop', ...OF_THE_CLIENT }).name).toBe('shop');
  for (const wrong of [
    { retries: 21 },
    { pool: { size: 0 } },
    { pool: { sise: 1 } },
    { kind: 'oracle' },
    { timeout: 1 },
  ]) {
    const options = { ...OF_THE_CLIENT, ...wrong };
    expect(databaseSchema.safeParse(options).success).toBe(false);
    expect(() => openDatabase({ name: 'shop', ...(options as typeof OF_THE_CLIENT) })).toThrow(/Database "shop"/);
  }
});

test('what a section says beyond that: policy, isolation, plans', () => {
  const shop = { kind: 'postgres', url: () => 'postgres://shop', policy: { retry: 2 }, plans: true, warmUp: true };
  const section = { ...shop, isolation: 'template', template: { prepare: ['schema.sql', 'rows.sql'] } };
  expect(
    databasesSchema.safeParse({ shop: { ...section, truncate: { keep: ['versions'], seed: 'rows.sql' } } }),
  ).toEqual(expect.objectContaining({ success: true }));
  const prepare = () => undefined;
  const wrong: readonly [object, string][] = [
    [{ isolation: 'templates' }, 'isolation'],
    [{ isolation: 'template' }, 'section template'],
    [{ template: { prepare } }, 'no key'],
    [{ template: { prepare: [] } }, 'prepare'],
    [{ url: 7 }, 'url'],
    [{ policy: { retyr: 1 } }, 'retyr'],
  ];
  for (const [more, said] of wrong) {
    const result = databasesSchema.safeParse({ shop: { ...shop, ...more } });
    expect(JSON.stringify(result.error?.issues)).toContain(said);
  }
});
