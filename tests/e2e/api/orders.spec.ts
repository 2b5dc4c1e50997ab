import { account, expect, test } from '../test.ts';

test.describe('orders', { tag: '@orders' }, () => {
  test('an order takes the cart and the stock', async ({ buyer, product }, testInfo) => {
    const order = await buyer.api.order(product.sku, 2);
    await testInfo.attach('order', { body: JSON.stringify(order, null, 2), contentType: 'application/json' });
    expect.soft(order).toMatchObject({ status: 'open', totalCents: 2500 });
    expect.soft(order.number).toMatch(/^S-[0-9A-F]{10}$/);
    expect.soft((await buyer.api.cart()).lines).toEqual([]);
    expect.soft(await buyer.api.stockOf(product.sku)).toBe(8);
  });

  test('an order of several products adds them up', async ({ buyer, makeProduct }) => {
    const tin = await makeProduct({ priceCents: 1000 });
    const jar = await makeProduct({ priceCents: 333 });
    await buyer.api.putInCart(tin.sku, 2);
    await buyer.api.putInCart(jar.sku, 4);
    const order = await buyer.api.placeOrder();
    expect(order.totalCents).toBe(2 * 1000 + 4 * 333);
  });

  test('an empty cart makes no order', async ({ buyer }) => {
    const response = await buyer.api.send('POST', '/api/orders', {});
    expect(response.status()).toBe(409);
    expect((await response.json()).error.code).toBe('cart_empty');
  });

  test('what is not in stock cannot be ordered', async ({ buyer, makeProduct }) => {
    const rare = await makeProduct({ stock: 1 });
    await buyer.api.putInCart(rare.sku, 2);
    const response = await buyer.api.send('POST', '/api/orders', {});
    expect(response.status()).toBe(409);
    expect((await response.json()).error.code).toBe('out_of_stock');
    expect(await buyer.api.stockOf(rare.sku), 'the stock is as before').toBe(1);
  });

  test('a cancelled order gives the stock back', async ({ buyer, product }) => {
    const order = await buyer.api.order(product.sku, 2);
    const response = await buyer.api.send('POST', `/api/orders/${order.id}/cancel`, {});
    expect(await response.json()).toMatchObject({ status: 'cancelled' });
    expect(await buyer.api.stockOf(product.sku)).toBe(10);
  });

  test('an order is cancelled once', async ({ buyer, product }) => {
    const order = await buyer.api.order(product.sku);
    await buyer.api.send('POST', `/api/orders/${order.id}/cancel`, {});
    const second = await buyer.api.send('POST', `/api/orders/${order.id}/cancel`, {});
    expect(second.status()).toBe(409);
  });

  test('orders are listed with the newest first', async ({ buyer, product }) => {
    const first = await buyer.api.order(product.sku);
    const second = await buyer.api.order(product.sku);
    const { orders } = await (await buyer.api.send('GET', '/api/orders')).json();
    expect(orders.map((order: { id: string }) => order.id)).toEqual([second.id, first.id]);
  });

  test('nobody sees the order of somebody else', async ({ shop, buyer, product, data }) => {
    const order = await buyer.api.order(product.sku);
    const other = await data.create(account);
    const stranger = shop.signedInWith(await shop.signIn(other));
    expect((await stranger.send('GET', `/api/orders/${order.id}`)).status()).toBe(404);
  });
});
