/** Carts. A signed-in buyer has one; a visitor has one by cookie. */
import { troubleOf } from '../database/port.ts';
import { findProduct } from './catalogue.ts';
import { requireUsable } from './coupons.ts';
import { notFound } from './errors.ts';
import { lineTotal, type Price, priceOf } from './pricing.ts';
import type { Shop } from './shop.ts';

export interface CartLine {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly priceCents: number;
  readonly lineCents: number;
}
export interface Cart extends Price {
  readonly id: string;
  readonly lines: readonly CartLine[];
  readonly coupon: string | null;
}

export const cartOfUser = (userId: string) => `user-${userId}`;

export async function findCart({ database, bugs }: Shop, id: string): Promise<Cart> {
  const cart = await database.get<{ coupon_code: string | null; percent: number | null }>(
    'SELECT c.coupon_code, k.percent FROM carts c LEFT JOIN coupons k ON k.code = c.coupon_code WHERE c.id = ?',
    [id],
  );
  const rows = await database.all<{ sku: string; name: string; quantity: number; price_cents: number }>(
    'SELECT i.sku, p.name, i.quantity, p.price_cents FROM cart_items i JOIN products p ON p.sku = i.sku WHERE i.cart_id = ? ORDER BY p.name, i.sku',
    [id],
  );
  const lines = rows.map(({ price_cents: priceCents, ...row }) => {
    const line = { ...row, priceCents };
    return { ...line, lineCents: lineTotal(line, bugs) };
  });
  return { id, lines, coupon: cart?.coupon_code ?? null, ...priceOf(lines, cart?.percent ?? 0, bugs) };
}

/** Sets how many of a product are in the cart; 0 removes it. @throws {ShopError} `not_found` (404). */
export async function putItem(shop: Shop, cartId: string, sku: string, quantity: number): Promise<Cart> {
  await findProduct(shop, sku);
  if (quantity === 0) return removeItem(shop, cartId, sku);
  await ensureCart(shop, cartId);
  await shop.database.run(
    'INSERT INTO cart_items (cart_id, sku, quantity) VALUES (?, ?, ?) ON CONFLICT (cart_id, sku) DO UPDATE SET quantity = excluded.quantity',
    [cartId, sku, quantity],
  );
  return findCart(shop, cartId);
}

/** @throws {ShopError} `not_found` (404) when the product is not in the cart. */
export async function removeItem(shop: Shop, cartId: string, sku: string): Promise<Cart> {
  const removed = await shop.database.run('DELETE FROM cart_items WHERE cart_id = ? AND sku = ?', [cartId, sku]);
  if (removed === 0) throw notFound('cart line', sku);
  return findCart(shop, cartId);
}

/** @throws {ShopError} as {@link requireUsable}. */
export async function applyCoupon(shop: Shop, cartId: string, code: string): Promise<Cart> {
  const coupon = await requireUsable(shop, code);
  await ensureCart(shop, cartId);
  await shop.database.run('UPDATE carts SET coupon_code = ? WHERE id = ?', [coupon.code, cartId]);
  return findCart(shop, cartId);
}

export async function removeCouponFrom(shop: Shop, cartId: string): Promise<Cart> {
  await shop.database.run('UPDATE carts SET coupon_code = NULL WHERE id = ?', [cartId]);
  return findCart(shop, cartId);
}

export async function emptyCart({ database }: Shop, cartId: string): Promise<void> {
  await database.run('DELETE FROM carts WHERE id = ?', [cartId]);
}

/** A visitor who signs in takes what was in the cart along. */
export async function adoptCart({ database }: Shop, visitorCart: string, userId: string): Promise<void> {
  const own = cartOfUser(userId);
  await database.transaction(async tx => {
    if (await tx.get('SELECT id FROM carts WHERE id = ?', [own])) return;
    if (!(await tx.get('SELECT id FROM carts WHERE id = ?', [visitorCart]))) return;
    await tx.run('INSERT INTO carts (id, coupon_code) SELECT ?, coupon_code FROM carts WHERE id = ?', [
      own,
      visitorCart,
    ]);
    await tx.run('UPDATE cart_items SET cart_id = ? WHERE cart_id = ?', [own, visitorCart]);
    await tx.run('DELETE FROM carts WHERE id = ?', [visitorCart]);
  });
}

async function ensureCart({ database }: Shop, id: string): Promise<void> {
  if (await database.get('SELECT id FROM carts WHERE id = ?', [id])) return;
  try {
    await database.run('INSERT INTO carts (id) VALUES (?)', [id]);
  } catch (error) {
    // Two clicks at once make one cart. Any other violation is not ours to hide.
    if (troubleOf(error) !== 'unique_violation') throw error;
    if (!(await database.get('SELECT id FROM carts WHERE id = ?', [id]))) throw error;
  }
}
