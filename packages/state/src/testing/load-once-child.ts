/** What the child processes of the cache's tests do. */
import { appendFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { openCache } from '../cache/index.ts';
import { openSqliteState } from '../drivers/sqlite.ts';

export interface AskAtOnce {
  readonly path: string;
  /** A line in it is a load. */
  readonly log: string;
  readonly askers: number;
  readonly loadMs: number;
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly startAt: number;
}

async function open(path: string) {
  const state = await openSqliteState({ path, waitMs: 20_000 });
  return { ...state, cache: await openCache({ shared: state }) };
}

export async function askAtOnce({ path, log, askers, loadMs, key, startAt }: AskAtOnce): Promise<void> {
  const { cache, store, leases } = await open(path);
  await setTimeout(Math.max(0, startAt - Date.now()));
  const load = async () => {
    appendFileSync(log, `${process.pid}\n`);
    await setTimeout(loadMs);
    return `${key} of the one load`;
  };
  const all = await Promise.all(Array.from({ length: askers }, () => cache.getOrLoad(key, load)));
  process.stdout.write(`${[...new Set(all)].join()} x${all.length}`);
  await store.close();
  await leases.close();
}

export async function holdForEver(path: string, key: string): Promise<void> {
  const { cache } = await open(path);
  await cache.getOrLoad(key, async () => {
    process.stdout.write('loading');
    await setTimeout(600_000);
  });
}
