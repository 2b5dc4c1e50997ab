import { createReadStream, readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { isQualityHubError, OptionError } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createHttpClient, HttpStatusError } from '../index.ts';
import { cut, hang, json, startFaulty } from '../testing/faulty-server.ts';

test('a verb, a template, a query and JSON make the request that the server sees', async () => {
  await using server = await startFaulty(json({ id: 7 }, 201));
  await using api = createHttpClient({ baseURL: `${server.url}/v1/`, headers: { 'X-Shop': 'a', 'X-Gone': 'b' } });
  const answer = await api.post('/orders/{id}/lines', {
    params: { id: 'a/b c' },
    query: { page: 2, tag: ['x', 'y'], none: undefined, empty: null },
    headers: { 'x-gone': undefined, 'X-More': 'c' },
    json: { sku: 'ä' },
  });
  expect([answer.status, answer.ok, await answer.json()]).toEqual([201, true, { id: 7 }]);
  const [asked] = server.asked;
  expect(asked).toMatchObject({ method: 'POST', url: '/v1/orders/a%2Fb%20c/lines?page=2&tag=x&tag=y' });
  expect(asked?.headers).toMatchObject({ 'x-shop': 'a', 'x-more': 'c', 'content-type': 'application/json' });
  expect(asked?.headers['x-gone']).toBeUndefined();
  expect(asked?.body.toString()).toBe('{"sku":"ä"}');
});

test('every verb reaches the server under its own name', async () => {
  await using server = await startFaulty((_, response) => void response.writeHead(204).end());
  await using api = createHttpClient({ baseURL: server.url });
  for (const verb of ['get', 'head', 'post', 'put', 'patch', 'delete', 'options'] as const) await api[verb]('/');
  await api.request('query', '/');
  expect(server.asked.map(({ method }) => method)).toEqual([
    ...['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY'],
  ]);
});

test('json, text and bytes need no await before, and a whole body can be read twice', async () => {
  await using server = await startFaulty();
  await using api = createHttpClient({ baseURL: server.url });
  expect(await api.get('/').json()).toEqual({ ok: true });
  expect(await api.get('/').text()).toBe('{"ok":true}');
  expect((await api.get('/').bytes()).length).toBe(11);
  const answer = await api.get('/');
  expect([await answer.text(), await answer.json()]).toEqual(['{"ok":true}', { ok: true }]);
  expect(answer.header('Content-Type')).toBe('application/json');
  let ended = 0;
  await api.get('/').finally(() => {
    ended += 1;
  });
  expect([ended, await api.get('relative').then(({ status }) => status)]).toEqual([1, 200]);
  expect(await createHttpClient().get(`${server.url}/absolute?x=1`, { query: 'y=2' }).json()).toEqual({ ok: true });
  expect(server.asked.at(-1)?.url).toBe('/absolute?x=1&y=2');
});

test('form, text, bytes and streams are sent as they are named', async () => {
  await using server = await startFaulty();
  await using api = createHttpClient({ baseURL: server.url });
  await api.post('/', { form: { a: '1 2', b: ['x', 'y'] } });
  await api.post('/', { body: 'plain' });
  await api.post('/', { body: new Uint8Array([1, 2]), headers: { 'content-type': 'image/png' } });
  await api.post('/', { body: () => Readable.from([Buffer.from('from '), Buffer.from('a stream')]) });
  expect(server.asked.map(({ headers, body }) => [headers['content-type'], body.toString('latin1')])).toEqual([
    ['application/x-www-form-urlencoded', 'a=1+2&b=x&b=y'],
    ['text/plain;charset=UTF-8', 'plain'],
    ['image/png', '\u0001\u0002'],
    ['application/octet-stream', 'from a stream'],
  ]);
});

