import { expect, test } from '../test.ts';

test.describe('coupons', { tag: '@coupons' }, () => {
  for (const { percent, total } of [
    { percent: 5, total: 1187 },
    { percent: 50, total: 625 },
    { percent: 100, total: 0 },
  ]) {
    test(`${percent} % off €12.50 leaves ${total} cents`, async ({ buyer, product, makeCoupon }) => {
      const code = await makeCoupon(percent, 1);
      await buyer.api.putInCart(product.sku);
      expect(await buyer.api.applyCoupon(code)).toMatchObject({ coupon: code, totalCents: total });
    });
  }

  test('a coupon code may be written in any way', async ({ buyer, product, makeCoupon, data }) => {
    const code = data.unique('Spring');
    await data.claim('coupon', code, { ignoreCase: true });
    await makeCoupon(20, 1, code);
    await buyer.api.putInCart(product.sku);
    const cart = await buyer.api.applyCoupon(code.toLowerCase());
    expect(cart).toMatchObject({ coupon: code.toUpperCase(), totalCents: 1000 });
  });

  test('a coupon for one use is used up by one order', async ({ buyer, product, makeCoupon }) => {
    const code = await makeCoupon(20, 1);
    await buyer.api.putInCart(product.sku);
    await buyer.api.applyCoupon(code);
    await buyer.api.placeOrder();
    const response = await buyer.api.send('PUT', '/api/cart/coupon', { code });
    expect(response.status()).toBe(409);
    expect((await response.json()).error.code).toBe('coupon_used_up');
  });

  test('a coupon of a summer long gone is refused', async ({ buyer }) => {
    const response = await buyer.api.send('PUT', '/api/cart/coupon', { code: 'SUMMER19' });
    expect(response.status()).toBe(409);
    expect((await response.json()).error.code).toBe('coupon_expired');
  });

  test('an unknown coupon is not found', async ({ buyer, data }) => {
    const response = await buyer.api.send('PUT', '/api/cart/coupon', { code: data.unique('NO') });
    expect(response.status()).toBe(404);
  });

  test('a buyer gets the welcome coupon off three orders', async ({ buyer, product }) => {
    for (const round of [1, 2, 3]) {
      await test.step(`order ${round}`, async () => {
        await buyer.api.putInCart(product.sku);
        await buyer.api.applyCoupon('WELCOME10');
        const order = await buyer.api.placeOrder();
        expect(order).toMatchObject({ discountCents: 125, totalCents: 1125 });
      });
    }
  });
});
