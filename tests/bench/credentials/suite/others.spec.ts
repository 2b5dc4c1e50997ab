/** Failures near a secret that the secret is not the reason of. */
import { expect, test } from '@quality-hub/test';
import { site } from './site.ts';

test('other 01', async ({ secrets }) => {
  expect((await secrets.get('prodKey')).reveal()).toBeTruthy();
});
test('other 02', async ({ secrets }) => {
  expect((await secrets.get('paymentKey')).reveal()).toBeTruthy();
});
test('other 03', async ({ secrets }) => {
  expect((await secrets.get('odersKey')).reveal()).toBeTruthy();
});
test('other 04', async ({ clients }) => {
  const order = (await clients.orders?.get('/orders').json()) as { customer?: { name: string } };
  expect((order.customer as { name: string }).name).toBe('Ann');
});
test('other 05', async ({ clients }) => {
  const orders = (await clients.orders?.get('/orders').json()) as { total: number } | undefined;
  expect(orders?.total).toBe(4);
});
test('other 06', async ({ request }) => {
  const answer = await request.get(`${site.orders}/open`, { headers: { authorization: 'Bearer of-nobody' } });
  expect(answer.status()).toBe(401);
});
test('other 07', async ({ clients }) => {
  const shown = (await clients.orders?.get('/greeting').json()) as { greeting: string } | undefined;
  expect(shown?.greeting).toBe('Welcome back, your session goes on');
});
test('other 08', async ({ request, clients }) => {
  const refused = await request.get(`${site.orders}/orders`, { headers: { authorization: 'Bearer of-nobody' } });
  expect(refused.status()).toBe(401);
  const orders = (await clients.orders?.get('/orders').json()) as { total: number } | undefined;
  expect(orders?.total).toBe(5);
});
