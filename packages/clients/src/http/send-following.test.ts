import { once } from 'node:events';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { basicAuth, createHttpClient } from '../index.ts';
import { type Answer, json, startFaulty } from '../testing/faulty-server.ts';

const to = (location: string, status = 302, more: Record<string, string> = {}): Answer => {
  return (_, response) => void response.writeHead(status, { location, ...more }).end();
};

test.each([
  [301, 'POST', 'GET'],
  [302, 'POST', 'GET'],
  [303, 'PUT', 'GET'],
  [303, 'HEAD', 'HEAD'],
  [302, 'PUT', 'PUT'],
  [307, 'POST', 'POST'],
  [308, 'POST', 'POST'],
])('a %i of a %s is followed with %s', async (status, method, followed) => {
  await using server = await startFaulty();
  server.next(to('../there?x=1', status));
  await using api = createHttpClient({ baseURL: server.url });
  const answer = await api.request(method, '/a/b', method === 'HEAD' ? {} : { json: { a: 1 } });
  expect([answer.redirected, answer.url]).toEqual([true, `${server.url}/there?x=1`]);
  const last = server.asked.at(-1);
  expect(last).toMatchObject({ method: followed, url: '/there?x=1' });
  expect(last?.body.toString()).toBe(followed === method && method !== 'HEAD' ? '{"a":1}' : '');
  expect('content-type' in (last?.headers ?? {})).toBe(followed === method && method !== 'HEAD');
});

test('a redirect to another origin takes no credentials along', async () => {
  await using home = await startFaulty();
  await using abroad = await startFaulty();
  await using api = createHttpClient({ baseURL: home.url, auth: basicAuth({ user: 'u', password: 'pass-word-1' }) });
  home.next(to(`${abroad.url}/x`), to(`${abroad.url}/y`));
  await api.get('/');
  await api.get('/', { headers: { authorization: 'Bearer own-token-12345', cookie: 'a=1' } });
  expect(home.asked.map(({ headers }) => headers.authorization)).toEqual([
    `Basic ${btoa('u:pass-word-1')}`,
    'Bearer own-token-12345',
  ]);
  for (const { headers } of abroad.asked)
    expect([headers.authorization, headers.cookie]).toEqual([undefined, undefined]);
  expect(abroad.asked).toHaveLength(2);
});

test('a circle of redirects, a place that is none and another protocol are errors of their own', async () => {
  await using server = await startFaulty(to('/again?token=secret-value-1'));
  await using api = createHttpClient({ baseURL: server.url });
  const error = await api.get('/again', { redirects: 3 }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'QH_HTTP_REDIRECT', message: expect.stringContaining('more than 3 times') });
  expect((error as Error).message).not.toContain('secret-value');
  expect(server.asked).toHaveLength(4);
  server.next(to('http://:x'));
  await expect(api.get('/')).rejects.toMatchObject({
    code: 'QH_HTTP_REDIRECT',
    message: expect.stringContaining('which is no URL'),
  });
  server.next(to('file:///etc/passwd'));
  await expect(api.get('/')).rejects.toMatchObject({ message: expect.stringContaining('redirects to file:') });
  expect((await api.get('/', { redirects: 0, expectStatus: '3xx' })).header('location')).toBe(
    '/again?token=secret-value-1',
  );
});

const text = 'x'.repeat(5_000);
test.each<[string, Buffer]>([
  ['gzip', gzipSync(text)],
  ['x-gzip', gzipSync(text)],
  ['deflate', deflateSync(text)],
  ['deflate', deflateRawSync(text)],
  ['br', brotliCompressSync(text)],
  ['zstd', zstdCompressSync(text)],
  ['deflate, gzip', gzipSync(deflateSync(text))],
  ['identity', Buffer.from(text)],
])('a body in %s is undone, whole and as a stream', async (encoding, body) => {
  await using server = await startFaulty(
    (_, response) => void response.writeHead(200, { 'content-encoding': encoding }).end(body),
  );
  await using api = createHttpClient({ baseURL: server.url });
  expect(await api.get('/').text()).toBe(text);
  expect(await (await api.stream('/')).text()).toBe(text);
  expect(server.asked[0]?.headers['accept-encoding']).toBe('gzip, deflate, br, zstd');
});

test('a body that is not what its encoding says, an unknown encoding and a bomb are told', async () => {
  const gzip = gzipSync('y'.repeat(1_000_000));
  await using server = await startFaulty();
  const encoded =
    (encoding: string, body: Buffer): Answer =>
    (_, response) =>
      void response.writeHead(200, { 'content-encoding': encoding }).end(body);
  await using api = createHttpClient({ baseURL: server.url });
  server.next(encoded('gzip', gzip.subarray(0, 200)));
  await expect(api.get('/')).rejects.toMatchObject({
    code: 'QH_HTTP_BODY',
    message: expect.stringContaining('says it is gzip'),
  });
  server.next(encoded('lzma', gzip));
  await expect(api.get('/')).rejects.toMatchObject({
    code: 'QH_HTTP_BODY',
    message: expect.stringContaining('"lzma"'),
  });
  server.next(encoded('gzip', gzip));
  await expect(api.get('/', { maxBodyBytes: 50_000 })).rejects.toMatchObject({
    code: 'QH_HTTP_TOO_LARGE',
    limitBytes: 50_000,
  });
  server.next((_, response) => void response.end(Buffer.alloc(60_000)));
  await expect(api.get('/', { maxBodyBytes: 50_000 })).rejects.toMatchObject({ code: 'QH_HTTP_TOO_LARGE' });
  server.next(encoded('gzip', Buffer.alloc(0)));
  expect((await api.head('/')).status).toBe(200);
  expect(await api.get('/').json()).toEqual({ ok: true });
});

test('a body that is cut is an error, not a short body', async () => {
  await using server = await startFaulty(async (_, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half');
    await once(response, 'drain').catch(() => undefined);
  });
  server.next((request, response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('half', () => request.socket.destroy());
  });
  await using api = createHttpClient({ baseURL: server.url });
  await expect(api.get('/')).rejects.toMatchObject({ code: 'QH_HTTP_NETWORK', unsent: false });
});

test('several cookies of one answer stay apart', async () => {
  await using server = await startFaulty(json({}, 200, { 'set-cookie': ['a=1', 'b=2'] }));
  await using api = createHttpClient({ baseURL: server.url });
  const answer = await api.get('/');
  expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
  expect(answer.header('set-cookie')).toBe('a=1');
});
