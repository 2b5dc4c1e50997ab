import { needs } from '@quality-hub/test';
import { dataset } from '@quality-hub/test/data';
import { z } from 'zod';
import { account } from './factories.ts';
import { expect, test } from './shop-test.ts';

const prices = dataset('prices.csv', { schema: z.object({ sku: z.string(), cents: z.coerce.number().int() }) });

test('calls 01', async ({ pools }) => {
  const { name } = await pools.lease('till');
  expect(name).toBe('till-1');
});

test('calls 02', async ({ locks, request }) => {
  const branch = (await (await request.get('/api/products/KETTLE')).json()).branch ?? '';
  await locks.acquire(branch);
});

test('calls 03', async ({ data }) => {
  const built = data.build(account, { emial: 'ann@buyers.example' } as object);
  expect(built.email).toBe('ann@buyers.example');
});

test('calls 04', async ({ snapshots }) => {
  await snapshots.restore('clean shop');
});

test('calls 05', async ({ environment }) => {
  expect(await environment('tenant')).toBeTruthy();
});

test('calls 06', needs({ test: 'calls 99' }), async ({ request }) => {
  await expect(await request.get('/api/products')).toBeOK();
});

test('calls 07', async ({ datasets }) => {
  expect(await datasets.open('prices.xlsx').all()).toHaveLength(2);
});

test('calls 08', async ({ pools }) => {
  const boss = await pools.lease('cashiers', { label: 'boss' });
  expect(boss.login).toBe('c1');
});

test('calls 09', async ({ data }) => {
  const { email } = await data.create(account, {}, { via: 'db' });
  expect(email).toContain('@');
});

test('calls 10', async ({ datasets }) => {
  expect(await datasets.open('price-list.json').all()).toHaveLength(2);
});

test('calls 11', async ({ datasets }) => {
  expect(await datasets.open(prices).all()).toHaveLength(2);
});
