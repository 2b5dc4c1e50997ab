/** Orders: placed from a cart, taken from stock, cancelled. */
import { randomBytes, randomUUID } from 'node:crypto';
import { cartOfUser, findCart } from './carts.ts';
import { useCoupon } from './coupons.ts';
import { conflict, notFound, type ShopError } from './errors.ts';
import type { Price } from './pricing.ts';
import type { Shop } from './shop.ts';

export type OrderStatus = 'open' | 'paid' | 'cancelled' | 'refunded';
export interface OrderLine {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly priceCents: number;
}
export interface Order extends Price {
  readonly id: string;
  readonly number: string;
  readonly status: OrderStatus;
  readonly coupon: string | null;
  readonly createdAt: string;
  readonly refundedCents: number;
  readonly lines: readonly OrderLine[];
}

interface OrderRow {
  readonly id: string;
  readonly number: string;
  readonly status: OrderStatus;
  readonly subtotal_cents: number;
  readonly discount_cents: number;
  readonly total_cents: number;
  readonly coupon_code: string | null;
  readonly created_at: string;
  readonly refunded_cents: number;
}

const columns =
  'SELECT o.id, o.number, o.status, o.subtotal_cents, o.discount_cents, o.total_cents, o.coupon_code, o.created_at, CAST(coalesce((SELECT sum(r.amount_cents) FROM refunds r WHERE r.order_id = o.id), 0) AS INTEGER) AS refunded_cents FROM orders o';

/** @throws {ShopError} `cart_empty`, `out_of_stock`, `coupon_used_up`, `coupon_expired` (409). */
export async function placeOrder(shop: Shop, userId: string): Promise<Order> {
  const cart = await findCart(shop, cartOfUser(userId));
  if (cart.lines.length === 0) throw conflict('cart_empty', 'The cart is empty');
  const id = randomUUID();
  const number = `S-${randomBytes(5).toString('hex').toUpperCase()}`;
  const now = shop.now();
  await shop.database.transaction(async tx => {
    for (const line of cart.lines) {
      if (shop.bugs.has('stock-not-taken')) break;
      const taken = await tx.run('UPDATE stock SET count = count - ? WHERE sku = ? AND count >= ?', [
        line.quantity,
        line.sku,
        line.quantity,
      ]);
      if (taken === 0) throw conflict('out_of_stock', `There are fewer than ${line.quantity} of ${line.sku}`);
    }
    if (cart.coupon) await useCoupon(tx, cart.coupon, now);
    await tx.run(
      'INSERT INTO orders (id, number, user_id, status, subtotal_cents, discount_cents, total_cents, coupon_code, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
      [
        id,
        number,
        userId,
        'open',
        cart.subtotalCents,
        cart.discountCents,
        cart.totalCents,
        cart.coupon,
        now.toISOString(),
      ],
    );
    for (const line of cart.lines) {
      await tx.run('INSERT INTO order_items (order_id, sku, name, quantity, price_cents) VALUES (?, ?, ?, ?, ?)', [
        id,
        line.sku,
        line.name,
        line.quantity,
        line.priceCents,
      ]);
    }
    await tx.run('DELETE FROM carts WHERE id = ?', [cart.id]);
  });
  return findOrder(shop, userId, id);
}

export async function listOrders(shop: Shop, userId: string): Promise<Order[]> {
  const rows = await shop.database.all<OrderRow>(
    `${columns} WHERE o.user_id = ? ORDER BY o.created_at DESC, o.number`,
    [userId],
  );
  return Promise.all(rows.map(row => withLines(shop, row)));
}

/** A buyer sees only own orders. @throws {ShopError} `not_found` (404). */
export async function findOrder(shop: Shop, userId: string, id: string): Promise<Order> {
  const row = await shop.database.get<OrderRow>(`${columns} WHERE o.id = ? AND o.user_id = ?`, [id, userId]);
  if (!row) throw notFound('order', id);
  return withLines(shop, row);
}

/** Gives the stock back. @throws {ShopError} `order_not_open` (409), `not_found` (404). */
export async function cancelOrder(shop: Shop, userId: string, id: string): Promise<Order> {
  const order = await findOrder(shop, userId, id);
  await shop.database.transaction(async tx => {
    const changed = await tx.run("UPDATE orders SET status = 'cancelled' WHERE id = ? AND status = 'open'", [id]);
    if (changed === 0) throw notOpen(order);
    for (const line of order.lines) {
      await tx.run('UPDATE stock SET count = count + ? WHERE sku = ?', [line.quantity, line.sku]);
    }
  });
  return findOrder(shop, userId, id);
}

export const notOpen = (order: Order): ShopError =>
  conflict('order_not_open', `Order ${order.number} is ${order.status}`);

async function withLines({ database }: Shop, row: OrderRow): Promise<Order> {
  const lines = await database.all<{ sku: string; name: string; quantity: number; price_cents: number }>(
    'SELECT sku, name, quantity, price_cents FROM order_items WHERE order_id = ? ORDER BY name, sku',
    [row.id],
  );
  return {
    id: row.id,
    number: row.number,
    status: row.status,
    coupon: row.coupon_code,
    createdAt: row.created_at,
    subtotalCents: row.subtotal_cents,
    discountCents: row.discount_cents,
    totalCents: row.total_cents,
    refundedCents: row.refunded_cents,
    lines: lines.map(({ price_cents: priceCents, ...line }) => ({ ...line, priceCents })),
  };
}
