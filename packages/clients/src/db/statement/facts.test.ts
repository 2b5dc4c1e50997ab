import { expect, test } from 'vitest';
import { hasPlan, isRead, operationOf, shownStatement } from './facts.ts';
import { limitsFor } from './limits.ts';

test.each([
  'SELECT 1',
  '  -- a comment\n select * from orders',
  '/* x */ with a as (select 1) select * from a',
  "select 'insert into orders' as text",
  'explain select 1',
  'show tables',
  'values (1), (2)',
  'table orders',
  'select 1;',
])('%s only reads', sql => expect(isRead(sql)).toBe(true));

test.each([
  'insert into orders values (1)',
  'with gone as (delete from orders returning id) select * from gone',
  'explain analyze update orders set total = 1',
  "select nextval('orders_id_seq')",
  'select pg_advisory_lock(1)',
  'select * into copy from orders',
  'select * from orders; delete from orders',
  'select get_lock(?, 1)',
  'update orders set total = 1',
  'call refund(1)',
  'select $$a$$; drop table orders',
  'begin',
])('%s may change something', sql => expect(isRead(sql)).toBe(false));

test.each([
  ['select * from orders where id = 1', 'select orders'],
  ['INSERT INTO "orders" (id) VALUES (1)', 'insert orders'],
  ['update shop.orders set total = 1', 'update shop.orders'],
  ['create table if not exists things (id integer)', 'create things'],
  ['BEGIN ISOLATION LEVEL SERIALIZABLE', 'begin'],
  ["select 'from nowhere'", 'select'],
  ['   ', 'statement'],
])('%s is called %s', (sql, operation) => expect(operationOf(sql)).toBe(operation));

test('a shown statement has no literals and no comments, stands on one line and is not endless', () => {
  expect(shownStatement("select *\n  from users -- all\n where password = 'hunter''2' and note = 'x'")).toBe(
    "select * from users where password = '?' and note = '?'",
  );
  expect(shownStatement(`select ${'a, '.repeat(400)} 1`)).toHaveLength(300);
});

test('the server has the next step for statements, and less for locks', () => {
  expect(limitsFor(30_000, 5_000)).toEqual({ statementMs: 31_000, lockMs: 5_000 });
  expect(limitsFor(2_600, 5_000)).toEqual({ statementMs: 6_000, lockMs: 1_600 });
  expect(limitsFor(40, 5_000)).toEqual({ statementMs: 1_100, lockMs: 32 });
  expect(limitsFor(2_000_000, 5_000)).toEqual({ statementMs: 2_001_000, lockMs: 5_000 });
});

test.each([
  ['select 1', true],
  ['-- why\nwith a as (select 1) delete from b;', true],
  ['update orders set total = 1', true],
  ['select 1; delete from orders', false],
  ["select ';'; drop table orders", false],
  ["select 'a;b'", true],
  ['explain analyze delete from orders', false],
  ['create table t (a int)', false],
])('%s has a plan: %s', (sql, has) => expect(hasPlan(sql)).toBe(has));
