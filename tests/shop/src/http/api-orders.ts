/** Carts, orders, payments and refunds. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { applyCoupon, emptyCart, findCart, putItem, removeCouponFrom, removeItem } from '../domain/carts.ts';
import { cancelOrder, findOrder, listOrders, placeOrder } from '../domain/orders.ts';
import { payOrder, refundOrder } from '../domain/payments.ts';
import { read } from './input.ts';
import { shopOf } from './shop-of.ts';
import { requireUser } from './token.ts';
import { cartIdOf } from './visitor-cart.ts';

const skuParam = z.object({ sku: z.string() });
const idParam = z.object({ id: z.string() });
const quantity = z.strictObject({ quantity: z.number().int().min(0).max(99) });
const coupon = z.strictObject({ code: z.string().min(1).max(40) });
const payment = z.discriminatedUnion('method', [
  z.strictObject({
    method: z.literal('card'),
    card: z.string().regex(/^\d{12,19}$/, 'a card number has 12 to 19 digits'),
  }),
  z.strictObject({ method: z.literal('invoice') }),
]);
const refund = z.strictObject({
  amountCents: z.number().int().min(1).optional(),
  reason: z.string().min(1).max(200),
  restock: z.boolean().default(false),
});

export function addOrderRoutes(app: FastifyInstance): void {
  app.get('/api/cart', async (request, reply) => findCart(shopOf(request), await cartIdOf(request, reply)));
  app.delete('/api/cart', async (request, reply) => {
    await emptyCart(shopOf(request), await cartIdOf(request, reply));
    return reply.code(204).send();
  });
  app.put('/api/cart/items/:sku', async (request, reply) => {
    const { sku } = read(skuParam, request.params);
    const wanted = read(quantity, request.body).quantity;
    return putItem(shopOf(request), await cartIdOf(request, reply), sku, wanted);
  });
  app.delete('/api/cart/items/:sku', async (request, reply) =>
    removeItem(shopOf(request), await cartIdOf(request, reply), read(skuParam, request.params).sku),
  );
  app.put('/api/cart/coupon', async (request, reply) => {
    const { code } = read(coupon, request.body);
    return applyCoupon(shopOf(request), await cartIdOf(request, reply), code);
  });
  app.delete('/api/cart/coupon', async (request, reply) =>
    removeCouponFrom(shopOf(request), await cartIdOf(request, reply)),
  );

  app.post('/api/orders', async (request, reply) => {
    const user = await requireUser(request);
    return reply.code(201).send(await placeOrder(shopOf(request), user.id));
  });
  app.get('/api/orders', async request => {
    const user = await requireUser(request);
    return { orders: await listOrders(shopOf(request), user.id) };
  });
  app.get('/api/orders/:id', async request => {
    const user = await requireUser(request);
    return findOrder(shopOf(request), user.id, read(idParam, request.params).id);
  });
  app.post('/api/orders/:id/cancel', async request => {
    const user = await requireUser(request);
    return cancelOrder(shopOf(request), user.id, read(idParam, request.params).id);
  });
  app.post('/api/orders/:id/payments', async (request, reply) => {
    const user = await requireUser(request);
    const wanted = read(payment, request.body);
    const key = request.headers['idempotency-key'];
    const order = await payOrder(shopOf(request), user.id, read(idParam, request.params).id, {
      ...wanted,
      ...(typeof key === 'string' ? { idempotencyKey: key } : {}),
    });
    return reply.code(201).send(order);
  });
  app.post('/api/orders/:id/refunds', async (request, reply) => {
    const user = await requireUser(request);
    const wanted = read(refund, request.body);
    return reply.code(201).send(await refundOrder(shopOf(request), user.id, read(idParam, request.params).id, wanted));
  });
}
