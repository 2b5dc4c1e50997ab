/** An undici agent whose connections are counted by origin, and which tells every request about its own. */
import { performance } from 'node:perf_hooks';
import type { Agent, Client, Dispatcher, Pool } from 'undici';
import type { Passenger } from './buffered-exchange.ts';
import { proxyFor } from './choose-proxy.ts';
import { type Connection, newCounts, type OriginCounts } from './connection-counts.ts';

export interface ConnectionOptions {
  /** Connections to one origin at a time; more calls wait for one. @default 64 */
  readonly connections?: number;
  /** Longest time to connect, in milliseconds. @default 10_000 */
  readonly connectTimeoutMs?: number;
  /** An idle connection is closed after this, in milliseconds; a server's own `Keep-Alive: timeout` goes first. @default 4_000 */
  readonly keepAliveMs?: number;
  /** HTTP/2 where the server offers it. @default false */
  readonly http2?: boolean;
  /** Looks a host's address up. @default the system's */
  readonly lookup?: LookupFunction;
  readonly tls?: TlsOptions;
  /**
   * The proxy that carries all requests, `http://user:password@proxy:3128`; `false` uses none.
   * @default `HTTPS_PROXY` and `HTTP_PROXY`, but not for hosts in `NO_PROXY` and for this machine itself
   */
  readonly proxy?: string | URL | false;
}

/** Certificates and trust. With `cert` and `key` the client proves itself: mTLS. */
export interface TlsOptions {
  readonly ca?: string | Buffer | readonly (string | Buffer)[];
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  /** Certificate and key in one file, instead of `cert` and `key`. */
  readonly pfx?: Buffer;
  readonly passphrase?: string;
  /** The name that the server's certificate must have. @default the host */
  readonly servername?: string;
  /** False takes any certificate: for tests against a server that has made its own. @default true */
  readonly verify?: boolean;
}

export type LookupFunction = NonNullable<import('node:net').TcpSocketConnectOpts['lookup']>;

export interface CountingAgent {
  readonly agent: Dispatcher;
  /** Most connections to one origin. */
  readonly connections: number;
  readonly counts: ReadonlyMap<string, OriginCounts>;
  countsOf(origin: string): OriginCounts;
}

type Connect = (options: never, callback: (...result: [Error, null] | [null, never]) => void) => unknown;

/** Loads undici, which takes some 40 ms: on the first call, not with the client. */
export async function openAgent(options: ConnectionOptions): Promise<CountingAgent> {
  const undici = await import('undici');
  const counts = new Map<string, OriginCounts>();
  const countsOf = (origin: string): OriginCounts => {
    const found = counts.get(origin) ?? newCounts(origin);
    counts.set(origin, found);
    return found;
  };

  class CountingClient extends undici.Client {
    readonly #connection: Connection;

    constructor(origin: string | URL, settings: Client.Options, connection: Connection) {
      super(origin, settings);
      this.#connection = connection;
    }

    override dispatch(request: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
      const { passenger } = request as { passenger?: Passenger };
      // Undici would begin it only to abort it, and end the connection with it.
      if (passenger?.abandoned) return true;
      if (passenger !== undefined) passenger.connection = this.#connection;
      return super.dispatch(request, handler);
    }
  }

  const newClient = (origin: URL, settings: object): Client => {
    const connection: Connection = { counts: countsOf(originText(origin)), served: 0, connectMs: undefined };
    // The pool has made the connector by now; ours only looks at what it does.
    const { connect } = settings as { connect: Connect };
    return new CountingClient(
      origin,
      { ...settings, connect: counted(connect, connection) } as Client.Options,
      connection,
    );
  };
  const { connections = 64 } = options;
  const pooled = {
    connections,
    connectTimeout: options.connectTimeoutMs ?? 10_000,
    keepAliveTimeout: options.keepAliveMs ?? 4_000,
    allowH2: options.http2 ?? false,
  };
  const proxy = proxyFor(options.proxy, process.env);
  // Through a proxy some pools are made without the settings of the agent.
  const factory: Agent.Options['factory'] = (origin, settings) =>
    new undici.Pool(origin, { ...(proxy && pooled), ...(settings as Pool.Options), factory: newClient });
  const connect = connectorOptions(options);
  const agent =
    proxy === undefined
      ? new undici.Agent({ ...pooled, connect, factory })
      : new undici.EnvHttpProxyAgent({
          ...pooled,
          ...proxy,
          connect,
          ...(options.tls && { requestTls: connect }),
          factory,
        });
  return { agent, connections, counts, countsOf };
}

function counted(connect: Connect, connection: Connection): Connect {
  return (options, callback) => {
    const startedAt = performance.now();
    return connect(options, (...result) => {
      const [error, socket] = result;
      if (error !== null) connection.counts.failed += 1;
      else {
        connection.counts.opened += 1;
        connection.served = 0;
        connection.connectMs = performance.now() - startedAt;
        (socket as import('node:net').Socket).once('close', () => {
          connection.counts.closed += 1;
        });
      }
      callback(...result);
    });
  };
}

function connectorOptions({ lookup, tls }: ConnectionOptions): object {
  const { verify, ...certificates } = tls ?? {};
  return {
    ...certificates,
    ...(verify === undefined ? {} : { rejectUnauthorized: verify }),
    ...(lookup === undefined ? {} : { lookup }),
  };
}

function originText(origin: URL): string {
  return `${origin.protocol}//${origin.host}`;
}
