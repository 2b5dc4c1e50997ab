import { expect, test } from '../test.ts';

test.describe('cart', { tag: '@cart' }, () => {
  test('a new buyer has an empty cart', async ({ buyer }) => {
    expect(await buyer.api.cart()).toMatchObject({ lines: [], totalCents: 0, coupon: null });
  });

  test('a product goes into the cart and out again', async ({ buyer, product }) => {
    await test.step('in', async () => {
      const cart = await buyer.api.putInCart(product.sku);
      expect(cart.lines).toEqual([expect.objectContaining({ sku: product.sku, quantity: 1 })]);
    });
    await test.step('out', async () => {
      await buyer.api.remove(`/api/cart/items/${product.sku}`);
      expect((await buyer.api.cart()).lines).toEqual([]);
    });
  });

  for (const { quantity, total } of [
    { quantity: 1, total: 1250 },
    { quantity: 2, total: 2500 },
    { quantity: 3, total: 3750 },
  ]) {
    test(`${quantity} of a product cost ${quantity} times its price`, async ({ buyer, product }) => {
      const cart = await buyer.api.putInCart(product.sku, quantity);
      expect.soft(cart.lines[0]?.lineCents, 'sum of the line').toBe(total);
      expect.soft(cart.totalCents, 'total of the cart').toBe(total);
    });
  }

  test('a quantity of nothing takes the product out', async ({ buyer, product }) => {
    await buyer.api.putInCart(product.sku, 2);
    expect((await buyer.api.putInCart(product.sku, 0)).lines).toEqual([]);
  });

  for (const quantity of [-1, 100, 1.5]) {
    test(`a quantity of ${quantity} is refused`, async ({ buyer, product }) => {
      const response = await buyer.api.send('PUT', `/api/cart/items/${product.sku}`, { quantity });
      expect(response.status()).toBe(400);
      expect((await response.json()).error.message).toContain('quantity');
    });
  }

  test('a visitor keeps the cart by cookie and takes it along when signing in', async ({ shop, buyer, product }) => {
    await shop.putInCart(product.sku, 2);
    expect((await shop.cart()).lines).toHaveLength(1);
    const token = await shop.signIn(buyer);
    expect((await shop.signedInWith(token).cart()).lines).toEqual([
      expect.objectContaining({ sku: product.sku, quantity: 2 }),
    ]);
  });
});
