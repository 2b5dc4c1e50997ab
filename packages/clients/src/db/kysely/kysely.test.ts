import type { Generated } from 'kysely';
import { describe, expect, test } from 'vitest';
import { createDatabase, mariadbUrl, postgresUrl } from '../../testing/database-servers.ts';
import { makeShop } from '../../testing/small-shop.ts';
import { openDatabase } from '../open-database.ts';
import type { SqlDatabase } from '../sql-database.ts';

interface Shop {
  buyers: { id: Generated<number>; name: string; favourite: number | null };
  orders: { id: Generated<number>; buyer: number; total: number };
}

const servers = [
  { kind: 'postgres' as const, skip: postgresUrl === undefined },
  { kind: 'mysql' as const, skip: mariadbUrl === undefined },
  { kind: 'sqlite' as const, skip: false },
];

for (const { kind, skip } of servers) {
  describe.skipIf(skip)(`kysely on ${kind}${skip ? ' (needs its QH_*_URL)' : ''}`, () => {
    const onShop = async (work: (db: SqlDatabase, operations: string[]) => Promise<void>): Promise<void> => {
      const place = await createDatabase(kind);
      const operations: string[] = [];
      try {
        const observe = ({ operation }: { operation: string }): number => operations.push(operation);
        await using db = openDatabase({ name: 'shop', kind, url: place.url, observe });
        await makeShop(db);
        operations.length = 0;
        await work(db, operations);
      } finally {
        await place.drop();
      }
    };

    test('typed queries run on the same connections and are told like any other', () =>
      onShop(async (db, operations) => {
        const k = db.kysely<Shop>();
        const buyers = await k.selectFrom('buyers').select(['id', 'name']).where('name', '=', 'Bob').execute();
        expect(buyers.map(row => ({ ...row }))).toEqual([{ id: 2, name: 'Bob' }]);
        const changed = await k.updateTable('orders').set({ total: 1 }).where('id', '>', 0).executeTakeFirst();
        expect(changed.numUpdatedRows).toBe(2n);
        if (kind !== 'postgres') {
          const inserted = await k.insertInto('buyers').values({ name: 'Cid', favourite: null }).executeTakeFirst();
          expect(inserted.insertId).toBe(3n);
        }
        expect(operations.slice(0, 2)).toEqual(['select buyers', 'update orders']);
        expect(db.statistics().size).toBe(1);
      }));

    test('its transactions commit and roll back', () =>
      onShop(async db => {
        const k = db.kysely<Shop>();
        await k
          .transaction()
          .setIsolationLevel('serializable')
          .execute(trx => trx.deleteFrom('orders').where('id', '=', 1).execute());
        const failed = k.transaction().execute(async trx => {
          await trx.deleteFrom('orders').execute();
          throw new Error('a mistake');
        });
        await expect(failed).rejects.toThrow('a mistake');
        expect(await k.selectFrom('orders').select('id').execute()).toHaveLength(1);
        expect(db.statistics()).toMatchObject({ waiting: 0 });
        await expect(
          k
            .transaction()
            .setIsolationLevel('snapshot')
            .execute(async () => undefined),
        ).rejects.toMatchObject({ code: 'QH_UNSUPPORTED' });
      }));

    test('inside of a transaction of ours it is part of it, and its own is a savepoint', () =>
      onShop(async db => {
        await db.transaction(async tx => {
          const k = tx.kysely<Shop>();
          await k.deleteFrom('orders').where('id', '=', 1).execute();
          const inner = k.transaction().execute(async trx => {
            await trx.deleteFrom('orders').execute();
            throw new Error('only the inner one');
          });
          await expect(inner).rejects.toThrow('only the inner one');
          await k.transaction().execute(trx => trx.updateTable('orders').set({ total: 5 }).execute());
        });
        const rows = await db.kysely<Shop>().selectFrom('orders').select(['id', 'total']).execute();
        expect(rows.map(row => ({ ...row }))).toEqual([{ id: 2, total: 5 }]);
      }));

    test('a stream is refused in words', () =>
      onShop(async db => {
        const stream = db.kysely<Shop>().selectFrom('orders').selectAll().stream();
        await expect(stream.next()).rejects.toMatchObject({ code: 'QH_UNSUPPORTED' });
      }));
  });
}
