import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

let heard: string[];
let serverSide: Socket[];
let port: number;
let stop: () => Promise<void>;
let proxy: TcpProxy;

beforeEach(async () => {
  heard = [];
  serverSide = [];
  const server = createServer({ allowHalfOpen: true }, socket => {
    serverSide.push(socket);
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.on('data', bytes => {
      heard.push(bytes.toString());
      socket.write(`echo ${bytes}`);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  stop = async () => {
    for (const socket of serverSide) socket.destroy();
    server.close();
  };
  proxy = await startTcpProxy({ host: '127.0.0.1', port });
});

afterEach(async () => {
  await proxy.close();
  await stop();
});

async function client(): Promise<Socket> {
  const socket = connect(proxy.port, proxy.host);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** `once` would reject on the error that comes before. */
function closed(socket: Socket): Promise<unknown> {
  return new Promise(resolve => socket.once('close', resolve));
}

async function ask(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [bytes] = await once(socket, 'data');
  return String(bytes);
}

test('bytes go both ways and are counted, and an end goes on to the other side', async () => {
  const socket = await client();
  expect(await ask(socket, 'hello')).toBe('echo hello');
  expect(proxy.counts()).toEqual({ accepted: 1, refused: 0, open: 1, bytesUp: 5, bytesDown: 10 });
  const ended = closed(socket);
  socket.end();
  await ended;
  await expect.poll(() => proxy.counts().open).toBe(0);
});

test('cut ends connections in good order', async () => {
  const socket = await client();
  await ask(socket, 'a');
  const ended = once(socket, 'end');
  expect(proxy.cut()).toBe(1);
  await ended;
  expect(proxy.counts().open).toBe(0);
});

test('reset is an ECONNRESET on both sides', async () => {
  const socket = await client();
  await ask(socket, 'a');
  const atServer = closed(serverSide[0]!);
  const failed = new Promise(resolve => socket.once('error', resolve));
  proxy.reset();
  expect(await failed).toMatchObject({ code: 'ECONNRESET' });
  await atServer;
});

test('one connection can be broken and the others live', async () => {
  const [first, second] = [await client(), await client()];
  await ask(first, 'a');
  await ask(second, 'b');
  const ended = closed(first);
  proxy.connections()[0]?.reset();
  await ended;
  expect(await ask(second, 'c')).toBe('echo c');
});

test('freeze holds bytes back in both directions, for new connections too, until all is normal', async () => {
  const socket = await client();
  await ask(socket, 'a');
  proxy.freeze();
  const late = await client();
  const answers = Promise.all([ask(socket, 'b'), ask(late, 'c')]);
  await sleep(50);
  expect(heard).toEqual(['a']);
  await proxy.normal();
  expect(await answers).toEqual(['echo b', 'echo c']);
});

test('half-open: the server hears, the client does not', async () => {
  const socket = await client();
  await ask(socket, 'a');
  proxy.halfOpen();
  const answer = ask(socket, 'b');
  await expect.poll(() => heard).toEqual(['a', 'b']);
  await sleep(50);
  expect(proxy.counts().bytesDown).toBe('echo a'.length);
  await proxy.normal();
  expect(await answer).toBe('echo b');
});

test('slow: bytes are late, and few at a time', async () => {
  const socket = await client();
  await ask(socket, 'a');
  proxy.slow({ latencyMs: 60 });
  let startedMs = performance.now();
  await ask(socket, 'b');
  // Late on the way there and on the way back.
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(115);
  proxy.slow({ bytesPerSecond: 10_000 });
  startedMs = performance.now();
  socket.write('x'.repeat(3_000));
  await expect.poll(() => heard.join('').length, { interval: 5 }).toBe(3_002);
  expect(performance.now() - startedMs).toBeGreaterThanOrEqual(200);
});

test('refuse turns new connections away, leaves open ones, and normal listens on the same port again', async () => {
  const socket = await client();
  await ask(socket, 'a');
  const before = proxy.port;
  await proxy.refuse();
  await expect(client()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  expect(await ask(socket, 'b')).toBe('echo b');
  await proxy.normal();
  expect(proxy.port).toBe(before);
  expect(await ask(await client(), 'c')).toBe('echo c');
});

test('a server that is not there resets the client and is counted; the target may be changed', async () => {
  await stop();
  const before = proxy.target;
  proxy.target = { host: '127.0.0.1', port: 1 };
  const socket = connect(proxy.port, proxy.host);
  const [error] = await once(socket, 'error');
  expect(error).toMatchObject({ code: 'ECONNRESET' });
  expect(proxy.counts().refused).toBe(1);
  expect(before.port).toBe(port);
});

test('the url of a server gets the place of the proxy', () => {
  expect(proxy.url('postgres://ann:secret@db.example:5432/shop?x=1')).toBe(
    `postgres://ann:secret@127.0.0.1:${proxy.port}/shop?x=1`,
  );
});
