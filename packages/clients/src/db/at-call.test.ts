import { expect, test } from 'vitest';
import { createIsolation } from './isolation/create-isolation.ts';
import { openDatabase } from './open-database.ts';
import type { SqlDatabase } from './sql-database.ts';

const WRONG = 'select nothing from nowhere';
type Call = (db: SqlDatabase) => Promise<unknown>;

const inIsolation =
  (call: Call): Call =>
  async db => {
    const { database, end } = await createIsolation({ strategy: 'transaction', database: db }).begin();
    return call(database).finally(end);
  };
const query: Call = async db => await db.query(WRONG);
const tagged: Call = async db => await db.sql`select nothing from nowhere`;
const inTransaction: Call = async db => await db.transaction(async tx => await tx.query(WRONG));
const savepoint: Call = async db =>
  await db.transaction(async tx => await tx.transaction(async inner => await inner.sql`select nothing from nowhere`));
const builder: Call = async db =>
  await db.kysely<{ nowhere: { nothing: string } }>().selectFrom('nowhere').select('nothing').execute();

test.each<[string, Call]>([
  ['a query', query],
  ['a tagged statement', tagged],
  ['a statement in a transaction', inTransaction],
  ['a statement in a savepoint', savepoint],
  ['a query builder', builder],
  ['a lease', async db => await (await db.lease()).query(WRONG)],
  ['a query in isolation', inIsolation(query)],
  ['a tagged statement in isolation', inIsolation(tagged)],
  ['a transaction in isolation', inIsolation(inTransaction)],
  ['no time', async db => await db.query('select 1', [], { timeoutMs: 0 })],
  ['a transaction that could not begin', async db => await db.transaction(async () => 1, { timeoutMs: 0 })],
])('the error of %s is shown where the call was made', async (_, call) => {
  await using db = openDatabase({ name: 'shop', kind: 'sqlite', url: ':memory:' });
  const error = (await call(db).catch((thrown: unknown) => thrown)) as Error;
  const [head, ...frames] = (error.stack ?? '').split(/\n {4}at /);
  expect(head).toBe(`${error.name}: ${error.message}`);
  // A runner skips what others, and Node, have made; it would not skip ours.
  expect(frames.find(frame => !/node_modules|node:internal/.test(frame))).toContain('at-call.test.ts');
});

test('what a function of the caller throws keeps its stack', async () => {
  await using db = openDatabase({ name: 'shop', kind: 'sqlite', url: ':memory:' });
  const own = new Error('mine');
  const before = own.stack;
  await expect(db.transaction(() => Promise.reject(own))).rejects.toBe(own);
  expect(own.stack).toBe(before);
});
