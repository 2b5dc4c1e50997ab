import { beforeEach, describe, expect, test } from 'vitest';
import { mariadbUrl } from '../../testing/database-servers.ts';
import { isolationServers, useShop } from '../../testing/shop-on-server.ts';
import { shopCounts } from '../../testing/small-shop.ts';
import { openDatabase } from '../open-database.ts';
import type { SqlDatabase } from '../sql-database.ts';
import { type CloneName, cloneName, isAliveHere, ownerHere, parseCloneName, sparePrefix } from './names.ts';

for (const { kind, skip, note } of isolationServers) {
  describe.skipIf(skip)(`templates on ${kind}${note}`, () => {
    const shop = useShop(kind);
    const { open, templatesOf, closeLast } = shop;
    let database: SqlDatabase;
    beforeEach(() => {
      database = shop.database;
    });

    test('a template that could not be made is made by the next who asks', async () => {
      let fail = true;
      const made = templatesOf(`broken-${shop.url}`, {
        prepare: async db => {
          await db.query('CREATE TABLE half (id INTEGER)');
          if (fail) throw new Error('a migration failed');
          await db.query('CREATE TABLE whole (id INTEGER)');
        },
      });
      await expect(made.clone()).rejects.toThrow('a migration failed');
      fail = false;
      const clone = await made.clone();
      expect((await open(clone.url).query('SELECT count(*) AS n FROM whole')).rows).toHaveLength(1);
      await closeLast();
      await clone.drop();
    });

    test('copies of dead workers are found and dropped; living ones, and those of other machines, stay', async () => {
      const here = ownerHere('run-1');
      const dead = { ...here, pid: 4_000_000 };
      const longAgo = new Date(Date.now() - 48 * 60 * 60_000);
      const key = `left-${shop.url}`;
      const clones = [];
      for (const owner of [
        here,
        dead,
        { ...here, host: 'elsewhere' },
        { ...here, host: 'elsewhere', startedAt: longAgo },
      ])
        clones.push(await templatesOf(key, { owner }).clone());
      const [living, gone, foreign, foreignOld] = clones.map(({ name }) => name);
      const swept = await templatesOf(key).sweep();
      expect(swept).toContain(gone);
      expect(swept).toContain(foreignOld);
      expect(swept).not.toContain(living);
      expect(swept).not.toContain(foreign);
      expect(await templatesOf(key).sweep()).not.toContain(gone);
      for (const clone of clones) await clone.drop();
    });

    if (kind !== 'sqlite') {
      test('a copy says on the server whose it is', async () => {
        const clone = await templatesOf(`owner-${shop.url}`).clone();
        const { rows } = await database.query<{ owner: string }>(
          kind === 'postgres'
            ? "SELECT shobj_description(oid, 'pg_database') AS owner FROM pg_database WHERE datname = $1"
            : 'SELECT schema_comment AS owner FROM information_schema.schemata WHERE schema_name = ?',
          [clone.name],
        );
        expect(JSON.parse(rows[0]?.owner ?? '')).toMatchObject({
          madeBy: 'quality-hub',
          runId: 'run-1',
          pid: process.pid,
        });
        await clone.drop();
      });
    }

    if (kind === 'postgres') {
      test('copies are made ahead, taken by whoever comes first, and dropped with the template', async () => {
        const key = `spares-${shop.url}`;
        const [mine, theirs] = [templatesOf(key, { spares: 2 }), templatesOf(key)];
        const ahead = async (): Promise<readonly string[]> =>
          (
            await database.sql<{
              name: string;
            }>`select datname as name from pg_database where starts_with(datname, ${sparePrefix(mine.template)})`
          ).map(({ name }) => name);
        const first = await mine.clone();
        await mine.settled();
        expect(await ahead()).toHaveLength(2);
        // Each of three takes another one, or makes it.
        const copies = await Promise.all([theirs.clone(), theirs.clone(), theirs.clone()]);
        expect(await ahead()).toEqual([]);
        for (const copy of [first, ...copies]) {
          const client = open(copy.url);
          expect(await shopCounts(client)).toEqual([1, 2, 2, 1]);
          await client.query('DELETE FROM orders');
          await client.close();
        }
        await first.reset();
        await mine.settled();
        expect(await shopCounts(open(first.url))).toEqual([1, 2, 2, 1]);
        expect(await ahead()).toHaveLength(2);
        await closeLast();
        for (const copy of [first, ...copies]) await copy.drop();
        await mine.dropTemplate();
        expect(await ahead()).toEqual([]);
      });
    }

    if (kind === 'mysql') {
      test('a copy has triggers, views, functions and generated columns too', async () => {
        const clone = await templatesOf(`parts-${shop.url}`).clone();
        const copy = open(clone.url);
        expect((await copy.query('SELECT plus_one(1) AS n')).rows[0]).toMatchObject({ n: 2 });
        await copy.query('INSERT INTO orders (buyer, total) VALUES (1, 300)');
        expect((await copy.query('SELECT favourite FROM buyers WHERE id = 1')).rows[0]).toMatchObject({ favourite: 3 });
        expect((await copy.query('SELECT twice FROM orders ORDER BY id DESC')).rows[0]).toMatchObject({ twice: 600 });
        // Its view looks at its own tables, through another view.
        expect((await copy.query('SELECT total FROM a_few ORDER BY id DESC')).rows[0]).toMatchObject({ total: 300 });
        await closeLast();
        await clone.drop();
      });

      test('what cannot be copied is named', async () => {
        const made = templatesOf(`sequence-${shop.url}`, {
          prepare: async db => void (await db.query('CREATE SEQUENCE numbers')),
        });
        await expect(made.clone()).rejects.toMatchObject({
          code: 'QH_DB_ISOLATION',
          message: expect.stringContaining('sequence "numbers"'),
        });
        // The half of a copy that there was is gone.
        await using server = openDatabase({ name: 'server', kind, url: mariadbUrl ?? '' });
        const own = `${cloneName(ownerHere('run-1'), '')}%`;
        expect(
          await server.sql`select schema_name from information_schema.schemata where schema_name like ${own}`,
        ).toEqual([]);
      });
    }
  });
}

test('a name tells run, machine, process and start, and fits into 63 characters', () => {
  const owner = {
    runId: 'a run with a long name '.repeat(5),
    pid: 4_194_303,
    host: 'h'.repeat(80),
    startedAt: new Date(1e12),
  };
  const name = cloneName(owner, 'zzzzzzzz');
  expect(name.length).toBeLessThanOrEqual(63);
  expect(parseCloneName(name)).toMatchObject({ pid: 4_194_303, startedAt: new Date(1e12) });
  expect(parseCloneName('qh_w_somebody_else')).toBeUndefined();
});

test('a process that got the number of a dead one is another process', () => {
  const mine = ownerHere('run-1');
  expect(isAliveHere(mine)).toBe(true);
  const before: Pick<CloneName, 'pid' | 'startedAt'> = {
    pid: process.pid,
    startedAt: new Date(Date.now() - 10 * 86_400_000),
  };
  expect(isAliveHere(before)).toBe(false);
  expect(isAliveHere({ pid: 4_000_000, startedAt: new Date() })).toBe(false);
});
