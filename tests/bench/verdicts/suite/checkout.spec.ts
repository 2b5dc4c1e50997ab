import { setTimeout as sleep } from 'node:timers/promises';
import type { APIRequestContext } from '@playwright/test';
import { type Account, expect, test } from './shop-test.ts';

async function fillCart(request: APIRequestContext, { headers }: Account, sku = 'TEA-ASSAM', quantity = 1) {
  const response = await request.put(`/api/cart/items/${sku}`, { headers, data: { quantity } });
  expect(response.status(), 'the product is in the cart').toBe(200);
}

async function placeOrder(request: APIRequestContext, { headers }: Account) {
  const response = await request.post('/api/orders', { headers });
  expect(response.status(), 'the order is placed').toBe(201);
  return response.json();
}

test('checkout 01', async ({ request, buyer }) => {
  await fillCart(request, buyer);
  const order = await placeOrder(request, buyer);
  expect(order.status).toBe('open');
});

test('checkout 02', async ({ page, request, signedIn }) => {
  await fillCart(request, signedIn, 'MUG-BLUE');
  await page.goto('/cart');
  await page.getByRole('button', { name: 'Place order' }).click();
  await expect(page.getByRole('heading', { name: /Order S-/ })).toBeVisible();
});

test('checkout 03', async ({ request, buyer }) => {
  await fillCart(request, buyer, 'COFFEE-HOUSE');
  const order = await placeOrder(request, buyer);
  expect(order.totalCents).toBe(1190);
});

test('checkout 04', async ({ request, buyer }) => {
  await fillCart(request, buyer, 'KETTLE');
  const order = await placeOrder(request, buyer);
  expect(order.lines).toHaveLength(1);
});

test('checkout 05', async ({ request, buyer }) => {
  await fillCart(request, buyer);
  await placeOrder(request, buyer);
  const response = await request.get('/api/orders', { headers: buyer.headers, timeout: 1500 });
  expect((await response.json()).orders).toHaveLength(1);
});

test('checkout 06', async ({ page, request, signedIn }) => {
  await fillCart(request, signedIn, 'BOOK-LEAVES');
  const order = await placeOrder(request, signedIn);
  await page.goto(`/orders/${order.id}`);
  await expect(page.getByTestId('status')).toHaveText('open');
});

test('checkout 07', async ({ request, buyer }) => {
  await fillCart(request, buyer);
  const order = await placeOrder(request, buyer);
  const response = await request.post(`/api/orders/${order.id}/cancel`, { headers: buyer.headers });
  expect(response.status()).toBe(200);
  expect((await response.json()).status).toBe('cancelled');
});

test('checkout 08', async ({ page, request, signedIn }) => {
  await fillCart(request, signedIn);
  const order = await placeOrder(request, signedIn);
  await page.goto('/orders');
  await expect(page.getByRole('link', { name: order.number })).toBeVisible();
});

test('checkout 09', async ({ request, buyer }) => {
  await fillCart(request, buyer, 'MUG-WHITE', 2);
  const order = await placeOrder(request, buyer);
  expect(order.totalCents).toBe(2598);
});

test('checkout 10', async ({ request, buyer }) => {
  await fillCart(request, buyer);
  await placeOrder(request, buyer);
});

test('checkout 11', async ({ page }) => {
  await page.goto('/cart');
  await expect(page.getByRole('heading', { name: 'Cart' })).toBeVisible();
});

test('checkout 12', async ({ request }) => {
  const response = await request.get('/api/cart');
  expect((await response.json()).lines).toEqual([]);
});

test('checkout 13', async ({ page, request, signedIn }) => {
  const before = await (await request.get('/api/stock/POT-GLASS')).json();
  await fillCart(request, signedIn, 'POT-GLASS', 2);
  await page.goto('/cart');
  await page.getByRole('button', { name: 'Place order' }).click();
  await expect(page.getByTestId('status')).toHaveText('open');
  await page.goto('/products/POT-GLASS');
  await expect(page.getByText('in stock')).toHaveText(`${before.count - 2} in stock`);
});

