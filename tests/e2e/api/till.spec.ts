import { expect, test } from '../test.ts';

/** The shop has three cashiers, and each has one cart. */
test.describe('the till', { tag: '@cart' }, () => {
  test('adds up what lies on it', async ({ cashier, product }) => {
    expect((await cashier.cart()).lines, 'nothing of the sale before').toEqual([]);
    await cashier.putInCart(product.sku, 2);
    expect(await cashier.cart()).toMatchObject({ totalCents: 2500, coupon: null });
  });

  test('takes a coupon off', async ({ cashier, product, makeCoupon }) => {
    expect((await cashier.cart()).lines, 'nothing of the sale before').toEqual([]);
    await cashier.putInCart(product.sku);
    expect(await cashier.applyCoupon(await makeCoupon(20, 1))).toMatchObject({ totalCents: 1000 });
  });

  test('is not the cart of a buyer', async ({ cashier, product, buyer }) => {
    await cashier.putInCart(product.sku, 2);
    expect((await buyer.api.cart()).lines).toEqual([]);
    expect((await cashier.cart()).lines).toEqual([expect.objectContaining({ sku: product.sku, quantity: 2 })]);
  });
});
