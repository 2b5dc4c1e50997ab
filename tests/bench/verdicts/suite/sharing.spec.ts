import { createServer } from 'node:http';
import { account, voucher } from './factories.ts';
import { expect, password, test } from './shop-test.ts';

test('sharing 01', async ({ locks, request }) => {
  await locks.acquire('prices');
  const response = await request.get('/api/products/TEA-GREEN');
  expect((await response.json()).priceCents).toBe(650);
});

test('sharing 02', async ({ pools, request }) => {
  await pools.lease('tills');
  const response = await request.get('/api/orders?till=1', { timeout: 1500 });
  expect(response.status()).toBe(401);
});

test('sharing 03', async ({ browser, baseURL }) => {
  const hooks = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${baseURL}/products/MUG-BLUE`);
  await expect(page.getByText('Price:')).toHaveText('Price: €14.99');
  await context.close();
  hooks.close();
});

test('sharing 04', async ({ data }) => {
  const { id } = await data.create(account);
  expect(id).toBeTruthy();
});

test('sharing 05', async ({ data }) => {
  const { percent } = await data.create(voucher, { code: 'WINTER-5' });
  expect(percent).toBe(5);
});

test('sharing 06', async ({ page, data }) => {
  await page.goto('/sign-up');
  await page.getByLabel('Name').fill('Una Unique');
  await page.getByLabel('E-mail').fill(`${data.unique('una')}@buyers.example`);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('heading', { name: 'Hello Una Unique' })).toBeVisible();
});

test('sharing 07', async ({ once, api }) => {
  const { count } = await once('count the categories', async () => ({
    count: (await api.get('/api/categories').json<{ categories: string[] }>()).categories.length,
  }));
  expect(count).toBeGreaterThan(1);
});

test('sharing 08', async ({ once, api }) => {
  const { count } = await once('count the categories', async () => ({
    count: (await api.get('/api/categories').json<{ categories: string[] }>()).categories.length,
  }));
  expect(count).toBeGreaterThan(1);
});

test('sharing 09', async ({ pools, request }) => {
  const { name } = await pools.lease('registers');
  await expect(await request.get(`/api/stock/KETTLE?register=${name}`)).toBeOK();
});

test('sharing 10', async ({ data, request }) => {
  const { email } = await data.create(account);
  await data.claim('email', email);
  const session = await request.post('/api/sessions', { data: { email, password } });
  const { token } = await session.json();
  const headers = { authorization: `Bearer ${token}` };
  const response = await request.put('/api/cart/items/MUG-BLUE', { headers, data: { quantity: 3 } });
  expect((await response.json()).totalCents).toBe(4497);
});
