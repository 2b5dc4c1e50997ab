/** Connects the client of Redis, to one server or to a cluster. */
import type { RedisClient } from './redis-connection.ts';
import { redisTrouble } from './redis-errors.ts';

export interface ConnectOptions {
  /** One address, or those of some nodes of the cluster. */
  readonly urls: readonly URL[];
  readonly isCluster: boolean;
  readonly connectMs: number;
  readonly ca: string | undefined;
}

/** A lost connection is made anew after 50 ms, and after at most 2 s, for as long as it takes. */
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 2_000;
const QUEUE_LENGTH = 10_000;

/** Throws what the client throws. */
export async function connectRedis(options: ConnectOptions): Promise<RedisClient> {
  const { createClient, createCluster } = await import('@redis/client');
  const deadline = performance.now() + options.connectMs;
  let isConnected = false;
  const settings = (url: URL) => ({
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    commandsQueueMaxLength: QUEUE_LENGTH,
    // Our own limit counts until the answer; the client's makes a signal for each command, which costs more than the command.
    commandOptions: { timeout: 0 },
    // What was not sent yet when a connection broke is sent over the next one.
    disableOfflineQueue: false,
    name: 'quality-hub',
    socket: {
      connectTimeout: options.connectMs,
      noDelay: true,
      ...(url.protocol === 'rediss:'
        ? { tls: true as const, ...(options.ca === undefined ? {} : { ca: options.ca }) }
        : {}),
      reconnectStrategy: (retries: number, cause: Error) => {
        // A wrong password stays wrong; and who opens a state wants to hear soon that there is none.
        if (!isConnected && (redisTrouble(cause) === 'denied' || performance.now() >= deadline)) return cause;
        const mostMs = Math.min(FIRST_RETRY_MS * 2 ** Math.min(retries, 10), LONGEST_RETRY_MS);
        return Math.ceil(mostMs * (0.5 + Math.random() / 2));
      },
    },
  });
  const first = options.urls[0] as URL;
  if (options.isCluster) {
    const cluster = createCluster({
      rootNodes: options.urls.map(url => ({ url: bare(url) })),
      defaults: settings(first),
      // Nodes that are gone are forgotten soon after a failover.
      topologyRefreshOnReconnectionAttemptStrategy: 500,
    });
    cluster.on('error', () => {});
    cluster.on('node-error', () => {});
    await cluster.connect();
    isConnected = true;
    const letGo = (): void => {
      for (const node of [...cluster.masters, ...cluster.replicas]) node.client?.unref();
    };
    letGo();
    cluster.on('node-ready', letGo);
    return {
      send: (key, args) => cluster.sendCommand(key, false, [...args]),
      subscribe: async (channel, hear) => {
        await cluster.subscribe(channel, hear);
        cluster.pubSubNode?.client?.unref();
      },
      onConnected: tell => cluster.on('node-ready', tell),
      destroy: () => cluster.destroy(),
    };
  }
  const database = Number(first.pathname.slice(1) || 0);
  const client = createClient({ url: bare(first), ...settings(first), ...(database === 0 ? {} : { database }) });
  client.on('error', () => {});
  await client.connect();
  isConnected = true;
  // A connection does not keep the process alive; a call that waits for its answer does.
  client.unref();
  return {
    send: (_, args) => client.sendCommand([...args]),
    subscribe: (channel, hear) => client.subscribe(channel, hear),
    onConnected: tell => client.on('ready', tell),
    destroy: () => client.destroy(),
  };
}

function bare(url: URL): string {
  return `${url.protocol}//${url.host}`;
}
