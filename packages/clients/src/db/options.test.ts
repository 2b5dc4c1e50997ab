import { expect, test } from 'vitest';
import { openDatabase } from './open-database.ts';
import type { DatabaseOptions } from './options.ts';

test('every problem is told at once, with what was meant', () => {
  const options = {
    name: '',
    kind: 'postgress',
    url: 'no url with a p4ssword',
    statementTimeout: 5,
    retries: -1,
    pool: { size: 0, sise: 3 },
  } as unknown as DatabaseOptions;
  let error: unknown;
  try {
    openDatabase(options);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: 'QH_OPTION' });
  expect((error as { problems: string[] }).problems).toEqual([
    '"name" is missing',
    '"kind" is "postgress": did you mean "postgres"?',
    '"url" is no URL (its text is not shown: it may hold a password)',
    '"retries" is -1: expected a whole number from 0 to 20',
    '"statementTimeout" is no option: did you mean "statementTimeoutMs"?',
    '"pool.size" is 0: expected a whole number from 1 to 1000',
    '"pool.sise" is no option: did you mean "pool.size"?',
  ]);
  expect(String(error)).not.toContain('p4ssword');
});

test('the server is named without user and password', () => {
  const at = (kind: DatabaseOptions['kind'], url: string): string => openDatabase({ name: 'x', kind, url }).server;
  expect(at('postgres', 'postgres://ann:pw@db.example/shop')).toBe('db.example:5432');
  expect(at('mysql', 'mysql://ann:pw@db.example:3307/shop')).toBe('db.example:3307');
  expect(at('sqlite', '/tmp/shop.db')).toBe('/tmp/shop.db');
  expect(openDatabase({ name: 'x', kind: 'postgres', url: () => 'postgres://x' }).server).toBe('postgres');
  expect(openDatabase({ name: 'x', kind: 'mysql', url: () => 'mysql://x', server: 'db:3306' }).server).toBe('db:3306');
});
