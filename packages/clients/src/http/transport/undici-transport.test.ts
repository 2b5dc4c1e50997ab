import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createHttpClient, undiciTransport } from '../../index.ts';
import { type Certificates, makeCertificates } from '../../testing/certificates.ts';
import { json, startFaulty } from '../../testing/faulty-server.ts';

const records = () => {
  const calls: import('../../index.ts').CallRecord[] = [];
  return { calls, observe: (call: import('../../index.ts').CallRecord) => void calls.push(call) };
};

test('connections are kept, counted by origin, and told with each call', async () => {
  await using server = await startFaulty();
  const { calls, observe } = records();
  await using api = createHttpClient({ baseURL: server.url, observe, connection: { connections: 1 } });
  for (let i = 0; i < 5; i++) await api.get('/');
  expect(api.statistics()).toEqual([
    expect.objectContaining({
      origin: server.url,
      requests: 5,
      opened: 1,
      reused: 4,
      waits: 0,
      failed: 0,
      open: 1,
      busy: 0,
    }),
  ]);
  expect(calls.map(({ facts }) => facts.transfer.reused)).toEqual([false, true, true, true, true]);
  expect(calls[0]?.facts.transfer.connectMs).toBeGreaterThan(0);
  expect(calls[1]?.facts.transfer.connectMs).toBeUndefined();
  expect(new Set(server.asked.map(({ connection }) => connection)).size).toBe(1);
});

test('calls beyond the pool wait for a connection, and how long is told', async () => {
  await using server = await startFaulty(async (...answer) => {
    await sleep(40);
    await json({})(...answer);
  });
  const { calls, observe } = records();
  await using api = createHttpClient({ baseURL: server.url, observe, connection: { connections: 2 } });
  await Promise.all([1, 2, 3, 4].map(() => api.get('/')));
  const [statistics] = api.statistics();
  expect(statistics).toMatchObject({ opened: 2, waits: 2 });
  expect(statistics?.waitedMs).toBeGreaterThan(60);
  expect(calls.filter(({ facts }) => facts.waits.pool > 30)).toHaveLength(2);
  expect(calls.at(-1)?.evidence().waitedMs).toBeGreaterThan(30);
});

test('warming up opens as many connections as are asked for, and says what could not be opened', async () => {
  await using server = await startFaulty();
  await using api = createHttpClient({ baseURL: server.url });
  expect(await api.warmUp(3)).toEqual({ opened: 3, failed: 0 });
  await Promise.all([1, 2, 3].map(() => api.get('/')));
  expect(api.statistics()[0]).toMatchObject({ opened: 3, reused: 3 });
  const dead = createHttpClient({ baseURL: 'http://127.0.0.1:1' });
  expect(await dead.warmUp(2)).toEqual({ opened: 0, failed: expect.any(Number) });
  expect(dead.statistics()[0]?.failed).toBeGreaterThan(0);
  await dead.close();
});

