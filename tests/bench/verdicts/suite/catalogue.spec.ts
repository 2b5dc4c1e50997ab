import { expect, test } from './shop-test.ts';

test('catalogue 01', async ({ request }) => {
  const response = await request.get('/api/products');
  expect(response.status()).toBe(200);
  const { products } = await response.json();
  expect(products.length).toBeGreaterThan(5);
});

test('catalogue 02', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Catalogue' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Products' }).getByRole('listitem')).not.toHaveCount(0);
});

test('catalogue 03', async ({ request }) => {
  const response = await request.get('/api/products/TEA-MINT', { timeout: 1500 });
  expect(await response.json()).toMatchObject({ name: 'Mint tea', category: 'Tea' });
});

test('catalogue 04', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('link', { name: 'Books' }).click();
  await expect(page.getByText('2 products')).toBeVisible();
});

test('catalogue 05', async ({ page }) => {
  await page.goto('/products/KETTLE');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Whistling kettle');
});

test('catalogue 06', async ({ request }) => {
  const response = await request.get('/api/categories');
  const { categories } = await response.json();
  expect(categories).toContain('Kitchen');
});

test('catalogue 07', async ({ page }) => {
  await page.goto('/?category=Tea');
  await expect(page.getByRole('link', { name: 'Assam tea' })).toBeVisible();
});

test('catalogue 08', async ({ request }) => {
  const response = await request.get('/api/products/TEA-GREEN');
  expect(response).toBeOK();
  const product = await response.json();
  expect(product.name).toBe('Green tea');
  expect(product.priceCents).toBe(650);
});

test('catalogue 09', async ({ page }) => {
  await page.goto('/products/MUG-BLUE');
  await expect(page.getByRole('heading', { name: 'Blue mug' })).toBeVisible();
  await expect(page.getByText('Price:')).toHaveText('Price: €14.99');
});

test('catalogue 10', async ({ request }) => {
  const response = await request.get('/api/products', { params: { search: 'mint' } });
  expect(response.status()).toBe(200);
  const { products } = await response.json();
  expect(products.map((product: { name: string }) => product.name)).toEqual(['Mint tea']);
});

test('catalogue 11', async ({ page }) => {
  await page.goto('/');
  await page.getByLabel('Search').fill('house');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page).toHaveURL(/search=house/);
  await expect(page.getByRole('list', { name: 'Products' }).getByRole('heading')).toHaveText(['House coffee']);
});

test('catalogue 12', async ({ request }) => {
  const response = await request.get('/api/products?category=Tea&sort=price');
  const { products } = await response.json();
  const prices = products.map((product: { priceCents: number }) => product.priceCents);
  expect(prices).toEqual([499, 650, 795]);
});

test('catalogue 13', async ({ page }) => {
  await page.goto('/?category=Kitchen&sort=-price');
  const names = page.getByRole('list', { name: 'Products' }).getByRole('heading');
  await expect.soft(names).toHaveCount(4);
  await expect.soft(names.first()).toHaveText('Whistling kettle');
  await expect.soft(names.last()).toHaveText('White mug');
});

test('catalogue 14', async ({ request }) => {
  const response = await request.get('/api/products/TEA-EARL-GREY');
  expect(response.status()).toBe(200);
  expect(await response.json()).toMatchObject({ category: 'Tea' });
});

test('catalogue 15', async ({ page }) => {
  await page.goto('/products/POT-IRON');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Iron tea pot');
});

test('catalogue 16', async ({ page }) => {
  await page.goto('/?category=Kitchen');
  await page.getByRole('link', { name: 'mug' }).click();
  await expect(page).toHaveURL(/\/products\//);
});

test('catalogue 17', async ({ request }) => {
  const body = await (await request.get('/api/products?category=Books')).json();
  const names = body.items.map((item: { name: string }) => item.name);
  expect(names).toContain('Reading tea leaves');
});

test('catalogue 18', async () => {
  const pages = Math.floor(41 / 20);
  expect(pages, 'pages of 41 products').toBe(3);
});

test('catalogue 19', async ({ page }) => {
  await page.goto('/lookbook', { timeout: 6500 });
  await expect(page.getByRole('list', { name: 'Looks' }).getByRole('listitem')).toHaveCount(3);
});

test('catalogue 20', async ({ page }) => {
  await page.goto('/?category=Gifts');
  await page.getByRole('link', { name: 'Gift box' }).click();
  await expect(page.getByRole('button', { name: 'Add to cart' })).toBeEnabled({ timeout: 5000 });
});

test('catalogue 21', async ({ request }) => {
  const response = await request.get('/api/stock/COFFEE-DECAF');
  await expect(response).toBeOK();
  expect((await response.json()).count).toBeGreaterThan(0);
});

test('catalogue 22', async ({ request }) => {
  const response = await request.get('/products/TEA-ASSAM');
  const product = await response.json();
  expect(product.priceCents).toBe(795);
});

test('catalogue 23', async ({ page }) => {
  await page.goto('/products/TEA-ASSAM');
  await expect(page.locator('html'), 'the page is ready').toHaveAttribute('data-ready', 'true');
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await expect(page.getByRole('status')).toHaveText('1 × Assam tea in the cart');
});
