import { CartPage } from '../page-objects/cart-page.ts';
import { OrderPage } from '../page-objects/order-page.ts';
import { signInPage } from '../signed-in-page.ts';
import { expect, test } from '../test.ts';

test.describe('checkout', { tag: ['@orders', '@critical'] }, () => {
  test.beforeEach(async ({ page, buyer, product }) => {
    await signInPage(page, buyer);
    await buyer.api.putInCart(product.sku, 2);
  });

  test('from cart to paid order by card', async ({ page, product }, testInfo) => {
    const order = new OrderPage(page);
    await test.step('place the order', async () => {
      const cart = new CartPage(page);
      await cart.open();
      await cart.placeOrder();
      await expect(order.heading).toHaveText(/^Order S-/);
      await expect(order.lines).toHaveText([`2 × ${product.name}`]);
    });
    await test.step('pay', async () => {
      await order.payByCard();
      await expect(order.status).toHaveText('paid');
    });
    await testInfo.attach('paid order', { body: await page.screenshot(), contentType: 'image/png' });
  });

  test('from cart to paid order by invoice', async ({ page }) => {
    const cart = new CartPage(page);
    await cart.open();
    await cart.placeOrder();
    const order = new OrderPage(page);
    await expect(order.heading).toHaveText(/^Order S-/);
    await order.payByInvoice();
    await expect(order.status).toHaveText('paid');
    await expect(order.total).toHaveText('€25.00');
  });

  test('an order with the welcome coupon keeps its discount', { tag: '@coupons' }, async ({ page, buyer }) => {
    await buyer.api.applyCoupon('WELCOME10');
    const cart = new CartPage(page);
    await cart.open();
    await cart.placeOrder();
    const order = new OrderPage(page);
    await expect(order.heading).toHaveText(/^Order S-/);
    await expect(order.discount).toHaveText('€2.50');
  });

  test('an order is cancelled on its page', async ({ page, buyer }) => {
    const placed = await buyer.api.placeOrder();
    const order = new OrderPage(page);
    await order.open(placed.id);
    await order.cancel();
    await expect(order.status).toHaveText('cancelled');
    await expect(page.getByRole('button', { name: 'Pay by card' })).toBeHidden();
  });

  test('the orders page lists what was ordered', async ({ page, buyer }) => {
    const placed = await buyer.api.placeOrder();
    await page.goto('/orders');
    await expect(page.getByRole('row').filter({ hasText: placed.number })).toContainText('€25.00');
  });
});
