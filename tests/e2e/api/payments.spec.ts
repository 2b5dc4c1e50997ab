import { expect, type Order, test as shopTest } from '../test.ts';

/** Every test here starts with an order to pay. */
const test = shopTest.extend<{ order: Order }>({
  order: async ({ buyer, product }, use) => use(await buyer.api.order(product.sku)),
});

test.describe('payments', { tag: ['@payments', '@critical'] }, () => {
  test('a card pays the order', async ({ buyer, order }) => {
    expect(await buyer.api.payByCard(order)).toMatchObject({ id: order.id, status: 'paid' });
  });

  test('a declined card leaves the order open', async ({ buyer, order }) => {
    const card = { method: 'card', card: '4000000000000002' };
    const response = await buyer.api.send('POST', `/api/orders/${order.id}/payments`, card);
    expect(response.status()).toBe(402);
    expect((await response.json()).error.code).toBe('payment_declined');
    expect((await buyer.api.orderById(order.id)).status).toBe('open');
  });

  test('an order is paid once', async ({ buyer, order, data }) => {
    await buyer.api.with({ 'idempotency-key': data.unique() }).payByCard(order);
    const again = await buyer.api.send('POST', `/api/orders/${order.id}/payments`, { method: 'invoice' });
    expect(again.status()).toBe(409);
    expect((await again.json()).error).toMatchObject({ code: 'order_not_open' });
  });

  test('an invoice pays the order without a card', async ({ buyer, order }) => {
    expect(await buyer.api.payByInvoice(order)).toMatchObject({ status: 'paid' });
  });

  test('a card number with letters is refused', async ({ buyer, order }) => {
    const card = { method: 'card', card: '4242-abcd' };
    const response = await buyer.api.send('POST', `/api/orders/${order.id}/payments`, card);
    expect(response.status()).toBe(400);
  });

  test('a cancelled order cannot be paid', async ({ buyer, order }) => {
    await buyer.api.send('POST', `/api/orders/${order.id}/cancel`, {});
    const response = await buyer.api.send('POST', `/api/orders/${order.id}/payments`, { method: 'invoice' });
    expect(response.status()).toBe(409);
  });
});
