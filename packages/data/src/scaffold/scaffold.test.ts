import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { AnyFactory } from '../factory/factory.ts';
import {
  creationOrder,
  factoryFile,
  fillTables,
  generatedRows,
  modelOf,
  readTables,
  seededFaker,
} from '../scaffold.ts';
import { type DatabaseKind, databaseServers, emptyDatabase } from '../testing/empty-database.ts';
import { workerOn } from '../testing/shelf.ts';

const TABLES: Readonly<Record<DatabaseKind, readonly string[]>> = {
  postgres: [
    `CREATE TYPE mood AS ENUM ('calm', 'cross')`,
    `CREATE TABLE customer (id bigserial PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, first_name text NOT NULL CHECK (length(first_name) >= 2),
      feels mood NOT NULL, born date, since timestamptz NOT NULL DEFAULT now(), notes jsonb NOT NULL DEFAULT '{}')`,
    `CREATE TABLE orders (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customer,
      status text NOT NULL CHECK (status IN ('open', 'paid')), total numeric(8, 2) NOT NULL CHECK (total >= 0.5 AND total <= 99), paid boolean NOT NULL,
      weight real CHECK (weight > 0), parent_id integer REFERENCES orders)`,
    `CREATE TABLE line (order_id integer NOT NULL REFERENCES orders ON DELETE CASCADE, place smallint NOT NULL CHECK (place BETWEEN 1 AND 4), sku varchar(12) NOT NULL,
      PRIMARY KEY (order_id, place), CHECK (place < 3 OR sku <> 'x'))`,
  ],
  mysql: [
    `CREATE TABLE customer (id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, first_name varchar(30) NOT NULL CHECK (char_length(first_name) >= 2),
      feels enum('calm', 'cross') NOT NULL, born date, since timestamp NOT NULL DEFAULT current_timestamp, notes json NOT NULL DEFAULT ('{}'))`,
    `CREATE TABLE orders (id integer AUTO_INCREMENT PRIMARY KEY, customer_id bigint NOT NULL, status varchar(9) NOT NULL CHECK (status IN ('open', 'paid')),
      total decimal(8, 2) NOT NULL CHECK (total >= 0.5 AND total <= 99), paid boolean NOT NULL, weight float CHECK (weight > 0), parent_id integer,
      FOREIGN KEY (customer_id) REFERENCES customer (id), FOREIGN KEY (parent_id) REFERENCES orders (id))`,
    `CREATE TABLE line (order_id integer NOT NULL, place smallint unsigned NOT NULL CHECK (place BETWEEN 1 AND 4), sku varchar(12) NOT NULL,
      PRIMARY KEY (order_id, place), FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE, CHECK (place < 3 OR sku <> 'x'))`,
  ],
  sqlite: [
    `CREATE TABLE customer (id integer PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, first_name text NOT NULL CHECK (length(first_name) >= 2),
      feels text NOT NULL CHECK (feels IN ('calm', 'cross')), born date, since timestamp NOT NULL DEFAULT current_timestamp, notes json NOT NULL DEFAULT '{}')`,
    `CREATE TABLE orders (id integer PRIMARY KEY AUTOINCREMENT, customer_id integer NOT NULL REFERENCES customer,
      status text NOT NULL CHECK (status IN ('open', 'paid')), -- CHECK (1 = 2)
      total decimal(8, 2) NOT NULL CHECK (total >= 0.5 AND total <= 99), paid boolean NOT NULL, weight real CHECK (weight > 0), parent_id integer REFERENCES orders)`,
    `CREATE TABLE line (order_id integer NOT NULL REFERENCES orders ON DELETE CASCADE, place smallint NOT NULL CHECK (place BETWEEN 1 AND 4), sku varchar(12) NOT NULL,
      PRIMARY KEY (order_id, place), CHECK (place < 3 OR sku <> 'x'))`,
  ],
};

// Beside the sources, so that what is written finds its imports.
const FOLDER = fileURLToPath(new URL(`../../node_modules/.cache/scaffold-${process.pid}/`, import.meta.url));
afterAll(() => rmSync(FOLDER, { recursive: true, force: true }));

