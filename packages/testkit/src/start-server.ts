/** A real HTTP server for one test: a free port on the loopback, closed for good at the end. */
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LocalServer extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  /** Ends open connections too, so that nothing keeps the process alive. Safe to call twice. */
  close(): Promise<void>;
}

/** Use it with `await using`. A handler that throws or rejects answers 500 with the error's message. */
export async function startServer(
  handler: (...args: Parameters<RequestListener>) => void | Promise<void>,
): Promise<LocalServer> {
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => handler(request, response);
    answer().catch((error: unknown) => {
      if (!response.headersSent) response.statusCode = 500;
      response.end(error instanceof Error ? error.message : String(error));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${port}`, port, server, close, [Symbol.asyncDispose]: close };
}
