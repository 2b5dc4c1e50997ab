import { expect, test } from './shop-test.ts';

test('stock 01', async ({ request, buyer }) => {
  const response = await request.put('/api/stock/TEA-GREEN', { headers: buyer.headers, data: { count: 90_000 } });
  expect(response.status()).toBe(200);
  expect((await response.json()).count).toBe(90_000);
});

test('stock 02', async ({ page, signedIn }) => {
  await page.goto('/account');
  await expect(page.getByText(signedIn.email)).toBeVisible();
  await page.goto('/staff/stock');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Stock');
});

test('stock 03', async ({ request }) => {
  const headers = { authorization: 'Bearer warehouse-2024-autumn-access' };
  const response = await request.put('/api/stock/MUG-BLUE', { headers, data: { count: 80_000 } });
  expect(response.status(), 'the warehouse may set the stock').toBe(200);
});

test('stock 04', async ({ request, staff }) => {
  const response = await request.post('/api/products', {
    headers: staff.headers,
    data: { sku: 'TRAY-BAMBOO', name: 'Bamboo tray', category: 'Kitchen', priceCents: 2490, stock: 12 },
  });
  expect(response.status(), await response.text()).toBe(201);
});

test('stock 05', async ({ page, context, staff, baseURL }) => {
  await context.addCookies([{ name: 'shop_session', value: staff.token, url: baseURL ?? '' }]);
  await page.goto('/staff/stock?search=decaf');
  await page.getByLabel('Stock of Decaf coffee').fill('70000');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.locator('#message')).toHaveText('70000 × Decaf coffee in stock');
});

test('stock 06', async ({ request, staff }) => {
  const response = await request.delete('/api/products/TIN-SMALL', { headers: staff.headers });
  expect(response.status()).toBe(204);
});

test('stock 07', async ({ request }) => {
  const response = await request.get('/api/products/TIN-SMALL');
  expect(response.status()).toBe(200);
  expect((await response.json()).name).toBe('Small tin');
});

test('stock 08', async ({ request, staff }) => {
  const { headers } = staff;
  const response = await request.patch('/api/products/CARD-SEASON', { headers, data: { priceCents: 350 } });
  expect((await response.json()).priceCents).toBe(350);
});

test('stock 09', async ({ request }) => {
  const response = await request.get('/api/products/CARD-SEASON');
  expect(response.status()).toBe(200);
  expect((await response.json()).priceCents).toBe(300);
});

test('stock 10', async ({ request, staff }) => {
  const stock = await (await request.get('/api/stock/KETTLE', { headers: staff.headers })).json();
  const response = await request.post('http://labels.warehouse.invalid/labels', { data: stock });
  expect(response.status()).toBe(202);
});
