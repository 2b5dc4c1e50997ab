/** A Redis server that only this test knows, and that may be stopped and started again with its data. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

interface Started {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** A server of `scripts/servers`; they are plain JavaScript. */
interface Program {
  provide(places: unknown, say: (note: string) => void): Promise<{ found: { folder: string } } | { missing: string }>;
  start(found: object, folder: string, log: string, again?: { port: number }): Promise<Started>;
}

export interface OwnRedis {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
  /** On its port, with what it had written. */
  start(): Promise<void>;
}

const SCRIPTS = new URL('../../../../scripts/', import.meta.url);

export async function startOwnRedis(): Promise<OwnRedis> {
  const { redis } = (await import(new URL('servers/redis.mjs', SCRIPTS).href)) as { redis: Program };
  const { placesOf } = (await import(new URL('setup/places.mjs', SCRIPTS).href)) as { placesOf(): { log: string } };
  const sweep = (await import(new URL('servers/sweep-leftovers.mjs', SCRIPTS).href)) as {
    readonly FOLDER_PREFIX: string;
    readonly OWNER_FILE: string;
  };
  const places = placesOf();
  const provided = await redis.provide(places, () => undefined);
  if ('missing' in provided) throw new Error(provided.missing);
  const folder = mkdtempSync(join(tmpdir(), sweep.FOLDER_PREFIX));
  const start = async (again?: { port: number }): Promise<Started> => {
    const started = await redis.start(provided.found, folder, places.log, again);
    writeFileSync(join(folder, sweep.OWNER_FILE), JSON.stringify({ owner: process.pid, server: started.pid }));
    return started;
  };
  let running = await start();
  onTestFinished(async () => {
    await running.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const { port, hostname } = new URL(running.url);
  return {
    url: running.url,
    host: hostname,
    port: Number(port),
    get pid() {
      return running.pid;
    },
    stop: () => running.stop(),
    start: async () => {
      running = await start({ port: Number(port) });
    },
  };
}