for (const { kind, skip, note } of databaseServers) {
  describe.skipIf(skip)(`from the tables of ${kind}${note}`, () => {
    test('factories are written that create, find and remove rows, with all constraints kept', async () => {
      const place = await emptyDatabase(kind);
      try {
        for (const sql of TABLES[kind]) await place.database.query(sql);
        const tables = creationOrder(await readTables(place.database));
        expect(tables.map(({ name }) => name)).toEqual(['customer', 'orders', 'line']);
        const models = tables.map(modelOf);
        expect(models.map(({ key, made }) => [key, made])).toEqual([
          [['id'], ['id']],
          [['id'], ['id']],
          [['order_id', 'place'], []],
        ]);
        expect(models[2]?.open).toEqual([expect.stringMatching(/^check .*place.* < .*3.* or .*sku/i)]);
        expect(models[0]?.open).toEqual([]);
        const file = factoryFile(models, { database: 'shop' });
        mkdirSync(FOLDER, { recursive: true });
        const path = join(FOLDER, `${kind}.ts`);
        const own = {
          '@quality-hub/test/data': pathToFileURL(fileURLToPath(new URL('../define.ts', import.meta.url))).href,
        };
        writeFileSync(
          path,
          file
            .replace("'@quality-hub/test/data'", `'${own['@quality-hub/test/data']}'`)
            // One process has one factory of a name, and this one asks three databases.
            .replaceAll(/define\('(\w+)'/g, `define('${kind} $1'`),
        );
        const { customer, orders, line } = (await import(path)) as Record<'customer' | 'orders' | 'line', AnyFactory>;
        const worker = workerOn({ client: undefined as never }, { db: { shop: place.database } });
        const data = await worker.attempt('t1');
        const ann = await data.create(customer, { first_name: 'Ann' });
        expect(ann).toMatchObject({ first_name: 'Ann', email: expect.stringContaining(data.namespace), born: null });
        const placed = (await data.createMany(orders, 20, { customer: ann })) as {
          id: number;
          total: number;
          paid: boolean;
        }[];
        expect(placed.every(({ total, paid }) => total >= 0.5 && total <= 99 && typeof paid === 'boolean')).toBe(true);
        await data.create(line, { order: placed[0], place: 2 });
        await expect(data.create(line, { order: placed[0], place: 2 })).rejects.toMatchObject({ code: 'QH_DB_UNIQUE' });
        const results = await worker.remove(data);
        expect(results.map(({ outcome }) => outcome)).toEqual(Array(22).fill('gone'));
        const { rows } = await place.database.query('SELECT * FROM customer');
        expect(rows).toEqual([]);
      } finally {
        await place.drop();
      }
    });

    test('rows in any number are made, the same for the same seed, and no constraint refuses one', async () => {
      const place = await emptyDatabase(kind);
      try {
        for (const sql of TABLES[kind]) await place.database.query(sql);
        const tables = await readTables(place.database);
        const fill = async (mark: string, names: readonly string[], count = 1_200) =>
          fillTables({
            database: place.database,
            tables,
            names,
            count,
            mark,
            faker: await seededFaker({ seed: 'a', work: 'fill' }),
          });
        await expect(fill('m', ['orders'])).rejects.toMatchObject({
          code: 'QH_DATA_ROWS',
          message: 'orders needs rows of customer, and there are none',
        });
        await expect(fill('m', ['ordrs'])).rejects.toMatchObject({ message: 'There is no table ordrs' });
        expect(await fill('m', ['line', 'customer', 'orders'])).toEqual([
          { table: 'customer', rows: 1200 },
          { table: 'orders', rows: 1200 },
          { table: 'line', rows: 1200 },
        ]);
        // A second time, beside what is there.
        await fill('n', ['customer', 'orders'], 10);
        const count = async (sql: string): Promise<number> =>
          Number((await place.database.query<{ n: unknown }>(`SELECT count(*) AS n FROM ${sql}`)).rows[0]?.n);
        expect(await count('customer')).toBe(1210);
        expect(await count('orders WHERE parent_id IS NOT NULL')).toBeGreaterThanOrEqual(0);
        expect(await count('line')).toBe(1200);
        await expect(fill('o', ['line'], 100_000)).rejects.toMatchObject({
          message: expect.stringMatching(/different rows of line can be made: order_id, place must differ/),
        });
        // All of a table or none of it.
        expect(await count('line')).toBe(1200);
        const written = async (seed: string) => {
          const faker = await seededFaker({ seed, work: 'file' });
          const rows = [];
          for await (const row of generatedRows({
            database: place.database,
            tables,
            names: ['customer'],
            count: 3,
            mark: 'f',
            faker,
          }))
            rows.push(row);
          return rows;
        };
        const [one] = await written('s');
        expect(one).toMatchObject({ id: 1211, email: 'f0@example.test' });
        expect(await written('s')).toEqual(await written('s'));
        expect(await written('other')).not.toEqual(await written('s'));
      } finally {
        await place.drop();
      }
    });
  });
}
