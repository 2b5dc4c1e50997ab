import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from '@playwright/test';
import type { TestData } from '@quality-hub/data';
import { voucher } from './factories.ts';
import { expect, test } from './shop-test.ts';

let hookPort = 0;
let shown: Page;

test.describe.configure({ timeout: 20_000 });

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((_, response) => response.end('paid'));
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

test('left 01', async ({ request }) => {
  hookPort = portOf(await listen(0));
  expect(await (await request.get(`http://127.0.0.1:${hookPort}/hook`)).text()).toBe('paid');
});

test('left 02', async ({ request }) => {
  const server = await listen(hookPort);
  expect(await (await request.get(`http://127.0.0.1:${hookPort}/hook`)).text()).toBe('paid');
  server.close();
});

test('left 03', async ({ request, baseURL }) => {
  const port = Number(new URL(baseURL ?? '').port);
  const server = await listen(port);
  expect(await (await request.get(`http://127.0.0.1:${port}/hook`)).text()).toBe('paid');
  server.close();
});

test('left 04', async ({ request }) => {
  const hooks = await listen(0);
  const events = await listen(portOf(hooks));
  await request.get(`http://127.0.0.1:${portOf(hooks)}/hook`);
  hooks.close();
  events.close();
});

test('left 05', async ({ browser, baseURL }) => {
  shown = await browser.newPage();
  await shown.goto(`${baseURL}/products/KETTLE`);
  await expect(shown.getByRole('heading', { level: 1 })).toHaveText('Whistling kettle');
});

test('left 06', async () => {
  await shown.getByLabel('Quantity').fill('2');
  await shown.getByRole('button', { name: 'Add to cart' }).click();
  await expect(shown.locator('#message')).toHaveText('2 × Whistling kettle in the cart');
});

test.describe('strictly', () => {
  test.use({ qhLeaks: 'fail' });

  test('left 07', async ({ browser, baseURL }) => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${baseURL}/products/KETTLE`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Whistling kettle');
  });
});

test('left 08', async ({ data }) => {
  const { code } = await data.create(voucher);
  expect(code).toBe('AUTUMN-5');
});

test('left 09', async ({ data }) => {
  const { percent } = await data.create(voucher);
  expect(percent).toBe(5);
});

test('left 10', async ({ request, staff }) => {
  const response = await request.post('/api/coupons', {
    headers: staff.headers,
    data: { code: 'AUTUMN-5', percent: 15, maxUses: 1, expiresAt: '2099-01-01T00:00:00Z' },
  });
  expect(response.status(), await response.text()).toBe(201);
});

const tray = (data: TestData, api: { get(path: string): { json<T>(): Promise<T> } }) => {
  const read = () => api.get('/api/products/TRAY-BAMBOO').json<{ priceCents: number }>();
  return data.shared('tray', read, { checksum: read });
};

test('left 11', async ({ data, api }) => {
  expect((await tray(data, api)).priceCents).toBe(2490);
});

test('left 12', async ({ data, api, request, staff }) => {
  await tray(data, api);
  const { headers } = staff;
  const response = await request.patch('/api/products/TRAY-BAMBOO', { headers, data: { priceCents: 2690 } });
  expect((await response.json()).priceCents).toBe(2690);
});