test('a name that cannot be looked up at first is looked up again: nothing was sent', async () => {
  await using server = await startFaulty();
  const waits: number[] = [];
  let lookups = 0;
  const transport = undiciTransport({
    sleep: async ms => void waits.push(ms),
    lookup: (_, __, done) => {
      lookups += 1;
      if (lookups < 3) done(Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN' }), '', 4);
      else done(null, [{ address: '127.0.0.1', family: 4 }]);
    },
  });
  await using api = createHttpClient({ baseURL: `http://shop.test:${server.port}`, transport });
  expect((await api.post('/')).status).toBe(200);
  expect([lookups, waits, server.asked.length]).toEqual([3, [50, 100], 1]);
});

test('a name that does not exist is told after three lookups', async () => {
  let lookups = 0;
  const transport = undiciTransport({
    sleep: async () => undefined,
    lookup: (_, __, done) => {
      lookups += 1;
      done(Object.assign(new Error('getaddrinfo ENOTFOUND nowhere.test'), { code: 'ENOTFOUND' }), '', 4);
    },
  });
  await using api = createHttpClient({ baseURL: 'http://nowhere.test', transport });
  await expect(api.get('/')).rejects.toMatchObject({ networkCode: 'ENOTFOUND', unsent: true });
  expect(lookups).toBe(3);
});

/** Takes requests over sockets, and may close them at the moment in which the next one is on its way. */
async function racingServer(): Promise<{
  url: string;
  sockets: Set<Socket>;
  requests: string[];
  closeOnNext: Set<Socket>;
  close(): void;
}> {
  const sockets = new Set<Socket>();
  const closeOnNext = new Set<Socket>();
  const requests: string[] = [];
  const server = createTcpServer(socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    socket.on('data', data => {
      const line = data.toString().split('\r\n', 1)[0] ?? '';
      // The server had closed it before it saw the request: the reset crosses it on the wire.
      if (closeOnNext.has(socket)) return void socket.resetAndDestroy();
      requests.push(line);
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, sockets, requests, closeOnNext, close: () => void server.close() };
}

test('a kept connection that the server closes as it is used costs a read nothing, and a write is not done twice', async () => {
  const server = await racingServer();
  const { calls, observe } = records();
  await using api = createHttpClient({ baseURL: server.url, observe, connection: { connections: 1 } });
  await api.get('/first');
  for (const socket of server.sockets) server.closeOnNext.add(socket);
  expect(await api.get('/second').text()).toBe('ok');
  expect(calls.at(-1)?.facts).toMatchObject({ outcome: 'ok', attempts: 1, transfer: { resent: 1, reused: false } });
  for (const socket of server.sockets) server.closeOnNext.add(socket);
  await expect(api.post('/third')).rejects.toMatchObject({ code: 'QH_HTTP_NETWORK', unsent: false });
  await api.get('/fourth');
  for (const socket of server.sockets) server.closeOnNext.add(socket);
  expect((await api.post('/fifth', { idempotencyKey: true })).status).toBe(200);
  expect(server.requests).toEqual([
    'GET /first HTTP/1.1',
    'GET /second HTTP/1.1',
    'GET /fourth HTTP/1.1',
    'POST /fifth HTTP/1.1',
  ]);
  server.close();
});

test('a new connection that is cut is no kept one: it is told at once', async () => {
  const server = await racingServer();
  const api = createHttpClient({ baseURL: server.url });
  server.closeOnNext.add = () => server.closeOnNext;
  server.closeOnNext.has = () => true;
  await expect(api.get('/')).rejects.toMatchObject({ networkCode: expect.stringMatching(/ECONNRESET|UND_ERR_SOCKET/) });
  expect(server.requests).toEqual([]);
  await api.close();
  server.close();
});

test('a server that closes idle connections without a word fails no call, whatever the moment', async () => {
  const server: HttpServer = createServer((request, response) => {
    response.end('ok');
    // From the first answer on: a connection that has served nothing yet is not an idle one.
    if (request.socket.listenerCount('timeout') < 2) request.socket.setTimeout(15, () => request.socket.destroy());
  });
  // No hint of how long it keeps connections: the client cannot know.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  await using api = createHttpClient({ baseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  for (let i = 0; i < 80; i++) {
    expect(await api.get('/').text()).toBe('ok');
    await sleep(i % 20);
  }
  const [statistics] = api.statistics();
  expect(statistics?.reused).toBeGreaterThan(0);
  expect(statistics?.opened).toBeGreaterThan(1);
  server.close();
});

const certificates: Certificates = makeCertificates();

test('TLS is checked against an authority that is given, and a client can prove itself with a certificate', async () => {
  const server = createTlsServer(
    {
      key: certificates.serverKey,
      cert: certificates.serverCert,
      ca: certificates.ca,
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const { subject } = (request.socket as import('node:tls').TLSSocket).getPeerCertificate();
      response.end(subject?.CN ?? 'nobody');
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseURL = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clients = [
    createHttpClient({ baseURL }),
    createHttpClient({ baseURL, connection: { tls: { ca: certificates.ca } } }),
    createHttpClient({
      baseURL,
      connection: { tls: { ca: certificates.ca, cert: certificates.clientCert, key: certificates.clientKey } },
    }),
    createHttpClient({ baseURL, connection: { tls: { verify: false }, http2: true } }),
  ] as const;
  const [blind, trusting, proven, careless] = clients;
  await expect(blind.get('/')).rejects.toMatchObject({
    code: 'QH_HTTP_NETWORK',
    unsent: true,
    hint: expect.stringContaining('tls.ca'),
  });
  expect(await trusting.get('/').text()).toBe('nobody');
  expect(await proven.get('/').text()).toBe('worker-1');
  expect(await careless.get('/').text()).toBe('nobody');
  await Promise.all(clients.map(client => client.close()));
  server.close();
});

test('a closed client says so', async () => {
  await using server = await startFaulty();
  const api = createHttpClient({ baseURL: server.url });
  await api.get('/');
  await api.close();
  await api.close();
  await expect(api.get('/')).rejects.toMatchObject({ hint: expect.stringContaining('The client was closed') });
});

test('a call that waits for a connection ends at once when it is aborted, and is never sent', async () => {
  await using server = await startFaulty();
  let release: () => void = () => undefined;
  server.next(async (...exchange) => {
    await new Promise<void>(resolve => {
      release = resolve;
    });
    await json({})(...exchange);
  });
  await using api = createHttpClient({ baseURL: server.url, connection: { connections: 1 } });
  const first = api.get('/first');
  await expect.poll(() => server.asked.length).toBe(1);
  const stop = new AbortController();
  const second = api.get('/second', { signal: stop.signal });
  const third = api.get('/third');
  await sleep(5);
  stop.abort('no error, only a word');
  await expect(second).rejects.toBe('no error, only a word');
  release();
  await Promise.all([first, third]);
  expect(server.asked.map(({ url }) => url)).toEqual(['/first', '/third']);
  expect(api.statistics()[0]).toMatchObject({ opened: 1, busy: 0, waits: 1 });
});

test('a client that nobody closes keeps no process alive', async () => {
  await using server = await startFaulty();
  const door = new URL('../../index.ts', import.meta.url).href;
  const script = `
    const { createHttpClient } = await import(${JSON.stringify(door)});
    const api = createHttpClient({ baseURL: ${JSON.stringify(server.url)}, connection: { keepAliveMs: 600_000 }, timeoutMs: 600_000 });
    await api.get('/');
    console.log('asked');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const startedAt = Date.now();
  expect(await text(child.stdout)).toBe('asked\n');
  if (child.exitCode === null) await once(child, 'exit');
  expect([child.exitCode, Date.now() - startedAt < 60_000]).toEqual([0, true]);
});
