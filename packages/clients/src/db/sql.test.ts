import { describe, expect, test } from 'vitest';
import { openDatabase } from './open-database.ts';
import { fragment, identifier, list, write, writerFor } from './sql.ts';

test('values become parameters, in the words of each server', () => {
  const statement = fragment`select * from t where a = ${1} and b = ${'x'}`;
  expect(write(statement, writerFor('postgres'))).toEqual({
    sql: 'select * from t where a = $1 and b = $2',
    params: [1, 'x'],
  });
  expect(write(statement, writerFor('mysql')).sql).toBe('select * from t where a = ? and b = ?');
});

test('pieces, names and lists become part of the text', () => {
  const where = fragment`where id in (${list([1, fragment`${2} + 1`])})`;
  const statement = fragment`select ${identifier('odd"name')} from ${identifier('shop', 'orders')} ${where} limit ${5}`;
  expect(write(statement, writerFor('postgres'))).toEqual({
    sql: 'select "odd""name" from "shop"."orders" where id in ($1, $2 + 1) limit $3',
    params: [1, 2, 5],
  });
  expect(write(identifierOf('a`b'), writerFor('mysql')).sql).toBe('`a``b`');
});

const identifierOf = identifier;

test('an empty list and an empty name are refused', () => {
  expect(() => list([])).toThrow(/"in \(\)" is no SQL/);
  expect(() => identifier()).toThrow(/a name is empty/);
  expect(() => identifier('')).toThrow(expect.objectContaining({ code: 'QH_OPTION' }));
});

describe('on a database', () => {
  test('a tagged statement gives its rows, also with options, and inside of a transaction', async () => {
    await using db = openDatabase({ name: 'shop', kind: 'sqlite', url: ':memory:' });
    await db.sql`create table orders (id integer primary key, note text)`;
    const note = "'; drop table orders; --";
    await db.transaction(async tx => {
      await tx.sql`insert into orders (id, note) values (${1}, ${note})`;
      await tx.transaction(inner => inner.sql`insert into ${identifier('orders')} values (${2}, ${null})`);
    });
    expect(await db.sql<{ id: number }>`select * from orders where id in (${list([1, 2])}) order by id`).toEqual([
      { id: 1, note },
      { id: 2, note: null },
    ]);
    const stopped = db.sql.with({ signal: AbortSignal.abort(new Error('enough')) })`select 1`;
    await expect(stopped).rejects.toThrow('enough');
  });
});
