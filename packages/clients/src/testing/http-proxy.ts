/** A real HTTP proxy: passes requests on, opens tunnels, and writes down what went through. */
import { request as ask, createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

export interface HttpProxy extends AsyncDisposable {
  readonly url: string;
  /** `GET http://host/path`, `CONNECT host:port`, each with the credentials that came. */
  readonly seen: readonly string[];
}

export async function startHttpProxy({ token }: { readonly token?: string } = {}): Promise<HttpProxy> {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const isRefused = (headers: IncomingHttpHeaders): boolean =>
    token !== undefined && headers['proxy-authorization'] !== token;
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    if (isRefused(request.headers)) return void response.writeHead(407).end();
    const { 'proxy-authorization': _, ...headers } = request.headers;
    const onward = ask(request.url ?? '', { method: request.method ?? 'GET', headers }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  });
  server.on('connect', (request, socket: Socket) => {
    seen.push(`CONNECT ${request.url}`);
    if (isRefused(request.headers)) return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const [host, port] = (request.url ?? '').split(':');
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    for (const one of [socket, onward]) {
      sockets.add(one);
      one.on('error', () => undefined);
    }
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
