/** Brings the schema to the newest version. Each step runs once, in order; the version table knows which. */
import type { Database } from './port.ts';

const steps: readonly (readonly string[])[] = [
  [
    'CREATE TABLE users (id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, password TEXT NOT NULL, role TEXT NOT NULL, created_at TEXT NOT NULL)',
    'CREATE TABLE sessions (token_hash TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, expires_at TEXT NOT NULL)',
    'CREATE TABLE products (sku TEXT PRIMARY KEY, name TEXT NOT NULL, category TEXT NOT NULL, description TEXT NOT NULL, price_cents INTEGER NOT NULL CHECK (price_cents >= 0))',
    'CREATE TABLE stock (sku TEXT PRIMARY KEY REFERENCES products(sku) ON DELETE CASCADE, count INTEGER NOT NULL CHECK (count >= 0))',
    'CREATE TABLE carts (id TEXT PRIMARY KEY, coupon_code TEXT)',
    'CREATE TABLE cart_items (cart_id TEXT NOT NULL REFERENCES carts(id) ON DELETE CASCADE, sku TEXT NOT NULL REFERENCES products(sku) ON DELETE CASCADE, quantity INTEGER NOT NULL CHECK (quantity > 0), PRIMARY KEY (cart_id, sku))',
  ],
  [
    'CREATE TABLE orders (id TEXT PRIMARY KEY, number TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL REFERENCES users(id) ON DELETE CASCADE, status TEXT NOT NULL, subtotal_cents INTEGER NOT NULL, discount_cents INTEGER NOT NULL, total_cents INTEGER NOT NULL, coupon_code TEXT, created_at TEXT NOT NULL)',
    'CREATE TABLE order_items (order_id TEXT NOT NULL REFERENCES orders(id) ON DELETE CASCADE, sku TEXT NOT NULL, name TEXT NOT NULL, quantity INTEGER NOT NULL, price_cents INTEGER NOT NULL, PRIMARY KEY (order_id, sku))',
    'CREATE TABLE payments (id TEXT PRIMARY KEY, order_id TEXT NOT NULL UNIQUE REFERENCES orders(id) ON DELETE CASCADE, method TEXT NOT NULL, amount_cents INTEGER NOT NULL, external_id TEXT)',
    'CREATE TABLE refunds (id TEXT PRIMARY KEY, order_id TEXT NOT NULL REFERENCES orders(id) ON DELETE CASCADE, amount_cents INTEGER NOT NULL, reason TEXT NOT NULL)',
    'CREATE INDEX orders_by_user ON orders (user_id, created_at)',
  ],
  [
    'CREATE TABLE coupons (code TEXT PRIMARY KEY, percent INTEGER NOT NULL, max_uses INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0, expires_at TEXT NOT NULL)',
  ],
];

/** The version that this code needs. */
export const schemaVersion = steps.length;

/** @throws when the database is newer than this code. */
export async function migrate(database: Database): Promise<void> {
  await database.transaction(async tx => {
    // Two shops may start on one server: the second waits here. SQLite's transaction is exclusive by itself.
    if (database.dialect === 'postgres') await tx.get('SELECT pg_advisory_xact_lock(4207)');
    await tx.run('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, applied_at TEXT NOT NULL)');
    const row = await tx.get<{ version: number | null }>('SELECT max(version) AS version FROM schema_version');
    const current = row?.version ?? 0;
    if (current > schemaVersion) {
      throw new Error(`The database has schema ${current}, this shop knows ${schemaVersion}. Start a newer shop.`);
    }
    for (const [index, statements] of steps.entries()) {
      if (index < current) continue;
      for (const statement of statements) await tx.run(statement);
      await tx.run('INSERT INTO schema_version (version, applied_at) VALUES (?, ?)', [
        index + 1,
        new Date().toISOString(),
      ]);
    }
  });
}
