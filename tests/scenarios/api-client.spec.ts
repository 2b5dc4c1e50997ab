import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { test as base, expect } from '@playwright/test';
import { type CallRecord, contextTransport, createHttpClient } from '@quality-hub/clients';
import { classify, createPolicy } from '@quality-hub/resilience';

interface Shop {
  readonly url: string;
  readonly asked: IncomingMessage[];
  answer: (request: IncomingMessage, response: ServerResponse) => void;
  close(): Promise<void>;
}

const test = base.extend<{ shop: Shop }>({
  // What the first test of a worker has here must not reach a client.
  extraHTTPHeaders: { 'x-of-the-test': 'yes' },
  shop: async ({}, use) => {
    const asked: IncomingMessage[] = [];
    const server = createServer((request, response) => {
      asked.push(request);
      request.resume().once('end', () => shop.answer(request, response));
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const shop: Shop = {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      asked,
      answer: (_, response) => void response.end('{"ok":true}'),
      close: async () => {
        server.closeAllConnections();
        await new Promise(resolve => server.close(resolve));
      },
    };
    await use(shop);
    await shop.close();
  },
});

test('calls over a request context are the same calls, and take nothing from the test', async ({
  shop,
  playwright,
}) => {
  const calls: CallRecord[] = [];
  await using api = createHttpClient({
    baseURL: shop.url,
    transport: contextTransport({ open: options => playwright.request.newContext(options) }),
    observe: call => void calls.push(call),
  });
  expect(
    await api.post('/orders/{id}', { params: { id: 1 }, json: { a: 1 }, headers: { 'x-own': '1' } }).json(),
  ).toEqual({ ok: true });
  const [first] = shop.asked;
  expect([first?.method, first?.url]).toEqual(['POST', '/orders/1']);
  expect(first?.headers).toMatchObject({ 'content-type': 'application/json', 'x-own': '1' });
  expect(first?.headers['x-of-the-test']).toBeUndefined();
  shop.answer = ({ url }, response) => {
    if (url === '/login') response.writeHead(302, { location: '/home', 'set-cookie': ['sid=1', 'theme=dark'] }).end();
    else response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(`{"at":"${url}"}`));
  };
  const answer = await api.get('/login');
  expect([await answer.json(), answer.redirected, shop.asked.at(-1)?.headers.cookie]).toEqual([
    { at: '/home' },
    true,
    'sid=1; theme=dark',
  ]);
  expect((await api.get('/login', { redirects: 0, expectStatus: 302 })).headers['set-cookie']).toEqual([
    'sid=1',
    'theme=dark',
  ]);
  expect(calls.map(call => call.evidence().operation)).toEqual(['POST /orders/{id}', 'GET /login', 'GET /login']);
  await expect(api.stream('/')).rejects.toMatchObject({ code: 'QH_UNSUPPORTED' });
  await expect(api.get('/', { maxBodyBytes: 3 })).rejects.toMatchObject({ code: 'QH_HTTP_TOO_LARGE' });
  expect(api.statistics()).toEqual([expect.objectContaining({ origin: shop.url, requests: 5 })]);
  expect(await api.warmUp(2)).toEqual({ opened: 0, failed: 0 });
});

test('a failure over a request context is told and repeated as any other', async ({ shop, playwright }) => {
  const open = (options: object) => playwright.request.newContext(options);
  const calls: CallRecord[] = [];
  await using api = createHttpClient({
    baseURL: shop.url,
    transport: contextTransport({ open }),
    policy: createPolicy({ name: 'shop', retry: { retries: 2, baseMs: 1 } }),
    observe: call => void calls.push(call),
  });
  let cuts = 0;
  shop.answer = (request, response) => {
    cuts += 1;
    if (cuts < 3) request.socket.destroy();
    else response.end('{}');
  };
  expect((await api.get('/')).status).toBe(200);
  expect(calls[0]?.facts.attempts).toBe(3);
  const stop = new AbortController();
  shop.answer = () => undefined;
  const hanging = api.get('/', { signal: stop.signal });
  await expect.poll(() => shop.asked.length).toBe(4);
  const reason = new Error('enough');
  stop.abort(reason);
  await expect(hanging).rejects.toBe(reason);
  await shop.close();
  const error = await api.post('/').catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'QH_HTTP_NETWORK', networkCode: 'ECONNREFUSED', unsent: true });
  expect(classify(error)).toMatchObject({ lasting: 'transient', applied: 'no' });
});

test('a client and a page are signed in together', async ({ shop, context, page }) => {
  shop.answer = ({ url, headers }, response) => {
    if (url === '/login') response.setHeader('set-cookie', ['sid=from-client; HttpOnly; Path=/', 'gone=; Max-Age=0']);
    if (url === '/page') response.setHeader('set-cookie', 'page=yes; Path=/');
    response.setHeader('content-type', 'text/html');
    response.end(headers.cookie ?? 'nobody');
  };
  await using api = createHttpClient({ baseURL: shop.url });
  await context.addCookies([{ name: 'gone', value: 'soon', url: shop.url }]);
  const together = api.as(context);
  await together.post('/login');
  await page.goto(`${shop.url}/page`);
  expect(await page.textContent('body')).toBe('sid=from-client');
  expect(await together.get('/me').text()).toBe('sid=from-client; page=yes');
  expect(await api.get('/me').text()).toBe('nobody');
  // A context that is there already carries the calls, too, and stays open.
  const traced = createHttpClient({ baseURL: shop.url, transport: contextTransport({ context: context.request }) });
  expect(await traced.get('/me').text()).toBe('sid=from-client; page=yes');
  await traced.close();
  expect((await context.request.get(`${shop.url}/me`)).status()).toBe(200);
});
