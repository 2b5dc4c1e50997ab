import { expect, password, test } from './shop-test.ts';

test('accounts 01', async ({ request, buyer }) => {
  const me = await request.get('/api/users/me', { headers: buyer.headers });
  expect(await me.json()).toMatchObject({ email: buyer.email, role: 'buyer' });
});

test('accounts 02', async ({ request }) => {
  const email = `second-${Date.now()}@buyers.example`;
  await request.post('/api/users', { data: { email, name: 'Sue Second', password } });
  const response = await request.post('/api/sessions', { data: { email, password } });
  expect(response.status()).toBe(201);
  expect((await response.json()).token).toBeTruthy();
});

test('accounts 03', async ({ page, buyer }) => {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill(buyer.email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: `Hello ${buyer.name}` })).toBeVisible();
});

test('accounts 04', async ({ request }) => {
  const response = await request.post('/api/sessions', {
    data: { email: 'staff@shop.example', password: 'summer of last year' },
  });
  expect(response.status()).toBe(201);
});

test('accounts 05', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByLabel('E-mail').fill('staff@shop.example');
  await page.getByLabel('Password').fill('autumn of last year');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL('/account');
});

test('accounts 06', async ({ request, buyer }) => {
  const response = await request.get('/api/users/me', { headers: buyer.headers });
  expect(response.status()).toBe(200);
  expect((await response.json()).email).toBe(buyer.email);
});

test('accounts 07', async ({ request }) => {
  const response = await request.post('/api/users', {
    data: { email: 'anna.winter@buyers.example', name: 'Anna Winter', password },
  });
  expect(response.status(), await response.text()).toBe(201);
});

test('accounts 08', async ({ request }) => {
  const email = `eighth-${Date.now()}@buyers.example`;
  const response = await request.post('/api/users', { data: { email, name: 'Eve Eighth', password } });
  await expect(response).toBeOK();
});

test('accounts 09', async ({ request }) => {
  const data = { email: 'first.customer@buyers.example', name: 'First Customer', password };
  const response = await request.post('/api/users', { data });
  expect(response.status()).toBe(201);
});

test('accounts 10', async ({ request }) => {
  const response = await request.post('/api/users', {
    data: { email: 'first.customer@buyers.example', name: 'Fred First', password },
  });
  await expect(response).toBeOK();
  expect((await response.json()).name).toBe('Fred First');
});

test('accounts 11', async ({ page }) => {
  await page.goto('/sign-up');
  await page.getByLabel('Name').fill('Nora New');
  await page.getByLabel('E-mail').fill(`nora-${Date.now()}@buyers.example`);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Create account' }).click();
  await expect(page.getByRole('heading', { name: 'Hello Nora New' })).toBeVisible();
});