test('checkout 14', async ({ request, buyer }) => {
  const before = await (await request.get('/api/stock/TEA-MINT')).json();
  await fillCart(request, buyer, 'TEA-MINT', 5);
  await placeOrder(request, buyer);
  const after = await (await request.get('/api/stock/TEA-MINT')).json();
  expect(after.count).toBe(before.count - 5);
});

test('checkout 15', async ({ request, buyer }) => {
  await fillCart(request, buyer, 'GIFT-BOX');
  const response = await request.post('/api/orders', { headers: buyer.headers });
  expect(response.status(), await response.text()).toBe(201);
});

test('checkout 16', async ({ page, request, signedIn }) => {
  await fillCart(request, signedIn, 'TEA-OOLONG');
  await page.goto('/cart');
  await page.getByRole('button', { name: 'Place order' }).click();
  await expect(page.getByTestId('status')).toHaveText('open');
});

test('checkout 17', async ({ request, buyer }) => {
  const response = await request.get('/api/orders/0b1c66de-3a70-4c1f-9c52-5f0f3d1a7e21', { headers: buyer.headers });
  expect(response.status()).toBe(200);
  expect((await response.json()).lines).toHaveLength(2);
});

test('checkout 18', async ({ request, buyer }) => {
  await fillCart(request, buyer, 'LAMP-OAK');
  const order = await placeOrder(request, buyer);
  expect(order.lines[0].name).toBe('Oak lamp');
});

test('checkout 19', async ({ request, buyer }) => {
  await fillCart(request, buyer, 'LAMP-OAK');
  const response = await request.post('/api/orders', { headers: buyer.headers });
  expect(response.status(), await response.text()).toBe(201);
});

test('checkout 20', async ({ request, buyer }) => {
  await fillCart(request, buyer);
  const session = await request.post('/api/sessions', {
    data: { email: buyer.email, password: 'long enough for a shop', lifetimeMs: 1 },
  });
  const { token } = await session.json();
  const response = await request.post('/api/orders', { headers: { authorization: `Bearer ${token}` } });
  expect(response.status()).toBe(201);
});

test('checkout 21', async ({ page, signedIn }) => {
  await page.goto('/orders');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Orders');
  await expect(page.getByRole('link', { name: signedIn.name })).toBeVisible();
});

test('checkout 22', async ({ request, buyer }) => {
  await fillCart(request, buyer);
  const order = await placeOrder(request, buyer);
  await expect
    .poll(async () => (await (await request.get(`/api/orders/${order.id}`, { headers: buyer.headers })).json()).status)
    .toBe('open');
});

test('checkout 23', async ({ page, request, signedIn }) => {
  await fillCart(request, signedIn);
  await page.goto('/cart');
  await page.getByRole('button', { name: 'Place order' }).click();
  await expect(page.getByTestId('status')).toHaveText('open');
  await page.getByRole('button', { name: 'Cancel order' }).click();
  await expect(page.getByTestId('status')).toHaveText('cancelled');
});

test('checkout 24', async ({ request, buyer }) => {
  await fillCart(request, buyer);
  const order = await placeOrder(request, buyer);
  const days = 100_000;
  const turnover: number[][] = [];
  while (turnover.length < days) turnover.push(new Array<number>(days).fill(order.totalCents / 100));
  expect(turnover).toHaveLength(days);
});

test('checkout 25', async ({ request, buyer }) => {
  let confirmed = false;
  await fillCart(request, buyer);
  const order = await placeOrder(request, buyer);
  while (!confirmed) {
    const response = await request.get(`/api/orders/${order.id}`, { headers: buyer.headers });
    confirmed = (await response.json()).state === 'open';
    await sleep(250);
  }
});
