/** Lets a client of Vault use its verb `LIST`, which Node's HTTP server refuses before anybody sees it. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Front {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Passes all bytes on to a server on the loopback, and writes `LIST /path` as `GET /path?list=true`, which means the same to
 * Vault. A request begins a piece of its own: clients wait for an answer before they ask again.
 */
export async function acceptListVerb(target: string): Promise<Front> {
  const { port, hostname } = new URL(target);
  const open = new Set<Socket>();
  const server = createServer(client => {
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.once('close', () => {
        open.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', piece => upstream.write(asGet(piece)));
    upstream.pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

function asGet(piece: Buffer): Buffer {
  if (!piece.subarray(0, 5).equals(Buffer.from('LIST '))) return piece;
  const text = piece
    .toString('latin1')
    .replace(
      /^LIST (\S+?)(\?\S*)? /,
      (_, path, query) => `GET ${path}${query === undefined ? '?' : `${query}&`}list=true `,
    );
  return Buffer.from(text, 'latin1');
}
