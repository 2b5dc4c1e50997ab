/** The products and how many of each there are. */
import type { SqlValue } from '../database/port.ts';
import { conflict, notFound } from './errors.ts';
import type { Shop } from './shop.ts';

export interface Product {
  readonly sku: string;
  readonly name: string;
  readonly category: string;
  readonly description: string;
  readonly priceCents: number;
  readonly stock: number;
}
export interface CatalogueQuery {
  readonly search?: string | undefined;
  readonly category?: string | undefined;
  readonly sort?: 'name' | 'price' | '-price' | undefined;
  readonly page?: number | undefined;
  readonly pageSize?: number | undefined;
}

const columns =
  'SELECT p.sku, p.name, p.category, p.description, p.price_cents, s.count AS stock FROM products p JOIN stock s ON s.sku = p.sku';
const orders = { name: 'p.name, p.sku', price: 'p.price_cents, p.sku', '-price': 'p.price_cents DESC, p.sku' } as const;

interface ProductRow extends Omit<Product, 'priceCents'> {
  readonly price_cents: number;
}

export async function listProducts(
  { database, bugs }: Shop,
  { search, category, sort = 'name', page = 1, pageSize = 20 }: CatalogueQuery,
): Promise<{ products: Product[]; total: number }> {
  const conditions: string[] = ['1 = 1'];
  const values: SqlValue[] = [];
  if (search) {
    const exact = bugs.has('search-is-case-sensitive');
    conditions.push(exact ? "replace(p.name, ?, '') <> p.name" : 'lower(p.name) LIKE ?');
    values.push(exact ? search : `%${search.toLowerCase()}%`);
  }
  if (category) {
    conditions.push('p.category = ?');
    values.push(category);
  }
  const where = conditions.join(' AND ');
  const order = orders[bugs.has('sorted-by-name-only') ? 'name' : sort];
  const rows = await database.all<ProductRow>(`${columns} WHERE ${where} ORDER BY ${order} LIMIT ? OFFSET ?`, [
    ...values,
    pageSize,
    (page - 1) * pageSize,
  ]);
  const count = await database.get<{ total: number }>(
    `SELECT CAST(count(*) AS INTEGER) AS total FROM products p WHERE ${where}`,
    values,
  );
  return { products: rows.map(row => productOf(row, bugs)), total: count?.total ?? 0 };
}

export async function listCategories({ database }: Shop): Promise<string[]> {
  const rows = await database.all<{ category: string }>('SELECT DISTINCT category FROM products ORDER BY category');
  return rows.map(row => row.category);
}

/** @throws {ShopError} `not_found` (404). */
export async function findProduct({ database, bugs }: Shop, sku: string): Promise<Product> {
  const row = await database.get<ProductRow>(`${columns} WHERE p.sku = ?`, [sku]);
  if (!row) throw notFound('product', sku);
  return productOf(row, bugs);
}

/** @throws {ShopError} `sku_taken` (409). */
export async function addProduct(shop: Shop, product: Product): Promise<Product> {
  const { sku, name, category, description, priceCents, stock } = product;
  await shop.database.transaction(async tx => {
    if (await tx.get('SELECT sku FROM products WHERE sku = ?', [sku])) {
      throw conflict('sku_taken', `There is already a product ${sku}`);
    }
    await tx.run('INSERT INTO products (sku, name, category, description, price_cents) VALUES (?, ?, ?, ?, ?)', [
      sku,
      name,
      category,
      description,
      priceCents,
    ]);
    await tx.run('INSERT INTO stock (sku, count) VALUES (?, ?)', [sku, stock]);
  });
  return findProduct(shop, sku);
}

/** @throws {ShopError} `not_found` (404). */
export async function changePrice(shop: Shop, sku: string, priceCents: number): Promise<Product> {
  const changed = await shop.database.run('UPDATE products SET price_cents = ? WHERE sku = ?', [priceCents, sku]);
  if (changed === 0) throw notFound('product', sku);
  return findProduct(shop, sku);
}

/** @throws {ShopError} `not_found` (404). */
export async function removeProduct({ database }: Shop, sku: string): Promise<void> {
  if ((await database.run('DELETE FROM products WHERE sku = ?', [sku])) === 0) throw notFound('product', sku);
}

/** @throws {ShopError} `not_found` (404). */
export async function countStock({ database }: Shop, sku: string): Promise<number> {
  const row = await database.get<{ count: number }>('SELECT count FROM stock WHERE sku = ?', [sku]);
  if (!row) throw notFound('product', sku);
  return row.count;
}

/** @throws {ShopError} `not_found` (404). */
export async function setStock(shop: Shop, sku: string, count: number): Promise<number> {
  if ((await shop.database.run('UPDATE stock SET count = ? WHERE sku = ?', [count, sku])) === 0) {
    throw notFound('product', sku);
  }
  return countStock(shop, sku);
}

function productOf({ price_cents, ...row }: ProductRow, bugs: Shop['bugs']): Product {
  return { ...row, priceCents: bugs.has('price-without-cents') ? Math.floor(price_cents / 100) * 100 : price_cents };
}
