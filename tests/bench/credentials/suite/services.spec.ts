/** A secret that was read, and what services make of it. */
import { expect, test } from '@quality-hub/test';
import { site } from './site.ts';

test('service 01', async ({ clients }) => {
  await clients.strict?.get('/things').json();
});
test('service 02', async ({ clients }) => {
  await clients.strictKey?.get('/things').json();
});
test('service 03', async ({ clients }) => {
  await clients.strictBasic?.get('/things').json();
});
test('service 04', async ({ clients }) => {
  await clients.strict?.get('/suspended').json();
});
test('service 05', async ({ clients }) => {
  await clients.strictOauth?.get('/things').json();
});
test('service 06', async ({ request, secrets }) => {
  const key = await secrets.get('staleKey');
  const answer = await request.get(`${site.strict}/things`, { headers: { authorization: `Bearer ${key.reveal()}` } });
  expect(answer.status()).toBe(200);
});
test('service 07', async ({ secrets }) => {
  const key = await secrets.get('staleKey');
  const answer = await fetch(`${site.strict}/things`, { headers: { authorization: `Bearer ${key.reveal()}` } });
  const { error } = (await answer.json()) as { error?: string };
  if (error !== undefined) throw new Error(`The shop said: ${error}`);
});
test('service 08', async ({ request, secrets }) => {
  const password = await secrets.get('stalePassword');
  const answer = await request.post(`${site.strict}/login`, { data: { user: 'ann', password: password.reveal() } });
  await expect(answer).toBeOK();
});
test('service 09', async ({ clients }) => {
  await clients.orders?.get('/stock').json();
  await clients.orders?.get('/reports').json();
});
test('service 10', async ({ clients }) => {
  await clients.billing?.get('/export').json();
});
test('service 11', async ({ clients }) => {
  await clients.orders?.get('/admin/users').json();
});
test('service 12', async ({ clients }) => {
  await clients.nobody?.get('/things').json();
});
test('service 13', async ({ clients }) => {
  await clients.unwell?.get('/overloaded').json();
});
test('service 14', async ({ clients }) => {
  await clients.orders?.post('/customers', { json: { email: 'ann@shop.example' } }).json();
});
test('service 15', async ({ clients }) => {
  await clients.broken?.get('/broken').json();
});