test('multipart carries fields, files in memory, files on disk and forms of the platform', async () => {
  await using server = await startFaulty();
  await using api = createHttpClient({ baseURL: server.url });
  const path = join(await mkdtemp(join(tmpdir(), 'qh-http-')), 'on-disk.txt');
  await writeFile(path, 'from disk');
  await api.post('/', {
    multipart: {
      title: 'two\r\nlines "x"',
      tag: ['a', 'b'],
      left: undefined,
      memory: { name: 'a"b\n.csv', mimeType: 'text/csv', buffer: Buffer.from('x;y') },
      disk: { path },
      blob: new Blob(['blob'], { type: 'text/x' }),
    },
  });
  const form = new FormData();
  form.set('file', new File(['content'], 'f.txt'));
  await api.post('/', { multipart: form });
  const [first, second] = server.asked;
  const read = (index: number) => {
    const { body, headers } = server.asked[index]!;
    return new Response(new Uint8Array(body), { headers: { 'content-type': headers['content-type']! } }).formData();
  };
  const fields = await read(0);
  expect(fields.get('title')).toBe('two\r\nlines "x"');
  expect(fields.getAll('tag')).toEqual(['a', 'b']);
  expect([...fields.keys()]).toEqual(['title', 'tag', 'tag', 'memory', 'disk', 'blob']);
  const texts = ['memory', 'disk', 'blob'].map(async name => {
    const file = fields.get(name) as File;
    return [file.type, await file.text()];
  });
  expect(await Promise.all(texts)).toEqual([
    ['text/csv', 'x;y'],
    ['application/octet-stream', 'from disk'],
    ['text/x', 'blob'],
  ]);
  expect(first?.body.toString()).toContain('filename="a%22b%0A.csv"');
  expect(first?.headers['content-length']).toBe(String(first?.body.length));
  expect(await (fields.get('disk') as File).name).toBe('on-disk.txt');
  expect(await ((await read(1)).get('file') as File).text()).toBe('content');
  expect(second?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/);
  await expect(api.post('/', { multipart: { f: { path: '/not/there' } } })).rejects.toThrow(
    'cannot be read from /not/there',
  );
});

test('an unexpected status throws with what the server said; expectStatus and throws change what is unexpected', async () => {
  await using server = await startFaulty(json({ error: 'sold out', token: 'very-secret-value' }, 409));
  await using api = createHttpClient({ baseURL: server.url });
  const error = await api.post('/orders/{id}', { params: { id: 'x' } }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HttpStatusError);
  expect(error).toMatchObject({
    code: 'QH_HTTP_STATUS',
    status: 409,
    message: `POST ${server.url}/orders/{id} gave 409, expected 2xx: {"error":"sold out","token":"[masked]"}`,
    hint: 'Something else is there or has changed it: do two tests use the same thing',
  });
  expect(Object.keys(error as object)).not.toContain('response');
  expect(await (error as HttpStatusError).response.json()).toMatchObject({ token: 'very-secret-value' });
  expect((await api.get('/', { expectStatus: 409 })).status).toBe(409);
  expect((await api.get('/', { expectStatus: '4xx' })).status).toBe(409);
  expect((await api.get('/', { expectStatus: ['2xx', 404, 409] })).status).toBe(409);
  expect((await api.get('/', { throws: false })).status).toBe(409);
  await expect(api.get('/', { expectStatus: [200, '3xx'] })).rejects.toThrow('gave 409, expected 200 or 3xx');
});

test.each([
  [401, 'The server does not know who calls'],
  [403, 'The server knows who calls and refuses'],
  [404, 'Nothing is there'],
  [422, 'Compare what was sent'],
  [302, 'It is a redirect that was not followed'],
  [503, 'The server has failed'],
])('status %i has a hint of its own', async (status, hint) => {
  await using server = await startFaulty((_, response) => void response.writeHead(status).end('<p>busy</p>'));
  await using api = createHttpClient({ baseURL: server.url });
  await expect(api.get('/')).rejects.toMatchObject({ status, hint: expect.stringContaining(hint) });
});

test('what a server says about coming back stands in the error', async () => {
  await using server = await startFaulty(json({}, 429, { 'retry-after': '2' }));
  await using api = createHttpClient({ baseURL: server.url });
  await expect(api.get('/')).rejects.toMatchObject({
    retryAfterMs: 2_000,
    hint: expect.stringContaining('to wait 2000 ms'),
  });
});

