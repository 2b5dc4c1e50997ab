/** A server that answers with what it is told to: pages, a body and a header of choice, an echo over a web socket. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';

const HANDSHAKE = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

export interface ShopServer extends AsyncDisposable {
  readonly url: string;
}

export async function startShopServer(): Promise<ShopServer> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://shop');
    const hex = (name: string): string => Buffer.from(searchParams.get(name) ?? '', 'hex').toString();
    request.resume();
    response.setHeader('content-type', pathname === '/orders' ? 'text/plain' : 'text/html; charset=utf-8');
    if (pathname === '/answer') response.setHeader('x-receipt', hex('header')).end(hex('body'));
    else response.end(pathname === '/cookies' && request.headers.cookie ? '<p>seen</p>' : '<p>blank</p>');
  });
  const sockets = new Set<Duplex>();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
    sockets.add(socket);
    const key = createHash('sha1').update(`${request.headers['sec-websocket-key']}${HANDSHAKE}`).digest('base64');
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
    );
    const hex = new URL(request.url ?? '/', 'http://shop').searchParams.get('echo') ?? '';
    // The first frame it gets is answered, whatever it says.
    socket.once('data', () => socket.write(textFrame(Buffer.from(hex, 'hex'))));
    socket.on('error', () => undefined);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

function textFrame(text: Buffer): Buffer {
  const length =
    text.length < 126 ? Buffer.from([text.length]) : Buffer.from([126, text.length >> 8, text.length & 255]);
  return Buffer.concat([Buffer.from([0x81]), length, text]);
}
