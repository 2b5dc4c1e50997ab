import { account } from '../factories.ts';
import { expect, test } from '../shop-test.ts';

// A driver gives a store that does not answer some time to come back.
test.describe.configure({ mode: 'parallel', timeout: 40_000 });

const store = process.env['SUITE_STORE'];

test(`${store} 01`, async ({ locks, request }) => {
  await locks.acquire('month');
  await expect(await request.get('/api/categories')).toBeOK();
});

test(`${store} 02`, async ({ data }) => {
  const { id } = await data.create(account);
  expect(id).toBeTruthy();
});

test(`${store} 03`, async ({ pools }) => {
  const till = await pools.lease('tills');
  expect(till.name).toBe('till-1');
});
