/** How fast a worker has its own copy of the shop's database with 20,000 rows, and a test its clean state. */
import {
  createIsolation,
  openDatabase,
  openTemplates,
  type SqlDatabase,
  type Templates,
} from '@quality-hub/clients/db';
import { openDatabase as openShopDatabase } from '../../shop/src/database/open.ts';
import { median } from '../measure/statistics.ts';

export interface TemplateFigures {
  readonly templateMs: number;
  /** Where no copy was made ahead: the first workers of the first run. */
  readonly copiedMs: number;
  readonly readyMs: number;
  readonly resetMs: number;
}

const CLONES = 11;
const RESETS = 50;

export async function measureTemplate(
  kind: 'postgres' | 'sqlite',
  url: string,
  rows: number,
): Promise<TemplateFigures> {
  const templatesWith = (spares: number): Templates =>
    openTemplates({
      kind,
      url,
      key: `bench-${rows}-${process.pid}`,
      runId: `bench-${process.pid}`,
      prepare: database => fillShop(database, rows),
      spares,
    });
  await using templates = templatesWith(0);
  try {
    const startedMs = performance.now();
    await templates.ready();
    const templateMs = performance.now() - startedMs;
    const copied = await timesToReady(kind, templates);
    await using withSpares = templatesWith(1);
    const ready = await timesToReady(kind, withSpares);
    await using isolation = createIsolation({
      strategy: 'template',
      between: 'transaction',
      templates,
      database: openDatabase({ name: 'unused', kind: 'sqlite', url: ':memory:' }),
      openClone: where => openDatabase({ name: 'shop', kind, url: where }),
    });
    const resets: number[] = [];
    for (let test = 0; test < RESETS; test++) {
      const beganMs = performance.now();
      const { database, end } = await isolation.begin();
      // The transaction begins with the first statement: this one costs nothing besides.
      await database.query('SELECT 1');
      const begunMs = performance.now();
      await database.query("UPDATE stock SET count = count - 1 WHERE sku = 'SKU-7'");
      await database.query("DELETE FROM order_items WHERE order_id = 'o7'");
      const endingMs = performance.now();
      await end();
      resets.push(begunMs - beganMs + performance.now() - endingMs);
    }
    return { templateMs, copiedMs: median(copied), readyMs: median(ready), resetMs: median(resets.slice(1)) };
  } finally {
    await templates.dropTemplate();
  }
}

/** One worker after the other; each comes when what is made ahead for it is there, as after some tests of another one. */
async function timesToReady(kind: 'postgres' | 'sqlite', templates: Templates): Promise<number[]> {
  const times: number[] = [];
  for (let clone = 0; clone <= CLONES; clone++) {
    await templates.settled();
    const beganMs = performance.now();
    const copy = await templates.clone();
    const database = openDatabase({ name: 'shop', kind, url: copy.url });
    // Ready is when the first query has its answer.
    await database.query('SELECT 1');
    times.push(performance.now() - beganMs);
    await database.close();
    await copy.drop();
  }
  // The first one connects to the server, and finds nothing that was made ahead.
  return times.slice(1);
}

/** The schema by the shop's own migrations; then users, products, stock, orders and their items, `rows` in all. */
async function fillShop(database: SqlDatabase, rows: number): Promise<void> {
  const { url } = await addressOf(database);
  const shop = await openShopDatabase(url);
  await shop.close();
  const users = Math.floor(rows * 0.1);
  const products = Math.floor(rows * 0.1);
  const orders = Math.floor(rows * 0.3);
  const items = rows - users - 2 * products - orders;
  await insert(database, 'users', users, n => [
    `u${n}`,
    `user${n}@shop.example`,
    `User ${n}`,
    'x',
    'buyer',
    '2026-01-01',
  ]);
  await insert(database, 'products', products, n => [
    `SKU-${n}`,
    `Product ${n}`,
    'Tea',
    'A product of the benchmark.',
    n,
  ]);
  await insert(database, 'stock', products, n => [`SKU-${n}`, 1_000]);
  await insert(database, 'orders', orders, n => [
    `o${n}`,
    `N-${n}`,
    `u${n % users}`,
    'paid',
    n,
    0,
    n,
    null,
    '2026-01-01',
  ]);
  await insert(database, 'order_items', items, n => [
    `o${n % orders}`,
    `SKU-${Math.floor(n / orders)}`,
    'Product',
    1,
    n,
  ]);
}

async function addressOf(database: SqlDatabase): Promise<{ url: string }> {
  if (database.dialect === 'sqlite') return { url: database.server };
  const { rows } = await database.query<{ name: string; user: string }>(
    'SELECT current_database() AS name, user AS user',
  );
  return { url: `postgres://${rows[0]?.user}@${database.server}/${rows[0]?.name}` };
}

async function insert(
  database: SqlDatabase,
  table: string,
  count: number,
  row: (n: number) => readonly (string | number | null)[],
): Promise<void> {
  const literal = (value: string | number | null): string => (typeof value === 'string' ? `'${value}'` : String(value));
  for (let from = 0; from < count; from += 500) {
    const values = Array.from(
      { length: Math.min(500, count - from) },
      (_, at) =>
        `(${row(from + at)
          .map(literal)
          .join(', ')})`,
    );
    await database.query(`INSERT INTO ${table} VALUES ${values.join(', ')}`);
  }
}
