import { beforeEach, describe, expect, test } from 'vitest';
import { isolationServers, useShop } from '../../testing/shop-on-server.ts';
import { makeShop, shopCounts } from '../../testing/small-shop.ts';
import { openDatabase } from '../open-database.ts';
import type { SqlDatabase } from '../sql-database.ts';
import { createIsolation } from './create-isolation.ts';
import type { Templates } from './templates.ts';
import { truncateAll } from './truncate.ts';

for (const { kind, skip, note } of isolationServers) {
  describe.skipIf(skip)(`undoing a test on ${kind}${note}`, () => {
    const shop = useShop(kind);
    const { open, templatesOf } = shop;
    let database: SqlDatabase;
    beforeEach(() => {
      database = shop.database;
    });

    test('transaction: the test sees what it writes, and nothing of it stays', async () => {
      const isolation = createIsolation({ strategy: 'transaction', database });
      const { database: inside, end } = await isolation.begin();
      await inside.sql`insert into buyers (name) values (${'Cid'})`;
      await inside.transaction(async tx => {
        await tx.sql`insert into orders (buyer, total) values (${1}, ${500})`;
      });
      expect(await shopCounts(inside)).toEqual([1, 3, 3, 2]);
      if (kind !== 'sqlite') expect(await shopCounts(database)).toEqual([1, 2, 2, 1]);
      const report = await end();
      expect(report).toMatchObject({ strategy: 'transaction', warnings: [] });
      expect(await end()).toBe(report);
      expect(await shopCounts(database)).toEqual([1, 2, 2, 1]);
    });

    test('transaction: it begins with the first statement, and not after the end of the test', async () => {
      const isolation = createIsolation({ strategy: 'transaction', database });
      const before = database.statistics();
      const { database: inside, end } = await isolation.begin();
      await end();
      expect(database.statistics()).toEqual(before);
      await expect(inside.query('SELECT 1')).rejects.toMatchObject({ code: 'QH_DB_TRANSACTION_OVER' });
    });

    if (kind !== 'sqlite') {
      test('transaction: a statement that still runs when the test ends is ended on the server', async () => {
        const { database: inside, end } = await createIsolation({ strategy: 'transaction', database }).begin();
        await inside.query('DELETE FROM orders');
        const sleeps = inside.query(kind === 'postgres' ? 'SELECT pg_sleep(20)' : 'SELECT sleep(20)');
        sleeps.catch(() => undefined);
        await new Promise(resolve => setTimeout(resolve, 50));
        const { resetMs } = await end();
        await expect(sleeps).rejects.toMatchObject({ code: 'QH_DB_TRANSACTION_OVER' });
        expect(resetMs).toBeLessThan(10_000);
        expect(await shopCounts(database)).toEqual([1, 2, 2, 1]);
      });
    }

    test('transaction: a statement that fails as expected does not spoil the rest of the test', async () => {
      const isolation = createIsolation({ strategy: 'transaction', database });
      const { database: inside, end } = await isolation.begin();
      await inside.query("INSERT INTO buyers (id, name) VALUES (77, 'Cid')");
      await expect(inside.query("INSERT INTO buyers (id, name) VALUES (77, 'Dan')")).rejects.toMatchObject({
        code: 'QH_DB_UNIQUE',
      });
      expect(await shopCounts(inside)).toEqual([1, 3, 2, 1]);
      await expect(inside.hold()).rejects.toMatchObject({ code: 'QH_DB_ISOLATION' });
      await end();
      await expect(inside.query('SELECT 1')).rejects.toMatchObject({ code: 'QH_DB_TRANSACTION_OVER' });
    });

    test('transaction: Kysely, leases and the rest of a database are part of it too', async () => {
      interface Buyers {
        buyers: { id: number; name: string };
      }
      await using isolation = createIsolation({ strategy: 'transaction', database });
      const { database: inside, end } = await isolation.begin();
      const k = inside.kysely<Buyers>();
      await k.insertInto('buyers').values({ id: 77, name: 'Cid' }).execute();
      await expect(k.insertInto('buyers').values({ id: 77, name: 'Dan' }).execute()).rejects.toMatchObject({
        code: 'QH_DB_UNIQUE',
      });
      const inner = k.transaction().execute(async trx => {
        await trx.deleteFrom('buyers').where('id', '=', 77).execute();
        throw new Error('only the inner one');
      });
      await expect(inner).rejects.toThrow('only the inner one');
      await k
        .transaction()
        .execute(trx => trx.updateTable('buyers').set({ name: 'Eve' }).where('id', '=', 77).execute());
      const lease = await inside.lease();
      expect((await lease.query('SELECT name FROM buyers WHERE id = 77')).rows[0]).toMatchObject({ name: 'Eve' });
      await lease.release();
      await inside.warmUp();
      expect((await inside.health()).state).toBe('healthy');
      expect(inside.statistics().size).toBeGreaterThan(0);
      await inside.close();
      expect(await shopCounts(inside)).toEqual([1, 3, 2, 1]);
      await end();
      expect(await shopCounts(database)).toEqual([1, 2, 2, 1]);
    });

    test('transaction: says when others work on the same database', async () => {
      const url = new URL(kind === 'sqlite' ? `file:${shop.url}` : shop.url);
      if (kind === 'postgres') url.searchParams.set('application_name', 'the shop');
      const app = open(kind === 'sqlite' ? shop.url : url.href);
      await app.query('SELECT 1');
      const isolation = createIsolation({ strategy: 'transaction', database });
      const { database: inside, end } = await isolation.begin();
      await inside.query('SELECT 1');
      // SQLite lets nobody write meanwhile: there it is the other connection that is told.
      if (kind === 'sqlite') {
        expect((await end()).warnings).toEqual([]);
        return;
      }
      await app.query("INSERT INTO buyers (name) VALUES ('of the shop')");
      const { warnings } = await end();
      // The next test is told as well, without another look at the server.
      const next = await isolation.begin();
      await next.database.query('SELECT 1');
      expect((await next.end()).warnings).toEqual(warnings);
      expect(warnings).toHaveLength(1);
      expect(warnings[0]).toMatch(/^1 other connection is open to "shop": what they write is not undone/);
    });

    if (kind === 'mysql') {
      test('transaction: says when DDL has committed it', async () => {
        const { database: inside, end } = await createIsolation({ strategy: 'transaction', database }).begin();
        await inside.query("INSERT INTO buyers (name) VALUES ('stays')");
        await inside.query('CREATE TABLE extra (id INTEGER)');
        expect((await end()).warnings[0]).toMatch(/has committed the transaction around the test/);
        expect(await shopCounts(database)).toEqual([1, 3, 2, 1]);
      });
    }

    test('truncate: tables are empty but for those that are kept, keys begin at 1, and seeds are there again', async () => {
      const isolation = createIsolation({
        strategy: 'truncate',
        database,
        keep: ['versions'],
        seed: async db => void (await db.query("INSERT INTO buyers (name) VALUES ('Seed')")),
      });
      const { database: inside, end } = await isolation.begin();
      expect(inside).toBe(database);
      expect(await shopCounts(database)).toEqual([1, 1, 0, 0]);
      await inside.query('INSERT INTO orders (buyer, total) VALUES (1, 7)');
      expect((await end()).strategy).toBe('truncate');
      expect(await shopCounts(database)).toEqual([1, 1, 0, 0]);
      expect((await database.query('SELECT id FROM buyers')).rows.map(row => ({ ...row }))).toEqual([{ id: 1 }]);
    });

    test('truncate: what a killed worker has left is gone before the first test', async () => {
      const isolation = createIsolation({ strategy: 'truncate', database, keep: ['versions'] });
      await isolation.ready();
      expect(await shopCounts(database)).toEqual([1, 0, 0, 0]);
      // Nobody has used it since.
      await database.query("INSERT INTO buyers (name) VALUES ('Cid')");
      await isolation.ready();
      expect(await shopCounts(database)).toEqual([1, 1, 0, 0]);
    });

    test('truncate: a kept table that refers to an emptied one is refused, and nothing is emptied', async () => {
      await expect(truncateAll(database, { keep: ['versions', 'orders'] })).rejects.toMatchObject({
        code: 'QH_DB_ISOLATION',
        message: '"shop" cannot keep tables that refer to emptied ones: "orders" refers to "buyers"',
      });
      expect(await shopCounts(database)).toEqual([1, 2, 2, 1]);
    });

    test('none: what is written stays', async () => {
      const { database: inside, end } = await createIsolation({ strategy: 'none', database }).begin();
      await inside.query('DELETE FROM orders');
      await end();
      expect(await shopCounts(database)).toEqual([1, 2, 0, 0]);
    });

    test('template: each worker has a copy with everything in it, and the next test has it anew', async () => {
      let prepared = 0;
      const prepare = async (db: SqlDatabase): Promise<void> => {
        prepared++;
        await makeShop(db);
      };
      const key = `one-${shop.url}`;
      const [mine, theirs] = [templatesOf(key, { prepare }), templatesOf(key, { prepare })];
      // Two workers that start at once make one template.
      await Promise.all([mine.ready(), theirs.ready()]);
      if (kind !== 'sqlite') expect(prepared).toBe(1);
      await using first = createIsolation({ strategy: 'template', database, templates: mine, openClone: open });
      await using second = createIsolation({ strategy: 'template', database, templates: theirs, openClone: open });
      const [one, two] = await Promise.all([first.begin(), second.begin()]);
      expect(one.url).not.toBe(two.url);
      expect(await shopCounts(one.database)).toEqual([1, 2, 2, 1]);
      await one.database.query('INSERT INTO orders (buyer, total) VALUES (2, 900)');
      expect(await shopCounts(two.database)).toEqual([1, 2, 2, 1]);
      await expect(one.database.query('INSERT INTO orders (buyer, total) VALUES (99, 1)')).rejects.toMatchObject({
        code: 'QH_DB_CONSTRAINT',
      });
      expect((await one.end()).warnings).toEqual([]);
      const again = await first.begin();
      expect(again.url).toBe(one.url);
      expect(await shopCounts(again.database)).toEqual([1, 2, 2, 1]);
      const { rows } = await again.database.query<{ id: number }>(
        kind === 'postgres'
          ? "INSERT INTO buyers (name) VALUES ('Cid') RETURNING id"
          : 'SELECT max(id) + 1 AS id FROM buyers',
      );
      expect(rows[0]?.id).toBe(3);
      await again.end();
    });

    test.each(['transaction', 'truncate', 'none'] as const)('template: between tests it may be %s', async between => {
      const templatesHere = templatesOf(`between-${shop.url}`);
      await using isolation = createIsolation({
        strategy: 'template',
        database,
        templates: templatesHere,
        openClone: open,
        between,
        keep: ['versions'],
      });
      const { database: inside, end } = await isolation.begin();
      await inside.query('INSERT INTO orders (buyer, total) VALUES (2, 900)');
      await end();
      const next = await isolation.begin();
      const expected = { transaction: [1, 2, 2, 1], truncate: [1, 0, 0, 0], none: [1, 2, 3, 2] }[between];
      expect(await shopCounts(next.database)).toEqual(expected);
      await next.end();
    });

    test('template: a copy that cannot be made anew is given up, and the next test has another', async () => {
      const made = templatesOf(`gone-${shop.url}`);
      let fails = false;
      const stubborn: Templates = {
        ...made,
        async clone() {
          const clone = await made.clone();
          const reset = (): Promise<void> => (fails ? Promise.reject(new Error('no disk')) : clone.reset());
          return { ...clone, reset };
        },
      };
      await using isolation = createIsolation({ strategy: 'template', database, templates: stubborn, openClone: open });
      expect(() => isolation.beginNow()).toThrow(expect.objectContaining({ code: 'QH_DB_ISOLATION' }));
      const one = await isolation.begin();
      await one.database.query('DELETE FROM orders');
      fails = true;
      await expect(one.end()).rejects.toThrow('no disk');
      const two = await isolation.begin();
      expect(two.url).not.toBe(one.url);
      expect(await shopCounts(two.database)).toEqual([1, 2, 2, 1]);
    });
  });
}

test('the strategy "template" asks for what it needs', () => {
  const database = openDatabase({ name: 'shop', kind: 'sqlite', url: ':memory:' });
  expect(() => createIsolation({ strategy: 'template', database })).toThrow(/"templates" and "openClone" are missing/);
});
