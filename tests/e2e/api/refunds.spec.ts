import { product as tin } from '../factories.ts';
import { account, expect, type Order, type Product, ShopApi, test } from '../test.ts';

/** One order, refunded bit by bit: each step starts where the one before ended. */
test.describe('refunds of one order', { tag: '@refunds' }, () => {
  test.describe.configure({ mode: 'serial' });
  let buyer: ShopApi;
  let order: Order;
  let product: Product;

  // What `data` creates is gone with the test that created it: these outlive theirs, and only their names are its own.
  test.beforeAll(async ({ playwright, staff, data }, testInfo) => {
    const context = await playwright.request.newContext({ baseURL: testInfo.project.use.baseURL ?? '' });
    const visitor = new ShopApi(context);
    buyer = visitor.signedInWith(await visitor.signIn(await visitor.signUp(data.build(account))));
    product = data.build(tin);
    await expect(await staff.send('POST', '/api/products', product)).toBeOK();
    order = await buyer.payByInvoice(await buyer.order(product.sku, 2));
  });

  test.afterAll(async ({ staff }) => {
    await buyer.remove('/api/users/me');
    await staff.remove(`/api/products/${product.sku}`);
  });

  test('a part is paid back', async () => {
    order = await buyer.refund(order, { amountCents: 500 });
    expect(order).toMatchObject({ status: 'paid', refundedCents: 500 });
  });

  test('more than what is left is refused', async () => {
    const refund = { amountCents: 2001, reason: 'too much' };
    const response = await buyer.send('POST', `/api/orders/${order.id}/refunds`, refund);
    expect(response.status()).toBe(409);
    expect((await response.json()).error.code).toBe('refund_too_high');
  });

  test('the rest is paid back and the goods return to the shelf', async () => {
    order = await buyer.refund(order, { restock: true });
    expect(order).toMatchObject({ status: 'refunded', refundedCents: 2500 });
    expect(await buyer.stockOf(product.sku)).toBe(10);
  });
});

test.describe('refunds', { tag: '@refunds' }, () => {
  test('an open order has nothing to pay back', async ({ buyer, product }) => {
    const order = await buyer.api.order(product.sku);
    const response = await buyer.api.send('POST', `/api/orders/${order.id}/refunds`, { reason: 'why not' });
    expect(response.status()).toBe(409);
    expect((await response.json()).error.code).toBe('order_not_paid');
  });

  test('what was paid by card goes back to the card', { tag: '@critical' }, async ({ buyer, product }) => {
    const order = await test.step('pay', async () => buyer.api.payByCard(await buyer.api.order(product.sku)));
    const refunded = await test.step('refund', () => buyer.api.refund(order));
    expect(refunded.status).toBe('refunded');
  });
});
