import { expect, test } from './shop-test.ts';

test('cart 01', async ({ request, buyer }) => {
  const response = await request.put('/api/cart/items/TEA-MINT', { headers: buyer.headers, data: { quantity: 2 } });
  expect(response.status()).toBe(200);
  expect((await response.json()).subtotalCents).toBe(998);
});

test('cart 02', async ({ page }) => {
  await page.goto('/products/TEA-MINT');
  await page.getByLabel('Quantity').fill('2');
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(page.getByRole('status')).toHaveText('2 × Mint tea in the cart');
});

test('cart 03', async ({ page }) => {
  await page.goto('/products/MUG-WHITE');
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(page.locator('#message')).toHaveText('1 × White mug in the cart');
});

test('cart 04', async ({ page, signedIn }) => {
  await page.goto('/');
  await expect(page.getByRole('link', { name: signedIn.name })).toBeVisible();
  await page.goto('/cart');
  await expect(page.getByText('The cart is empty.')).toBeVisible();
});

test('cart 05', async ({ request, buyer }) => {
  const response = await request.put('/api/cart/items/KETTLE', { headers: buyer.headers, data: { quantity: 1 } });
  expect(response.status(), await response.text()).toBe(200);
});

test('cart 06', async ({ page, request, signedIn }) => {
  await request.put('/api/cart/items/BOOK-LEAVES', { headers: signedIn.headers, data: { quantity: 1 } });
  await page.goto('/cart');
  await page.getByLabel('Coupon').fill('WELCOME10');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByTestId('discount')).toHaveText('€1.88');
});

test('cart 07', async ({ request, buyer }) => {
  const response = await request.put('/api/cart/items/MUG-BLUE', { headers: buyer.headers, data: { quantity: 3 } });
  expect(response.status()).toBe(200);
  const cart = await response.json();
  expect(cart.lines).toHaveLength(1);
  expect(cart.totalCents).toBe(4497);
});

test('cart 08', async ({ page, request, signedIn }) => {
  await request.put('/api/cart/items/TEA-GREEN', { headers: signedIn.headers, data: { quantity: 4 } });
  await page.goto('/cart');
  await expect(page.getByRole('row', { name: 'Green tea' })).toContainText('€26.00');
  await expect(page.getByTestId('total')).toHaveText('€26.00');
});

test('cart 09', async ({ request, buyer }) => {
  const { headers } = buyer;
  await request.put('/api/cart/items/KETTLE', { headers, data: { quantity: 1 } });
  const response = await request.put('/api/cart/coupon', { headers, data: { code: 'WELCOME10' } });
  await expect(response).toBeOK();
  expect(await response.json()).toMatchObject({ subtotalCents: 4995, discountCents: 500, totalCents: 4495 });
});

test('cart 10', async ({ page, request, signedIn }) => {
  await request.put('/api/cart/items/POT-GLASS', { headers: signedIn.headers, data: { quantity: 1 } });
  await page.goto('/cart');
  await page.getByLabel('Coupon').fill('WELCOME10');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByTestId('discount')).toHaveText('€3.45');
  await expect(page.getByTestId('total')).toHaveText('€31.05');
});

test('cart 11', async ({ request, buyer }) => {
  const { headers } = buyer;
  await request.put('/api/cart/items/TEA-MINT', { headers, data: { quantity: 1 } });
  const response = await request.put('/api/cart/coupon', { headers, data: { code: 'SPRING25' } });
  expect(response.status()).toBe(200);
  expect((await response.json()).coupon).toBe('SPRING25');
});

test('cart 12', async ({ page, request, signedIn }) => {
  await request.put('/api/cart/items/TEA-MINT', { headers: signedIn.headers, data: { quantity: 2 } });
  await page.goto('/cart');
  await page.getByLabel('Coupon').fill('SUMMER19');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByTestId('discount')).toHaveText('€1.50');
  await expect(page.getByRole('alert')).toBeHidden();
});

test('cart 13', async ({ page, signedIn }) => {
  await page.goto('/products/GIFT-BOX');
  await expect(page.getByRole('link', { name: signedIn.name })).toBeVisible();
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(page.locator('#message')).toHaveText('1 × Gift box & ribbon in the cart');
});

test('cart 14', async ({ page, signedIn }) => {
  await page.goto('/products/COFFEE-HOUSE');
  await expect(page.getByRole('link', { name: signedIn.name })).toBeVisible();
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(page.locator('#message')).toHaveText('1 × House coffee in the cart');
});

test('cart 15', async ({ request, buyer }) => {
  const { headers } = buyer;
  await request.put('/api/cart/items/TEA-ASSAM', { headers, data: { quantity: 1 } });
  const applied = await request.put('/api/cart/coupon', { headers, data: { code: 'FRIEND-7Q' } });
  expect(applied.status()).toBe(200);
  const order = await request.post('/api/orders', { headers });
  expect((await order.json()).discountCents).toBe(159);
});

test('cart 16', async ({ request, buyer }) => {
  const { headers } = buyer;
  await request.put('/api/cart/items/TEA-GREEN', { headers, data: { quantity: 1 } });
  const applied = await request.put('/api/cart/coupon', { headers, data: { code: 'FRIEND-7Q' } });
  expect(applied.status(), await applied.text()).toBe(200);
});

test('cart 17', async ({ request, buyer }) => {
  const { headers } = buyer;
  await request.put('/api/cart/items/KETTLE', { headers, data: { quantity: 1 } });
  await request.put('/api/cart/coupon', { headers, data: { code: 'FRIEND-8R' } });
  const order = await request.post('/api/orders', { headers });
  expect(await order.json()).toMatchObject({ coupon: 'FRIEND-8R', discountCents: 999 });
});

test('cart 18', async ({ page, request, signedIn }) => {
  await request.put('/api/cart/items/MUG-WHITE', { headers: signedIn.headers, data: { quantity: 1 } });
  await page.goto('/cart');
  await page.getByLabel('Coupon').fill('FRIEND-8R');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByTestId('discount')).toHaveText('€2.60');
});

test('cart 19', async ({ request, buyer }) => {
  const response = await request.put('/api/cart/items/TEA-ASSAM', { headers: buyer.headers, data: { quantity: '2' } });
  expect(response.status()).toBe(200);
  expect((await response.json()).lines[0].quantity).toBe(2);
});

test('cart 20', async ({ page }) => {
  await page.goto('/products/BOOK-BREWING');
  await page.getByRole('button', { name: 'Buy now' }).click();
  await expect(page.locator('#message')).toHaveText('1 × The art of brewing in the cart');
});

test('cart 21', async ({ page }) => {
  await page.goto('/products/COFFEE-DECAF');
  await expect(page.locator('html')).toHaveAttribute('data-ready', 'true');
  await page.getByLabel('Quantity').fill('3');
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(page.locator('#message')).toHaveText('3 × Decaf coffee in the cart');
});

test('cart 22', async ({ request, buyer }) => {
  const { headers } = buyer;
  await request.put('/api/cart/items/GIFT-BOX', { headers, data: { quantity: 2 } });
  const response = await request.get('/api/cart', { headers });
  expect(response.status()).toBe(200);
  expect((await response.json()).lines).toHaveLength(1);
});

test('cart 23', async ({ page, request, signedIn }) => {
  await request.put('/api/cart/items/TEA-MINT', { headers: signedIn.headers, data: { quantity: 1 } });
  await page.goto('/cart');
  await page.locator('tbody > tr >> td[data-cell=').first().click();
  await expect(page.getByTestId('total')).toHaveText('€4.99');
});
