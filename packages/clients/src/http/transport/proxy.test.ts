import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createHttpClient, undiciTransport } from '../../index.ts';
import { makeCertificates } from '../../testing/certificates.ts';
import { startFaulty } from '../../testing/faulty-server.ts';
import { startHttpProxy } from '../../testing/http-proxy.ts';
import { proxyFor } from './choose-proxy.ts';

test('a proxy that is named carries all requests, over kept connections', async () => {
  await using proxy = await startHttpProxy();
  await using server = await startFaulty();
  await using api = createHttpClient({ baseURL: server.url, connection: { proxy: proxy.url } });
  await api.get('/orders');
  await new Promise(resolve => setImmediate(resolve));
  await api.post('/orders', { json: { sku: 'lamp' } });
  expect(proxy.seen).toEqual([`GET ${server.url}/orders`, `POST ${server.url}/orders`]);
  expect(server.asked.map(({ method, url, headers, body }) => [method, url, headers.host, String(body)])).toEqual([
    ['GET', '/orders', new URL(server.url).host, ''],
    ['POST', '/orders', new URL(server.url).host, '{"sku":"lamp"}'],
  ]);
  expect(api.statistics()).toEqual([
    expect.objectContaining({ origin: server.url, requests: 2, reused: 1 }),
    expect.objectContaining({ origin: proxy.url, opened: 1 }),
  ]);
});

test('TLS goes through a tunnel, with the trust of the client', async () => {
  const { ca, serverCert, serverKey } = makeCertificates();
  const server = createServer(
    { cert: serverCert, key: serverKey },
    (_, response) => void response.end('{"safe":true}'),
  );
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const host = `localhost:${(server.address() as AddressInfo).port}`;
  await using proxy = await startHttpProxy();
  const connection = { proxy: proxy.url };
  await using api = createHttpClient({ baseURL: `https://${host}`, connection: { ...connection, tls: { ca } } });
  expect(await api.get('/').json()).toEqual({ safe: true });
  expect(proxy.seen).toEqual([`CONNECT ${host}`]);
  await using distrustful = createHttpClient({ baseURL: `https://${host}`, connection });
  await expect(distrustful.get('/')).rejects.toMatchObject({
    code: 'QH_HTTP_NETWORK',
    networkCode: expect.stringMatching(/CERT|SELF_SIGNED|UNABLE_TO/),
  });
});

test('a proxy that wants a password gets the one of its URL, and refusing is told', async () => {
  await using proxy = await startHttpProxy({ token: `Basic ${Buffer.from('ada:s3cret').toString('base64')}` });
  await using server = await startFaulty();
  const named = proxy.url.replace('://', '://ada:s3cret@');
  await using api = createHttpClient({ baseURL: server.url, connection: { proxy: named } });
  expect((await api.get('/')).status).toBe(200);
  expect(server.asked[0]?.headers['proxy-authorization']).toBeUndefined();
  await using stranger = createHttpClient({ baseURL: server.url, connection: { proxy: proxy.url } });
  await expect(stranger.get('/')).rejects.toMatchObject({
    code: 'QH_HTTP_NETWORK',
    message: expect.stringContaining('Proxy Authentication Required (407)'),
  });
});

test('the environment names a proxy, which this machine and NO_PROXY are spared', () => {
  expect(proxyFor(undefined, {})).toBeUndefined();
  expect(proxyFor(false, { HTTP_PROXY: 'http://proxy:3128' })).toBeUndefined();
  expect(proxyFor(undefined, { HTTP_PROXY: 'proxy:3128', no_proxy: '.corp.test' })).toEqual({
    httpProxy: 'http://proxy:3128',
    httpsProxy: '',
    noProxy: '.corp.test,localhost,127.0.0.1,::1',
  });
  expect(proxyFor('https://proxy:3128', { HTTP_PROXY: 'http://other' })).toEqual({
    httpProxy: 'https://proxy:3128',
    httpsProxy: 'https://proxy:3128',
    noProxy: '',
  });
  expect(() => undiciTransport({ proxy: 'no proxy' })).toThrow(expect.objectContaining({ code: 'QH_OPTION' }));
  expect(() => proxyFor('socks5://ada:s3cret@proxy', {})).toThrow(
    expect.objectContaining({ code: 'QH_OPTION', message: expect.stringContaining('"…@proxy"') }),
  );
});

test('a proxy of the environment carries requests to other machines, and none to this one', async () => {
  await using proxy = await startHttpProxy();
  await using server = await startFaulty();
  vi.stubEnv('HTTP_PROXY', proxy.url);
  onTestFinished(() => void vi.unstubAllEnvs());
  const transport = undiciTransport();
  onTestFinished(() => transport.close());
  await using api = createHttpClient({ transport });
  expect((await api.get(`${server.url}/here`)).status).toBe(200);
  // Nobody has such a name: the proxy says so, and not our own resolver.
  expect((await api.get('http://shop.invalid/there', { expectStatus: 502 })).status).toBe(502);
  expect(proxy.seen).toEqual(['GET http://shop.invalid/there']);
});
