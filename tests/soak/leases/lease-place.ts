/** Where a history has its leases: a file, or a Redis of its own behind a proxy. One text, for child processes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LeaseDriver } from '@quality-hub/protocol';
import { openRedisState } from '@quality-hub/state/redis';
import { openSqliteState } from '@quality-hub/state/sqlite';
import { startTcpProxy, type TcpProxy } from '@quality-hub/testkit';

interface Running {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** A server of `scripts/servers`; they are plain JavaScript. */
interface Program {
  provide(places: unknown, say: (note: string) => void): Promise<{ found: object } | { missing: string }>;
  start(found: object, folder: string, log: string, again?: { port: number }): Promise<Running>;
}

export interface RedisPlace {
  /** For `openPlace`. */
  readonly place: string;
  readonly proxy: TcpProxy;
  /** Ends the server in good order and starts it again, with what it has. */
  restart(): Promise<void>;
  end(): Promise<void>;
}

/** A call is not repeated for longer. */
const TIMEOUT_MS = 2_000;
const SCRIPTS = new URL('../../../scripts/', import.meta.url);

export async function openPlace(place: string): Promise<{ readonly leases: LeaseDriver; close(): Promise<void> }> {
  const { store, leases } = place.startsWith('redis://')
    ? await openRedisState({ url: place, timeoutMs: TIMEOUT_MS })
    : await openSqliteState({ path: place, waitMs: 20_000 });
  return {
    leases,
    close: async () => {
      await leases.close();
      await store.close();
    },
  };
}

/** Undefined where there is no Redis on this machine, and none can be installed. */
export async function startRedis(): Promise<RedisPlace | undefined> {
  const { redis } = (await import(new URL('servers/redis.mjs', SCRIPTS).href)) as { redis: Program };
  const { placesOf } = (await import(new URL('setup/places.mjs', SCRIPTS).href)) as { placesOf(): { log: string } };
  const places = placesOf();
  const provided = await redis.provide(places, () => undefined);
  if ('missing' in provided) return undefined;
  const sweep = (await import(new URL('servers/sweep-leftovers.mjs', SCRIPTS).href)) as {
    readonly FOLDER_PREFIX: string;
    readonly OWNER_FILE: string;
  };
  // Where the next set-up finds a server whose owner was killed.
  const folder = mkdtempSync(join(tmpdir(), sweep.FOLDER_PREFIX));
  const start = async (again?: { port: number }): Promise<Running> => {
    const started = await redis.start(provided.found, folder, places.log, again);
    writeFileSync(join(folder, sweep.OWNER_FILE), JSON.stringify({ owner: process.pid, server: started.pid }));
    return started;
  };
  let server = await start();
  const { url } = server;
  const { hostname: host, port } = new URL(url);
  const proxy = await startTcpProxy({ host, port: Number(port) });
  return {
    place: proxy.url(url),
    proxy,
    restart: async () => {
      await server.stop();
      server = await start({ port: Number(port) });
    },
    end: async () => {
      await proxy.close();
      await server.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