test('a schema gives its output, and names the path and the masked value where the answer differs', async () => {
  const schema = z.object({
    items: z.array(z.object({ price: z.coerce.number().positive(), password: z.string().length(99) })),
  });
  await using server = await startFaulty(json({ items: [{ price: '1.5', password: 'p'.repeat(99) }] }));
  await using api = createHttpClient({ baseURL: server.url });
  const { items } = await api.get('/', { schema }).json();
  expect(items[0]?.price).toBe(1.5);
  server.next(json({ items: [{ price: -1, password: 'hunter2hunter2' }] }));
  const error = await api.get('/list', { schema }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: 'QH_HTTP_SCHEMA',
    problems: [
      { path: 'items[0].price', value: '-1' },
      { path: 'items[0].password', value: '"[masked]"' },
    ],
  });
  expect((error as Error).message).toContain(
    `The answer to GET ${server.url}/list is not what its schema says. items[0].price: `,
  );
  expect((error as Error).message).not.toContain('hunter2');
  server.next(json({ items: Array.from({ length: 9 }, () => ({ price: 0, password: '' })) }));
  await expect(api.get('/', { schema })).rejects.toThrow('; and 13 more');
});

test('a body that is not JSON is shown by how it begins, masked', async () => {
  await using server = await startFaulty((_, response) => void response.end('<html>?token=abcdef-very-secret'));
  await using api = createHttpClient({ baseURL: server.url });
  const error = await api
    .get('/')
    .json()
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'QH_HTTP_BODY', hint: expect.stringContaining('It is a page') });
  expect((error as Error).message).toContain('a body that begins "<html>?token=[masked]');
  expect(isQualityHubError(error) && error.cause).toBeUndefined();
  server.next((_, response) => void response.end());
  await expect(api.get('/').json()).rejects.toThrow('with an empty body, expected JSON');
});

test('wrong options are refused all at once, with what was probably meant', async () => {
  const client = (options: object) => () => createHttpClient(options);
  expect(client({ baseUrl: 'http://a', timeout: 3 })).toThrow(OptionError);
  expect(client({ baseUrl: 'http://a', timeoutMs: -1 })).toThrow(
    'HTTP client "api": there is no option "baseUrl", did you mean "baseURL"?; timeoutMs is -1, expected a number that is not negative',
  );
  expect(client({ baseURL: 'nowhere' })).toThrow('baseURL: "nowhere" is not a URL; expected https://host/path');
  expect(client({ baseURL: 'ftp://a' })).toThrow('ftp: is not spoken here');
  expect(client({ baseURL: 'http://u:p@a' })).toThrow('has a user or a password');
  expect(client({ baseURL: 'http://a/?x' })).toThrow('has a query');
  const api = createHttpClient({ baseURL: 'http://a' });
  await expect(api.get('/', { searchParams: {}, jsom: 1, redirects: -1 } as object)).rejects.toMatchObject({
    code: 'QH_OPTION',
    problems: [
      'there is no option "searchParams", did you mean "query"?',
      'there is no option "jsom", did you mean "json"?',
      'redirects is -1, expected a number that is not negative',
    ],
  });
  await expect(api.post('/', { json: {}, form: {} })).rejects.toThrow('a request has one body, not 2');
  await expect(api.post('/', { json: () => 1 })).rejects.toThrow('json is a function');
  await expect(api.post('/', { json: 1n })).rejects.toThrow('json cannot be written');
  await expect(createHttpClient().get('/x')).rejects.toThrow('is relative, and the client has no baseURL');
});

