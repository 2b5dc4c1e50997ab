import { expect, type ShopApi, test as shopTest } from '../test.ts';

/** The warehouse talks to the shop with a fixed token from the environment. */
const test = shopTest.extend<{ warehouse: ShopApi }>({
  warehouse: async ({ shop }, use) => use(shop.signedInWith(process.env['SHOP_WAREHOUSE_TOKEN'] ?? '')),
});

test.describe('stock', { tag: '@stock' }, () => {
  test('the warehouse counts what arrived', async ({ warehouse, product }) => {
    const response = await warehouse.send('PUT', `/api/stock/${product.sku}`, { count: 42 });
    await expect(response).toBeOK();
    expect(await warehouse.stockOf(product.sku)).toBe(42);
  });

  test('what the warehouse has counted to nothing is sold out', async ({ warehouse, buyer, product }) => {
    const response = await warehouse.send('PUT', `/api/stock/${product.sku}`, { count: 0 });
    expect(response.status(), await response.text()).toBe(200);
    await buyer.api.putInCart(product.sku);
    expect((await buyer.api.send('POST', '/api/orders', {})).status()).toBe(409);
  });

  test('a buyer counts nothing', async ({ buyer, product }) => {
    const response = await buyer.api.send('PUT', `/api/stock/${product.sku}`, { count: 1 });
    expect(response.status()).toBe(403);
  });

  test('a count below nothing is refused', async ({ staff, product }) => {
    const response = await staff.send('PUT', `/api/stock/${product.sku}`, { count: -1 });
    expect(response.status()).toBe(400);
  });
});
