/** What the tests of a data round create: in the shop by its API, and in three databases. All have names of their own. */
import { identifier, type SqlDatabase } from '@quality-hub/clients/db';
import type { StandardSchema } from '@quality-hub/config';
import { belongsTo, type DataContext, define } from '@quality-hub/test/data';

interface Row {
  readonly id: string;
}

/** What comes back is not looked into: that is proved elsewhere. */
function as<T>(): StandardSchema<T> {
  return { '~standard': { version: 1, vendor: 'soak', validate: value => ({ value: value as T }) } };
}

const EXPIRES = '2099-01-01T00:00:00.000Z';

const productSchema = as<{ sku: string; name: string; category: string; priceCents: number; stock: number }>();
export const product = define('product', {
  schema: productSchema,
  input: productSchema,
  key: 'sku',
  build: ({ unique }) => ({ sku: capitals(unique('s')), name: 'Tea', category: 'soak', priceCents: 100, stock: 1 }),
  create: { api: (input, { api }) => api.post('/api/products', { json: input }).json() },
  find: async ({ sku }, { api }) => ((await answers(api, `/api/products/${sku}`)) ? { sku } : undefined),
  remove: ({ sku }, { api }) => api.delete(`/api/products/${sku}`),
  exists: ({ sku }, { api }) => answers(api, `/api/products/${sku}`),
});

const couponSchema = as<{ code: string; percent: number; maxUses: number; expiresAt: string }>();
export const coupon = define('coupon', {
  schema: couponSchema,
  input: couponSchema,
  key: 'code',
  build: ({ unique }) => ({ code: capitals(unique('c')), percent: 5, maxUses: 1, expiresAt: EXPIRES }),
  create: { api: (input, { api }) => api.post('/api/coupons', { json: input }).json() },
  find: async ({ code }, { api }) => ((await answers(api, `/api/coupons/${code}`)) ? { code } : undefined),
  remove: ({ code }, { api }) => api.delete(`/api/coupons/${code}`),
  exists: ({ code }, { api }) => answers(api, `/api/coupons/${code}`),
});

const crates = rowsOf('stock', 'crates');
export const crate = define('crate', {
  schema: as<Row>(),
  input: as<Row>(),
  build: ({ unique }) => ({ id: unique('crate') }),
  create: { db: (row, { db }) => insert(row, at(db, 'stock').sql`insert into crates values (${row.id})`) },
  ...crates,
});

/** A crate cannot be removed while one of these refers to it. */
export const parcel = define('parcel', {
  schema: as<Row & { crate: string }>(),
  input: as<Row & { crate: string }>(),
  relations: { box: belongsTo(crate) },
  build: ({ unique, related }) => ({ id: unique('parcel'), crate: related.box.id }),
  create: {
    db: (row, { db }) => insert(row, at(db, 'stock').sql`insert into parcels values (${row.id}, ${row.crate})`),
  },
  ...rowsOf('stock', 'parcels'),
});

export const invoice = define('invoice', {
  schema: as<Row>(),
  input: as<Row>(),
  build: ({ unique }) => ({ id: unique('invoice') }),
  create: { db: (row, { db }) => insert(row, at(db, 'billing').sql`insert into invoices values (${row.id})`) },
  ...rowsOf('billing', 'invoices'),
});

export const note = define('note', {
  schema: as<Row>(),
  input: as<Row>(),
  build: ({ unique }) => ({ id: unique('note') }),
  create: { db: (row, { db }) => insert(row, at(db, 'desk').sql`insert into notes values (${row.id})`) },
  ...rowsOf('desk', 'notes'),
});

/** How rows of a table are found and removed. */
function rowsOf(database: string, table: string) {
  const has = async (id: string, { db }: DataContext): Promise<boolean> => {
    const rows = await at(db, database).sql`select id from ${identifier(table)} where id = ${id}`;
    return rows.length > 0;
  };
  return {
    find: async ({ id }: Row, context: DataContext) => ((await has(id, context)) ? { id } : undefined),
    remove: async ({ id }: Row, { db }: DataContext) =>
      at(db, database).sql`delete from ${identifier(table)} where id = ${id}`,
    exists: ({ id }: Row, context: DataContext) => has(id, context),
  };
}

function at(db: DataContext['db'], name: string): SqlDatabase {
  // One that there is none of throws when it is asked for.
  return db[name] as SqlDatabase;
}

async function insert<T>(row: T, inserting: PromiseLike<unknown>): Promise<T> {
  await inserting;
  return row;
}

async function answers(api: DataContext['api'], path: string): Promise<boolean> {
  try {
    await api.get(path).json();
    return true;
  } catch (error) {
    if ((error as { readonly status?: number }).status === 404) return false;
    throw error;
  }
}

function capitals(word: string): string {
  return word.toUpperCase();
}
