/** Paying for an order, and paying back. */
import { randomUUID } from 'node:crypto';
import { ShopError } from './errors.ts';
import { findOrder, notOpen, type Order } from './orders.ts';
import type { Shop } from './shop.ts';

export type PaymentRequest =
  | { readonly method: 'card'; readonly card: string; readonly idempotencyKey?: string | undefined }
  /** Paid later by bank transfer: nobody has to be asked. */
  | { readonly method: 'invoice' };

/** @throws {ShopError} `order_not_open` (409), and what the payment service answers (402, 502, 504). */
export async function payOrder(shop: Shop, userId: string, orderId: string, request: PaymentRequest): Promise<Order> {
  const order = await findOrder(shop, userId, orderId);
  if (order.status !== 'open') throw notOpen(order);
  const external =
    request.method === 'card'
      ? await shop.payments.pay({
          amountCents: order.totalCents,
          card: request.card,
          idempotencyKey: request.idempotencyKey ?? orderId,
        })
      : undefined;
  await shop.database.transaction(async tx => {
    await tx.run('INSERT INTO payments (id, order_id, method, amount_cents, external_id) VALUES (?, ?, ?, ?, ?)', [
      randomUUID(),
      orderId,
      request.method,
      order.totalCents,
      external?.id ?? null,
    ]);
    if (!shop.bugs.has('paid-stays-open')) {
      await tx.run("UPDATE orders SET status = 'paid' WHERE id = ?", [orderId]);
    }
  });
  return findOrder(shop, userId, orderId);
}

export interface RefundRequest {
  /** All that is left when absent. */
  readonly amountCents?: number | undefined;
  readonly reason: string;
  /** Puts the goods back on the shelf. */
  readonly restock: boolean;
}

/** @throws {ShopError} `order_not_paid`, `refund_too_high` (409), and what the payment service answers. */
export async function refundOrder(
  shop: Shop,
  userId: string,
  orderId: string,
  { amountCents, reason, restock }: RefundRequest,
): Promise<Order> {
  const order = await findOrder(shop, userId, orderId);
  if (order.status !== 'paid') {
    throw new ShopError(409, 'order_not_paid', `Order ${order.number} is ${order.status}, only a paid one is refunded`);
  }
  const left = order.totalCents - order.refundedCents;
  const amount = shop.bugs.has('refund-of-subtotal') ? order.subtotalCents : (amountCents ?? left);
  if ((amountCents ?? left) > left) {
    throw new ShopError(409, 'refund_too_high', `Order ${order.number} has ${left} cents left, not ${amountCents}`);
  }
  const refundId = randomUUID();
  const payment = await shop.database.get<{ external_id: string | null }>(
    'SELECT external_id FROM payments WHERE order_id = ?',
    [orderId],
  );
  if (payment?.external_id) {
    await shop.payments.refund(payment.external_id, { amountCents: amount, idempotencyKey: refundId });
  }
  await shop.database.transaction(async tx => {
    await tx.run('INSERT INTO refunds (id, order_id, amount_cents, reason) VALUES (?, ?, ?, ?)', [
      refundId,
      orderId,
      amount,
      reason,
    ]);
    if (amount >= left) await tx.run("UPDATE orders SET status = 'refunded' WHERE id = ?", [orderId]);
    if (!restock) return;
    for (const line of order.lines) {
      await tx.run('UPDATE stock SET count = count + ? WHERE sku = ?', [line.quantity, line.sku]);
    }
  });
  return findOrder(shop, userId, orderId);
}
