/** One connection through the proxy: a client, the server behind it, and the faults between them. */
import { connect, type Socket } from 'node:net';
import { type Slowness, SlowPipe } from './slow-pipe.ts';

export interface ProxiedConnection {
  /** FIN to both sides. */
  cut(): void;
  /** RST to both sides. */
  reset(): void;
  freeze(): void;
  halfOpen(): void;
  slow(slowness: Slowness): void;
  normal(): void;
}

export interface RelayListener {
  up(bytes: number): void;
  down(bytes: number): void;
  /** The server did not take the connection; the client was reset. */
  refused(): void;
  ended(): void;
}

/** `client` is paused: it is read from when the server has taken the connection. */
export function relay(
  client: Socket,
  target: { readonly host: string; readonly port: number },
  listener: RelayListener,
): ProxiedConnection {
  const server = connect({ ...target, allowHalfOpen: true });
  let over = false;
  let connected = false;
  for (const socket of [client, server]) socket.setNoDelay(true);
  const up = new SlowPipe(client, server, listener.up);
  const down = new SlowPipe(server, client, listener.down);

  const end = (how: (socket: Socket) => void): void => {
    if (over) return;
    over = true;
    for (const pipe of [up, down]) pipe.close();
    for (const socket of [client, server]) how(socket);
    listener.ended();
  };
  server.on('connect', () => {
    connected = true;
    client.resume();
  });
  // A socket that broke takes the other one with it, as a reset: that is what the far side would see without a proxy.
  server.on('error', () => {
    if (!connected && !over) listener.refused();
    end(reset);
  });
  client.on('error', () => end(reset));
  server.on('close', () => end(finish));
  client.on('close', () => end(finish));

  return {
    cut: () => end(finish),
    reset: () => end(reset),
    freeze: () => {
      up.freeze();
      down.freeze();
    },
    halfOpen: () => {
      up.normal();
      down.freeze();
    },
    slow: slowness => {
      up.slow(slowness);
      down.slow(slowness);
    },
    normal: () => {
      up.normal();
      down.normal();
    },
  };
}

function reset(socket: Socket): void {
  if (!socket.destroyed) socket.resetAndDestroy();
}

function finish(socket: Socket): void {
  socket.destroySoon();
}
