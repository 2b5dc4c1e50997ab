import { createMask, Secret } from '@quality-hub/telemetry';
import { expect, test } from 'vitest';
import { openDatabase } from './open-database.ts';
import type { QueryRecord } from './record.ts';

const VALUE = 'Zx9-kQ2_pL7vTt';

test('a secret in its box reaches the server, and nothing that is told of the statement', async () => {
  const records: QueryRecord[] = [];
  await using database = openDatabase({
    name: 'shop',
    kind: 'sqlite',
    url: ':memory:',
    slowMs: 0,
    mask: createMask(),
    observe: record => void records.push(record),
  });
  const box = new Secret('paymentKey', { read: () => VALUE });
  await database.query('create table keys (key text)');
  await database.query('insert into keys values (?)', [box]);
  await database.transaction(tx => tx.sql`insert into keys values (${box})`);
  expect(await database.sql`select count(*) as count from keys where key = ${VALUE.slice()}`).toEqual([{ count: 2 }]);
  const inserts = records.filter(({ operation }) => operation.startsWith('insert'));
  expect(inserts).toHaveLength(2);
  expect(JSON.stringify(inserts)).not.toContain(VALUE);
  expect(JSON.stringify(inserts)).toContain('[secret:paymentKey]');
});