test('a call ends at its deadline, at what the test has left, and at once when it is aborted', async () => {
  await using server = await startFaulty(hang);
  await using api = createHttpClient({ baseURL: server.url, timeoutMs: 40 });
  await expect(api.get('/slow')).rejects.toMatchObject({
    code: 'QH_HTTP_TIMEOUT',
    message: `GET ${server.url}/slow had no answer within 40 ms`,
  });
  await using late = api.extend({ timeoutMs: 60_000, remainingMs: () => 30 });
  await expect(late.get('/')).rejects.toMatchObject({ timeoutMs: 30 });
  const stop = new AbortController();
  const reason = new Error('enough');
  const call = late.extend({ remainingMs: () => undefined }).get('/', { signal: stop.signal });
  const asked = server.asked.length;
  await expect.poll(() => server.asked.length).toBeGreaterThan(asked);
  stop.abort(reason);
  await expect(call).rejects.toBe(reason);
  await expect(api.get('/', { signal: stop.signal })).rejects.toBe(reason);
});

test('a broken connection is told with its code and whether anything was sent', async () => {
  await using server = await startFaulty(cut);
  const api = createHttpClient({ baseURL: server.url });
  await expect(api.post('/')).rejects.toMatchObject({
    code: 'QH_HTTP_NETWORK',
    networkCode: 'UND_ERR_SOCKET',
    unsent: false,
  });
  await server.close();
  await expect(api.post('/')).rejects.toMatchObject({
    networkCode: 'ECONNREFUSED',
    unsent: true,
    message: expect.stringContaining(`${server.url} gave no answer to POST: connect ECONNREFUSED`),
    hint: expect.stringContaining('Nothing listens there'),
  });
  await api.close();
});

test('interceptors stand around every attempt, the first outermost, and may answer themselves', async () => {
  await using server = await startFaulty();
  const order: string[] = [];
  await using api = createHttpClient({
    baseURL: server.url,
    interceptors: [
      async (request, next) => {
        order.push('first');
        return next({ ...request, headers: { ...request.headers, 'X-First': 'yes' }, url: `${request.url}?added=1` });
      },
      async (request, next) => {
        order.push(`second ${request.headers['X-First']}`);
        const answer = await next(request);
        order.push(String(answer.status));
        return answer;
      },
    ],
  });
  await api.post('/', { json: [1] });
  expect(order).toEqual(['first', 'second yes', '200']);
  expect(server.asked[0]).toMatchObject({ url: '/?added=1', headers: { 'x-first': 'yes' } });
  expect(server.asked[0]?.body.toString()).toBe('[1]');
});

test('headers of a client, and trace headers, go where they belong', async () => {
  await using home = await startFaulty();
  await using abroad = await startFaulty();
  await using api = createHttpClient({
    baseURL: home.url,
    headers: { 'x-key': 'mine' },
    headersFor: url => ({ traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`, 'X-Url': url }),
  });
  await api.get('/here?q=1');
  await api.get(`${abroad.url}/there`);
  expect(home.asked[0]?.headers).toMatchObject({ 'x-key': 'mine', 'x-url': `${home.url}/here?q=1` });
  expect(abroad.asked[0]?.headers['x-key']).toBeUndefined();
  expect(abroad.asked[0]?.headers['traceparent']).toBeDefined();
});

test('an idempotency key is the same text in the header, made or given', async () => {
  await using server = await startFaulty();
  await using api = createHttpClient({ baseURL: server.url });
  await api.post('/', { idempotencyKey: true });
  await api.post('/', { idempotencyKey: 'k-1' });
  expect(server.asked.map(({ headers }) => headers['idempotency-key'])).toEqual([
    expect.stringMatching(/^[\da-f-]{36}$/),
    'k-1',
  ]);
});

test('a stream that was given ready-made is sent once, and not again after a redirect', async () => {
  await using server = await startFaulty();
  server.next((_, response) => void response.writeHead(307, { location: '/there' }).end());
  await using api = createHttpClient({ baseURL: server.url });
  const path = join(await mkdtemp(join(tmpdir(), 'qh-http-')), 'f');
  await writeFile(path, 'once');
  await expect(api.put('/', { body: createReadStream(path) })).rejects.toMatchObject({ code: 'QH_HTTP_BODY_USED' });
  expect(readFileSync(path, 'utf8')).toBe(server.asked[0]?.body.toString());
});
