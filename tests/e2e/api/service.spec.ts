import { expect, test } from '../test.ts';

test.describe('the service', { tag: '@smoke' }, () => {
  test('says that it is well', async ({ shop }) => {
    const response = await shop.send('GET', '/health');
    await expect(response).toBeOK();
    expect(await response.json()).toMatchObject({ status: 'ok' });
  });

  test('answers an unknown address in the form of every error', async ({ shop }) => {
    const response = await shop.send('GET', '/api/nowhere');
    expect(response.status()).toBe(404);
    expect(await response.json()).toEqual({ error: { code: 'not_found', message: 'No page /api/nowhere' } });
  });
});

test.describe('the service in trouble', { tag: '@resilience' }, () => {
  test.skip(!process.env['E2E_CONTROL_URL'] && !process.env['SHOP_CONTROL_URL'], 'this shop has no switches');

  test('a shop with too many visitors says when to come back', async ({ shop, trouble }) => {
    const mine = await trouble({ route: 'GET /api/products', fault: { kind: 'rate-limit', retryAfterSeconds: 30 } });
    const response = await shop.with(mine).send('GET', '/api/products');
    expect(response.status()).toBe(429);
    expect(response.headers()['retry-after']).toBe('30');
  });

  test('an overloaded shop is back after the storm', async ({ shop, trouble }) => {
    const mine = await trouble({ fault: { kind: 'error', status: 503 }, when: { count: 2 } });
    const visitor = shop.with(mine);
    await expect
      .poll(async () => (await visitor.send('GET', '/api/categories')).status(), { intervals: [50] })
      .toBe(200);
  });

  test('a mistake in the shop tells nothing about its inside', async ({ shop, trouble }) => {
    const mine = await trouble({ fault: { kind: 'error', status: 500 } });
    const response = await shop.with(mine).send('GET', '/api/categories');
    expect(response.status()).toBe(500);
    expect(await response.json()).toEqual({
      error: { code: 'internal', message: 'Something went wrong in the shop' },
    });
  });
});
