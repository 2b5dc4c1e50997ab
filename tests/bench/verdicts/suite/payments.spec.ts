import { writeFileSync } from 'node:fs';
import type { APIRequestContext } from '@playwright/test';
import { type Account, expect, test } from './shop-test.ts';

const card = '4242424242424242';

async function orderFor(request: APIRequestContext, { headers }: Account, sku = 'KETTLE') {
  await request.put(`/api/cart/items/${sku}`, { headers, data: { quantity: 1 } });
  return (await request.post('/api/orders', { headers })).json();
}

function pay(request: APIRequestContext, { headers }: Account, id: string) {
  return request.post(`/api/orders/${id}/payments`, { headers, data: { method: 'card', card } });
}

test('payments 01', async ({ request, buyer }) => {
  const order = await orderFor(request, buyer);
  const response = await pay(request, buyer, order.id);
  expect(response.status()).toBe(201);
  expect((await response.json()).status).toBe('paid');
});

test('payments 02', async ({ page, request, signedIn }) => {
  const order = await orderFor(request, signedIn);
  await page.goto(`/orders/${order.id}`);
  await page.getByLabel('Card number').fill(card);
  await page.getByRole('button', { name: 'Pay by card' }).click();
  await expect(page.getByTestId('status')).toHaveText('paid');
});

test('payments 03', async ({ request, buyer }) => {
  const order = await orderFor(request, buyer, 'MUG-BLUE');
  const response = await pay(request, buyer, order.id);
  await expect(response).toBeOK();
});

test('payments 04', async ({ page, request, signedIn }) => {
  const order = await orderFor(request, signedIn, 'BOOK-BREWING');
  await page.goto(`/orders/${order.id}`);
  await page.getByLabel('Card number').fill(card);
  await page.getByRole('button', { name: 'Pay by card' }).click();
  await expect(page.getByTestId('status')).toHaveText('paid', { timeout: 3000 });
});

test('payments 05', async ({ request, buyer }) => {
  const order = await orderFor(request, buyer);
  await pay(request, buyer, order.id);
  const response = await request.post(`/api/orders/${order.id}/refunds`, {
    headers: buyer.headers,
    data: { amountCents: 1000, reason: 'a dent' },
  });
  expect(response.status()).toBe(201);
  expect((await response.json()).refundedCents).toBe(1000);
});

test('payments 06', async ({ page, request, signedIn }) => {
  const order = await orderFor(request, signedIn, 'POT-GLASS');
  await page.goto(`/orders/${order.id}`);
  await page.getByLabel('Card number').fill(card);
  await page.getByRole('button', { name: 'Pay by card' }).click();
  await expect(page.getByRole('button', { name: 'Pay by card' })).toBeHidden();
});

test('payments 07', async ({ request, buyer }) => {
  const order = await orderFor(request, buyer, 'TEA-GREEN');
  const paid = await (await pay(request, buyer, order.id)).json();
  expect(paid.status).toBe('paid');
});

test('payments 08', async ({ request, buyer }) => {
  const order = await orderFor(request, buyer, 'TEA-ASSAM');
  const response = await pay(request, buyer, order.id);
  expect(response.status()).toBe(201);
  expect((await response.json()).status).toBe('paid');
});

test('payments 09', async ({ page, request, signedIn }) => {
  const order = await orderFor(request, signedIn, 'GIFT-BOX');
  await page.goto(`/orders/${order.id}`);
  await page.getByRole('button', { name: 'Pay by invoice' }).click();
  await expect(page.getByTestId('status')).toHaveText('paid');
});

test('payments 10', async ({ request, buyer }) => {
  const order = await orderFor(request, buyer);
  await pay(request, buyer, order.id);
  const response = await request.post(`/api/orders/${order.id}/refunds`, {
    headers: buyer.headers,
    data: { amountCents: 1000, reason: 'came late' },
  });
  expect(response.status()).toBe(201);
  expect((await response.json()).refundedCents).toBe(1000);
});

test('payments 11', async ({ page, request, signedIn }) => {
  const order = await orderFor(request, signedIn, 'TEA-MINT');
  await page.goto(`/orders/${order.id}`);
  await page.getByRole('button', { name: 'Pay by invoice' }).click();
  await expect(page.getByTestId('status')).toHaveText('paid');
});

test('payments 12', async ({ request, buyer }) => {
  const order = await orderFor(request, buyer, 'BOOK-LEAVES');
  const paid = await (await pay(request, buyer, order.id)).json();
  writeFileSync(process.env['RECEIPT_FILE'] ?? 'receipt.json', JSON.stringify(paid));
  expect(paid.status).toBe('paid');
});

test('payments 13', async ({ request, buyer }) => {
  const order = await orderFor(request, buyer, 'TEA-GREEN');
  const response = await request.post(`/api/orders/${order.id}/payments`, {
    headers: buyer.headers,
    data: { method: 'invoice' },
  });
  expect(response.status()).toBe(200);
});

test('payments 14', async ({ request, buyer }) => {
  const order = await orderFor(request, buyer, 'TEA-MINT');
  const method = process.env['PAYMENT_METHOD'];
  if (!method) {
    console.error('PAYMENT_METHOD is not set');
    process.exit(1);
  }
  const response = await request.post(`/api/orders/${order.id}/payments`, { headers: buyer.headers, data: { method } });
  expect(response.status()).toBe(201);
});
