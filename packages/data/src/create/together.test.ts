import { expect, test } from 'vitest';
import { z } from 'zod';
import { define } from '../factory/factory.ts';
import { startShelf, workerOn } from '../testing/shelf.ts';

const product = define('shared product', {
  schema: z.object({ id: z.number(), name: z.string(), stock: z.number() }),
  build: ({ unique }) => ({ name: unique('tea'), stock: 10 }),
  create: (input, { api }) => api.post('/products', { json: input }).json(),
  remove: ({ id }, { api }) => api.delete(`/products/${id}`),
});

test('a record that is made for all tests outlives the first one, and goes with the worker', async () => {
  await using shelf = await startShelf();
  const worker = workerOn(shelf);
  const [one, two] = [await worker.attempt('t1'), await worker.attempt('t2')];
  const make = (data: typeof one) => data.create(product);
  const first = await one.shared('catalogue', make);
  expect(Object.isFrozen(first)).toBe(true);
  await worker.remove(one);
  expect(await two.with({ page: {} }).shared('catalogue', make)).toBe(first);
  await worker.remove(two);
  expect(shelf.all('products')).toHaveLength(1);
  await worker.end();
  expect(shelf.left).toEqual([]);
});

test('a test that changes it is named when it ends, after its own records are gone', async () => {
  await using shelf = await startShelf();
  const worker = workerOn(shelf);
  const guilty = await worker.attempt('sells all');
  const checksum = ({ id }: { id: number }) => shelf.client.get(`/products/${id}`).json();
  const { id } = await guilty.shared('catalogue', data => data.create(product), { checksum });
  await guilty.create(product);
  await shelf.client.patch(`/products/${id}`, { json: { stock: 0 } });
  await expect(worker.remove(guilty)).rejects.toMatchObject({
    code: 'QH_DATA_SHARED_CHANGED',
    message: expect.stringContaining('"sells all" has changed catalogue'),
  });
  expect(shelf.all('products')).toHaveLength(1);
  expect(worker.seen).toContainEqual(expect.objectContaining({ kind: 'conflict', resource: 'catalogue' }));
  const next = await worker.attempt('next');
  expect((await next.shared('catalogue', data => data.create(product), { checksum })).stock).toBe(10);
  await worker.remove(next);
  await worker.end();
  expect(shelf.left).toEqual([]);
});

test('a claim of a test is free when it has ended, and one within a shared record is the test’s own business', async () => {
  await using shelf = await startShelf();
  const worker = workerOn(shelf);
  const [one, two] = [await worker.attempt('t1'), await worker.attempt('t2')];
  await one.claim('email', 'Ann@shop.example', { ignoreCase: true });
  await expect(two.claim('email', 'ann@shop.example', { ignoreCase: true })).rejects.toMatchObject({
    code: 'QH_DATA_CLAIMED',
    holder: { test: 't1' },
  });
  await worker.remove(one);
  expect(worker.seen.filter(({ kind }) => kind === 'conflict')).toMatchObject([{ other: 't1' }, { other: 't2' }]);
  await two.claim('email', 'ann@shop.example', { ignoreCase: true });
  await two.shared('nested', data => data.shared('inner', inner => inner.create(product)));
  await worker.remove(two);
  await worker.end();
  expect(shelf.left).toEqual([]);
});
