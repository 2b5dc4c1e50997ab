/** A real TCP proxy that breaks connections in the ways networks do, for one connection or for all. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type ProxiedConnection, relay } from './relay.ts';
import type { Slowness } from './slow-pipe.ts';

export interface ProxyCounts {
  /** Connections that clients have made. */
  readonly accepted: number;
  /** Connections that the server behind did not take. */
  readonly refused: number;
  /** Connections that are open now. */
  readonly open: number;
  /** Bytes that have reached the server. */
  readonly bytesUp: number;
  /** Bytes that have reached clients. */
  readonly bytesDown: number;
}

/** Faults stay until `normal()`; those that end a connection are over at once. New connections get the lasting ones too. */
export interface TcpProxy extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  /** Where it leads; may be changed while it runs: a server that came back on another port. */
  target: { readonly host: string; readonly port: number };
  /** Open connections, the oldest first. */
  connections(): readonly ProxiedConnection[];
  counts(): ProxyCounts;
  /** Ends every connection in good order (FIN to both sides). Returns how many there were. */
  cut(): number;
  /** Ends every connection with a reset (RST to both sides). Returns how many there were. */
  reset(): number;
  /** Bytes stop, connections stay: a firewall that forgot them, a machine that hangs. */
  freeze(): void;
  /** The server hears and answers, the client hears nothing of it: a link that is broken in one direction. */
  halfOpen(): void;
  /** Bytes are late, and few at a time. */
  slow(slowness: Slowness): void;
  /** New connections are turned away: nobody listens on the port. Open ones stay. */
  refuse(): Promise<void>;
  /** Everything flows again, also what was held back. */
  normal(): Promise<void>;
  /** The address of the server with the proxy's host and port in it. */
  url(original: string): string;
  close(): Promise<void>;
}

/** Starts on a free port of the loopback. Use it with `await using`. */
export async function startTcpProxy(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const proxy = new RunningProxy(target);
  await proxy.listen();
  return proxy;
}

class RunningProxy implements TcpProxy {
  readonly host = '127.0.0.1';
  port = 0;
  target: { readonly host: string; readonly port: number };
  readonly #open = new Set<ProxiedConnection>();
  #server: Server | undefined;
  #lasting: ((connection: ProxiedConnection) => void) | undefined;
  #accepted = 0;
  #refused = 0;
  #bytesUp = 0;
  #bytesDown = 0;

  constructor(target: { readonly host: string; readonly port: number }) {
    this.target = target;
  }

  async listen(): Promise<void> {
    if (this.#server) return;
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, client => this.#accept(client));
    server.listen(this.port, this.host);
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  connections(): readonly ProxiedConnection[] {
    return [...this.#open];
  }

  counts(): ProxyCounts {
    return {
      accepted: this.#accepted,
      refused: this.#refused,
      open: this.#open.size,
      bytesUp: this.#bytesUp,
      bytesDown: this.#bytesDown,
    };
  }

  cut(): number {
    return this.#each(connection => connection.cut());
  }

  reset(): number {
    return this.#each(connection => connection.reset());
  }

  freeze(): void {
    this.#last(connection => connection.freeze());
  }

  halfOpen(): void {
    this.#last(connection => connection.halfOpen());
  }

  slow(slowness: Slowness): void {
    this.#last(connection => connection.slow(slowness));
  }

  /** A closed listener is what makes the system answer a connect with "refused". */
  async refuse(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    // `close` calls back when the last connection has ended; the port is free at once.
    server.close();
  }

  async normal(): Promise<void> {
    this.#lasting = undefined;
    this.#each(connection => connection.normal());
    await this.listen();
  }

  url(original: string): string {
    const url = new URL(original);
    url.hostname = this.host;
    url.port = String(this.port);
    return url.href;
  }

  async close(): Promise<void> {
    await this.refuse();
    this.reset();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #accept(client: Socket): void {
    if (!this.#server) {
      // It was in the queue of the system when the port was closed.
      this.#refused++;
      client.resetAndDestroy();
      return;
    }
    this.#accepted++;
    const connection = relay(client, this.target, {
      up: bytes => {
        this.#bytesUp += bytes;
      },
      down: bytes => {
        this.#bytesDown += bytes;
      },
      refused: () => {
        this.#refused++;
      },
      ended: () => this.#open.delete(connection),
    });
    this.#open.add(connection);
    this.#lasting?.(connection);
  }

  #last(fault: (connection: ProxiedConnection) => void): void {
    this.#lasting = fault;
    this.#each(fault);
  }

  #each(fault: (connection: ProxiedConnection) => void): number {
    const all = [...this.#open];
    for (const connection of all) fault(connection);
    return all.length;
  }
}
