/** A server for suites under test: it shows the headers a page came with, and it fails where it is asked to. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EchoServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** `/` is a page with its `traceparent` in it, `/headers` answers its headers as JSON, `/broken` answers 503. */
export async function openEchoServer(): Promise<EchoServer> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    if (path === '/broken') return response.writeHead(503).end('out of order');
    if (path === '/headers') {
      return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(request.headers));
    }
    const page = `<!doctype html><title>Echo</title><output>${request.headers.traceparent ?? 'none'}</output>`;
    return response.writeHead(200, { 'content-type': 'text/html' }).end(page);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
