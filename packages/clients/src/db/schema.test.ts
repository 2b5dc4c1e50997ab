import { expect, test } from 'vitest';
import { openDatabase } from './open-database.ts';
import { databaseSchema } from './schema.ts';

test('what the schema takes, openDatabase takes, and it refuses what that refuses', () => {
  const section = {
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
  expect(databaseSchema.parse(section)).toEqual(section);
  expect(openDatabase({ name: 'shop', ...section }).name).toBe('shop');
  for (const wrong of [
    { retries: 21 },
    { pool: { size: 0 } },
    { pool: { sise: 1 } },
    { kind: 'oracle' },
    { timeout: 1 },
  ]) {
    const options = { ...section, ...wrong };
    expect(databaseSchema.safeParse(options).success).toBe(false);
    expect(() => openDatabase({ name: 'shop', ...(options as typeof section) })).toThrow(/Database "shop"/);
  }
});
