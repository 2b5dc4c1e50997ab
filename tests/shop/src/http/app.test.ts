import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../database/open.ts';
import type { TroubledDatabase } from '../database/port.ts';
import { seed, staffEmail } from '../database/seed.ts';
import type { BugName } from '../domain/bugs.ts';
import { createPaymentsApp } from '../payments/app.ts';
import { dayPlans } from '../start/days.ts';
import { type SwitchInput, type SwitchState, switchSchema } from '../switches/schema.ts';
import { databases } from '../testing/databases.ts';
import { createShopApp, type ShopApp } from './app.ts';

const quiet = { level: 'silent' };
const password = 'open sesame';

function stateOf(wish: SwitchInput, id = 's'): SwitchState {
  return { ...switchSchema.parse(wish), id, setAt: new Date().toISOString(), seen: 0, struck: 0 };
}

for (const { name, database: server, skip } of databases) {
  describe.skipIf(skip)(`the shop on ${name}`, () => {
    let shop: ShopApp;
    let database: TroubledDatabase;
    let token: string;
    let staffToken: string;
    let close: () => Promise<void>;
    let payments: ReturnType<typeof createPaymentsApp>;
    let crashes: number[];

    beforeEach(async () => {
      const { where, drop } = await server.create();
      database = await openDatabase(where);
      const options = {
        plan: dayPlans.good,
        staffPassword: password,
        warehouseToken: 'warehouse-token',
        now: new Date(),
      };
      await seed(database, options);
      // A second start finds everything there.
      await seed(database, options);
      payments = createPaymentsApp({ log: quiet });
      crashes = [];
      const paymentsUrl = await payments.app.listen({ host: '127.0.0.1', port: 0 });
      shop = await createShopApp({
        database,
        payments: { url: paymentsUrl, timeoutMs: 1000 },
        log: quiet,
        crash: downMs => crashes.push(downMs),
      });
      close = async () => {
        await shop.app.close();
        await payments.app.close();
        await database.close();
        await drop();
      };
      await send('POST', '/api/users', { email: 'ada@shop.example', name: 'Ada', password });
      token = (await send('POST', '/api/sessions', { email: 'ada@shop.example', password })).body['token'];
      staffToken = (await send('POST', '/api/sessions', { email: staffEmail, password })).body['token'];
    });
    afterEach(() => close());

    async function send(
      method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
      url: string,
      payload?: object,
      as = token,
    ) {
      const response = await shop.app.inject({
        method,
        url,
        headers: as ? { authorization: `Bearer ${as}` } : {},
        ...(payload ? { payload } : {}),
      });
      const text = response.body;
      return {
        status: response.statusCode,
        headers: response.headers,
        text,
        body: text.startsWith('{') ? JSON.parse(text) : {},
      };
    }
    const order = async (sku: string, quantity: number, coupon?: string) => {
      await send('PUT', `/api/cart/items/${sku}`, { quantity });
      if (coupon) await send('PUT', '/api/cart/coupon', { code: coupon });
      return (await send('POST', '/api/orders', {})).body;
    };
    const switchOn = async (...wishes: SwitchInput[]) => {
      const states = wishes.map((wish, index) => stateOf(wish, `s${index}`));
      shop.switchboard.set(states);
      await shop.faults.follow(states);
    };
    const bug = (wanted: BugName) => switchOn({ fault: { kind: 'wrong-data', bug: wanted } });

    test('an order goes from cart to refund', async () => {
      const placed = await order('KETTLE', 2, 'WELCOME10');
      expect(placed).toMatchObject({ subtotalCents: 9990, discountCents: 999, totalCents: 8991, status: 'open' });
      const paid = await send('POST', `/api/orders/${placed.id}/payments`, {
        method: 'card',
        card: '4242424242424242',
      });
      expect(paid).toMatchObject({ status: 201, body: { status: 'paid' } });
      const part = await send('POST', `/api/orders/${placed.id}/refunds`, { amountCents: 991, reason: 'late' });
      expect(part.body).toMatchObject({ status: 'paid', refundedCents: 991 });
      const rest = await send('POST', `/api/orders/${placed.id}/refunds`, { reason: 'broken', restock: true });
      expect(rest.body).toMatchObject({ status: 'refunded', refundedCents: 8991 });
      expect((await send('GET', '/api/stock/KETTLE')).body).toEqual({ sku: 'KETTLE', count: 100_000 });
      expect((await send('GET', '/api/coupons/welcome10')).body['used']).toBe(1);
    });

    test('the staff looks after products, prices and coupons', async () => {
      const product = { sku: 'NEW-1', name: 'New', category: 'Tea', priceCents: 5, stock: 1 };
      expect((await send('POST', '/api/products', product, staffToken)).status).toBe(201);
      expect((await send('POST', '/api/products', product, staffToken)).body.error.code).toBe('sku_taken');
      expect((await send('PATCH', '/api/products/NEW-1', { priceCents: 7 }, staffToken)).body['priceCents']).toBe(7);
      expect((await send('DELETE', '/api/products/NEW-1', undefined, staffToken)).status).toBe(204);
      expect((await send('DELETE', '/api/products/NEW-1', undefined, staffToken)).status).toBe(404);
      expect((await send('PATCH', '/api/products/NEW-1', { priceCents: 7 }, staffToken)).status).toBe(404);
      expect((await send('PUT', '/api/stock/NEW-1', { count: 7 }, 'warehouse-token')).status).toBe(404);
      const coupon = { code: 'NEW', percent: 5, maxUses: 1, expiresAt: '2099-01-01T00:00:00Z' };
      expect((await send('POST', '/api/coupons', coupon, staffToken)).status).toBe(201);
      expect((await send('POST', '/api/coupons', coupon, staffToken)).body.error.code).toBe('coupon_taken');
      expect((await send('DELETE', '/api/coupons/new', undefined, staffToken)).status).toBe(204);
      expect((await send('DELETE', '/api/coupons/new', undefined, staffToken)).status).toBe(404);
    });

    test('pages show what is asked for', async () => {
      const placed = await order('KETTLE', 1);
      await send('PUT', '/api/cart/items/TEA-MINT', { quantity: 2 });
      for (const [url, text] of [
        ['/?search=tea', 'Green tea'],
        ['/products/GIFT-BOX', 'Gift box &amp; ribbon'],
        ['/lookbook', 'Looks'],
        ['/cart', '€9.98'],
        ['/orders', placed.number],
        [`/orders/${placed.id}`, 'Pay by card'],
        ['/account', 'ada@shop.example'],
        ['/sign-in', 'Password'],
        ['/sign-up', 'Create account'],
        ['/shop.js', 'addToCart'],
      ] as const) {
        expect((await send('GET', url)).text).toContain(text);
      }
      expect((await send('GET', '/staff/stock', undefined, staffToken)).text).toContain('Stock of Blue mug');
    });

    test('forms sign up, in and out', async () => {
      const form = (url: string, fields: Record<string, string>) =>
        shop.app.inject({
          method: 'POST',
          url,
          headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
          payload: new URLSearchParams(fields).toString(),
        });
      const account = { name: 'Bob', email: 'bob@shop.example', password };
      expect((await form('/sign-up', account)).headers['location']).toBe('/account');
      expect((await form('/sign-up', account)).body).toContain('There is already an account');
      expect((await form('/sign-in', { ...account, next: '/orders' })).headers['location']).toBe('/orders');
      // An address of another site is not followed.
      expect((await form('/sign-in', { ...account, next: '//evil.example' })).headers['location']).toBe('/account');
      expect((await form('/sign-in', { ...account, password: 'wrong one' })).statusCode).toBe(401);
      expect((await form('/sign-out', {})).headers['location']).toBe('/');
    });

    test('a page says what is wrong, the API in JSON', async () => {
      const asBrowser = (url: string) => shop.app.inject({ url, headers: { accept: 'text/html' } });
      expect((await asBrowser('/orders')).headers['location']).toBe('/sign-in?next=%2Forders&reason=token_missing');
      expect((await asBrowser('/nowhere')).body).toContain('<h1>Not found</h1>');
      expect((await asBrowser('/?page=0')).body).toContain('This did not work');
      await switchOn({ fault: { kind: 'error', status: 503 } });
      expect((await asBrowser('/')).body).toContain('The shop has a problem');
      expect((await send('GET', '/api/categories')).body.error.code).toBe('overloaded');
    });

    test('a body that is no JSON is refused', async () => {
      const response = await shop.app.inject({
        method: 'POST',
        url: '/api/users',
        headers: { 'content-type': 'application/json' },
        payload: '{',
      });
      expect(response.json().error.code).toBe('bad_request');
    });

    test('who signs out or closes the account is gone', async () => {
      const { body } = await send('POST', '/api/sessions', { email: 'ada@shop.example', password });
      expect((await send('DELETE', '/api/sessions/current', undefined, body['token'])).status).toBe(204);
      expect((await send('GET', '/api/users/me', undefined, body['token'])).body.error.code).toBe('token_unknown');
      await order('KETTLE', 1);
      expect((await send('DELETE', '/api/users/me')).status).toBe(204);
      expect(await database.all('SELECT id FROM orders')).toEqual([]);
    });

    test('a visitor has a cart by cookie and takes it along when signing in', async () => {
      const asVisitor = (url: string, cookie = '') =>
        shop.app.inject({ method: 'PUT', url, headers: { cookie }, payload: { quantity: 2 } });
      const first = await asVisitor('/api/cart/items/KETTLE');
      const cookie = String(first.headers['set-cookie']).split(';')[0] ?? '';
      const second = await asVisitor('/api/cart/items/TEA-MINT', cookie);
      expect(second.json().lines).toHaveLength(2);
      const payload = { email: 'ada@shop.example', password };
      const signedIn = await shop.app.inject({ method: 'POST', url: '/api/sessions', headers: { cookie }, payload });
      const cart = await send('GET', '/api/cart', undefined, signedIn.json().token);
      expect(cart.body.lines.map((line: { sku: string }) => line.sku)).toEqual(['TEA-MINT', 'KETTLE']);
    });

    test('a cart is emptied line by line, or at once', async () => {
      await send('PUT', '/api/cart/items/KETTLE', { quantity: 1 });
      await send('PUT', '/api/cart/items/TEA-MINT', { quantity: 1 });
      await send('PUT', '/api/cart/coupon', { code: 'WELCOME10' });
      expect((await send('DELETE', '/api/cart/coupon')).body['coupon']).toBe(null);
      expect((await send('DELETE', '/api/cart/items/KETTLE')).body.lines).toHaveLength(1);
      expect((await send('DELETE', '/api/cart/items/KETTLE')).status).toBe(404);
      expect((await send('DELETE', '/api/cart')).status).toBe(204);
      expect((await send('POST', '/api/orders', {})).body.error.code).toBe('cart_empty');
    });

    test('a cancelled order gives the stock back, once', async () => {
      const placed = await order('KETTLE', 2);
      const url = `/api/orders/${placed.id}`;
      expect((await send('POST', `${url}/cancel`, {})).body['status']).toBe('cancelled');
      expect((await send('POST', `${url}/cancel`, {})).body.error.code).toBe('order_not_open');
      expect((await send('POST', `${url}/payments`, { method: 'invoice' })).body.error.code).toBe('order_not_open');
      expect((await send('POST', `${url}/refunds`, { reason: 'x' })).body.error.code).toBe('order_not_paid');
      expect((await send('GET', url)).body['status']).toBe('cancelled');
      expect((await send('GET', '/api/stock/KETTLE')).body['count']).toBe(100_000);
    });

    test('a writer whose lease somebody else has by now is refused', async () => {
      const write = async (fencing: string): Promise<number> => {
        const headers = { authorization: `Bearer ${staffToken}`, 'x-qh-fencing-token': fencing };
        const payload = { count: 1 };
        return (await shop.app.inject({ method: 'PUT', url: '/api/stock/KETTLE', headers, payload })).statusCode;
      };
      expect([await write('stock=8'), await write('stock=7')]).toEqual([200, 409]);
    });

    test('what is not there, used up or over is refused by name', async () => {
      expect((await send('PUT', '/api/cart/coupon', { code: 'SUMMER19' })).body.error.code).toBe('coupon_expired');
      await send('PUT', '/api/stock/KETTLE', { count: 1 }, staffToken);
      expect((await order('KETTLE', 2)).error.code).toBe('out_of_stock');
      await send('DELETE', '/api/cart');
      const coupon = { code: 'ONCE', percent: 5, maxUses: 1, expiresAt: '2099-01-01T00:00:00Z' };
      await send('POST', '/api/coupons', coupon, staffToken);
      await order('TEA-MINT', 1, 'ONCE');
      expect((await send('PUT', '/api/cart/coupon', { code: 'ONCE' })).body.error.code).toBe('coupon_used_up');
      expect((await send('POST', '/api/products', {}, token)).body.error.code).toBe('forbidden');
    });

    test('what the payment service says reaches the buyer', async () => {
      const url = `/api/orders/${(await order('KETTLE', 1)).id}/payments`;
      const declined = await send('POST', url, { method: 'card', card: '4000000000000002' });
      expect(declined).toMatchObject({ status: 402, body: { error: { code: 'payment_declined' } } });
      payments.switchboard.set([stateOf({ service: 'payments', fault: { kind: 'error', status: 500 } })]);
      const broken = await send('POST', url, { method: 'card', card: '4242424242424242' });
      expect(broken.body.error.message).toBe('The payment service answered 500');
      payments.switchboard.set([stateOf({ service: 'payments', fault: { kind: 'hang' } })]);
      const hanging = await send('POST', url, { method: 'card', card: '4242424242424242' });
      expect(hanging).toMatchObject({ status: 504, body: { error: { code: 'payment_timeout' } } });
      await payments.app.close();
      const gone = await send('POST', url, { method: 'card', card: '4242424242424242' });
      expect(gone.body.error.message).toContain('ECONNREFUSED');
    });

    test('traffic faults answer, delay or break off', async () => {
      await switchOn({ fault: { kind: 'latency', ms: 60 } }, { fault: { kind: 'rate-limit', retryAfterSeconds: 9 } });
      const start = performance.now();
      const limited = await send('GET', '/api/categories');
      expect(performance.now() - start).toBeGreaterThanOrEqual(55);
      expect(limited).toMatchObject({ status: 429, headers: { 'retry-after': '9' } });
      await switchOn({ fault: { kind: 'error', status: 500 } });
      expect((await send('GET', '/api/categories')).body.error.code).toBe('internal');
    });

    test('a crash is handed to who ends the process', async () => {
      await switchOn({ fault: { kind: 'crash', downMs: 70 } });
      const url = await shop.app.listen({ host: '127.0.0.1', port: 0 });
      // The process of this test goes on, so nobody ever answers.
      await fetch(url, { signal: AbortSignal.timeout(200) }).catch(() => undefined);
      expect(crashes).toEqual([70]);
    });

    test('the third is free by mistake', async () => {
      await bug('third-one-free');
      expect((await order('KETTLE', 3))['totalCents']).toBe(2 * 4995);
    });

    test('a coupon adds by mistake', async () => {
      await bug('coupon-adds');
      expect((await order('KETTLE', 1, 'WELCOME10'))['totalCents']).toBe(4995 + 500);
    });

    test('the catalogue loses cents by mistake', async () => {
      await bug('price-without-cents');
      expect((await send('GET', '/api/products/KETTLE')).body['priceCents']).toBe(4900);
    });

    test('an order leaves the stock by mistake', async () => {
      await bug('stock-not-taken');
      await order('KETTLE', 2);
      expect((await send('GET', '/api/stock/KETTLE')).body['count']).toBe(100_000);
    });

    test('a refund pays too much, and a paid order stays open, by mistake', async () => {
      const placed = await order('KETTLE', 1, 'WELCOME10');
      await bug('paid-stays-open');
      const paid = await send('POST', `/api/orders/${placed.id}/payments`, { method: 'invoice' });
      expect(paid.body['status']).toBe('open');
      const second = await order('KETTLE', 1, 'WELCOME10');
      await switchOn();
      await send('POST', `/api/orders/${second.id}/payments`, { method: 'invoice' });
      await bug('refund-of-subtotal');
      const refunded = await send('POST', `/api/orders/${second.id}/refunds`, { amountCents: 1, reason: 'x' });
      expect(refunded.body['refundedCents']).toBe(4995);
    });

    test('the search and the order of the catalogue are wrong by mistake', async () => {
      await switchOn(
        { fault: { kind: 'wrong-data', bug: 'search-is-case-sensitive' } },
        { fault: { kind: 'wrong-data', bug: 'sorted-by-name-only' } },
      );
      expect((await send('GET', '/api/products?search=mug')).body['total']).toBe(2);
      expect((await send('GET', '/api/products?search=MUG')).body['total']).toBe(0);
      const { products } = (await send('GET', '/api/products?category=Coffee&sort=price')).body;
      expect(products[0].name).toBe('Decaf coffee');
    });

    test('a lock is a 503 and goes with its request', async () => {
      await switchOn({ route: 'PUT /api/cart/*', fault: { kind: 'database-locked' }, when: { count: 1 } });
      const locked = await send('PUT', '/api/cart/items/KETTLE', { quantity: 1 });
      expect(locked).toMatchObject({ status: 503, body: { error: { code: 'database_locked' } } });
      await expect.poll(async () => (await send('PUT', '/api/cart/items/KETTLE', { quantity: 1 })).status).toBe(200);
    });

    test('an insert that is sent twice is refused by the database', async () => {
      await switchOn({ fault: { kind: 'unique-violation' }, when: { count: 1 } });
      const refused = await send('PUT', '/api/cart/items/KETTLE', { quantity: 1 });
      expect(refused).toMatchObject({ status: 409, body: { error: { code: 'unique_violation' } } });
      expect((await send('PUT', '/api/cart/items/KETTLE', { quantity: 1 })).status).toBe(200);
    });

    test('an order whose inserts are sent twice leaves nothing behind', async () => {
      await send('PUT', '/api/cart/items/KETTLE', { quantity: 1 });
      await switchOn({ route: 'POST /api/orders', fault: { kind: 'unique-violation' }, when: { count: 1 } });
      expect((await send('POST', '/api/orders', {})).body.error.code).toBe('unique_violation');
      expect((await send('GET', '/api/orders')).body).toEqual({ orders: [] });
      expect((await send('GET', '/api/stock/KETTLE')).body['count']).toBe(100_000);
    });

    test('a stale read does not know what came after the switch', async () => {
      await switchOn({ route: 'GET /api/orders', fault: { kind: 'stale-read' } });
      await order('KETTLE', 1);
      expect((await send('GET', '/api/orders')).body).toEqual({ orders: [] });
      await switchOn();
      expect((await send('GET', '/api/orders')).body.orders).toHaveLength(1);
    });

    test('a slow query delays the answer', async () => {
      await switchOn({ fault: { kind: 'slow-query', ms: 120 } });
      const start = performance.now();
      expect((await send('GET', '/api/products/KETTLE')).status).toBe(200);
      expect(performance.now() - start).toBeGreaterThanOrEqual(115);
    });

    test('an expired token stays expired', async () => {
      await switchOn({ fault: { kind: 'expired-token' }, when: { count: 1 } });
      for (let i = 0; i < 2; i++) {
        expect((await send('GET', '/api/users/me')).body.error.code).toBe('token_expired');
      }
    });

    test('memory grows while the switch is on', async () => {
      const heap = async () => (await send('GET', '/health')).body['heapUsedBytes'] as number;
      const before = await heap();
      await switchOn({ route: 'GET /api/categories', fault: { kind: 'memory-growth', megabytes: 256 } });
      await send('GET', '/api/categories');
      expect((await heap()) - before).toBeGreaterThan(180_000_000);
      await switchOn();
    });

    test('a crashing page has a runaway script before its heading', async () => {
      await switchOn({ route: 'GET /lookbook', fault: { kind: 'page-crash' } });
      const { text } = await send('GET', '/lookbook');
      expect(text.indexOf('for (;;)')).toBeGreaterThan(0);
      expect(text.indexOf('for (;;)')).toBeLessThan(text.indexOf('<h1>'));
    });
  });
}
