/**
 * What a value costs that is cached already, and how often one is loaded that many ask for.
 *
 * `pnpm bench cache [--rounds N] [--reads N] [--processes N] [--asks N]`
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { errorSentence, OptionError } from '@quality-hub/protocol';
import { type Cache, openCache } from '@quality-hub/state/cache';
import { openSqliteState } from '@quality-hub/state/sqlite';
import { atMost, type Figure, say, tell } from './figure.ts';
import { readNumbers } from './measure/options.ts';
import { lowerQuartile } from './measure/statistics.ts';

const KEYS = 2_000;
const CHILD = fileURLToPath(new URL('./cache/ask-child.ts', import.meta.url));

try {
  const { rounds, reads, processes, asks } = readNumbers(process.argv.slice(2), {
    rounds: 40,
    reads: 500_000,
    processes: 8,
    asks: 125,
  });
  tell([...(await memoryFigures(rounds, reads)), ...(await sharedFigures(reads)), await loadFigure(processes, asks)]);
} catch (error) {
  say(errorSentence(error));
  process.exitCode = error instanceof OptionError ? 2 : 1;
}

/** Side by side in each round: both see the same machine. */
async function memoryFigures(rounds: number, reads: number): Promise<readonly Figure[]> {
  const keys = Array.from({ length: KEYS }, (_, index) => `customer/${index}`);
  const map = new Map(keys.map(key => [key, { key }]));
  const cache = (await openCache()).namespace('bench');
  for (const key of keys) await cache.set(key, { key }, { ttlMs: 3_600_000 });
  const load = (): never => {
    throw new Error('it is there');
  };
  const bare: number[] = [];
  const hit: number[] = [];
  const bareAwaited: number[] = [];
  const hitAwaited: number[] = [];
  for (let round = 0; round < rounds; round++) {
    // A turn of the event loop: the clock of the cache is looked at in each.
    await new Promise(resolve => setImmediate(resolve));
    bare.push(readMap(map, keys, reads));
    hit.push(readCache(cache, keys, reads));
    const few = Math.ceil(reads / 10);
    bareAwaited.push(await perAwait(few, async index => map.get(keys[index % KEYS] as string)));
    hitAwaited.push(await perAwait(few, index => cache.getOrLoad(keys[index % KEYS] as string, load)));
  }
  const [map1, hit1, map2, hit2] = [bare, hit, bareAwaited, hitAwaited].map(lowerQuartile) as [
    number,
    number,
    number,
    number,
  ];
  say(
    `a hit takes ${hit1.toFixed(1)} ns where Map.get takes ${map1.toFixed(1)}; with a promise ${hit2.toFixed(0)} ns where an async function over a Map takes ${map2.toFixed(0)}`,
  );
  return [
    atMost('cache.hit', hit1 / map1, { unit: 'times Map.get (peek)', target: 3 }),
    atMost('cache.hit-awaited', hit2 / map2, { unit: 'times an async function over a Map (getOrLoad)', target: 5 }),
  ];
}

/** Two loops of their own, so that neither is measured as what the other has made of a shared one. */
function readMap(map: ReadonlyMap<string, object>, keys: readonly string[], reads: number): number {
  let found = 0;
  const startMs = performance.now();
  for (let index = 0; index < reads; index++) if (map.get(keys[index % KEYS] as string) !== undefined) found++;
  return nanosOf(startMs, reads, found);
}

function readCache(cache: Cache, keys: readonly string[], reads: number): number {
  let found = 0;
  const startMs = performance.now();
  for (let index = 0; index < reads; index++) if (cache.peek(keys[index % KEYS] as string) !== undefined) found++;
  return nanosOf(startMs, reads, found);
}

function nanosOf(startMs: number, reads: number, found: number): number {
  const nanos = ((performance.now() - startMs) * 1_000_000) / reads;
  if (found !== reads) throw new Error(`${reads - found} of ${reads} were not found`);
  return nanos;
}

async function perAwait(reads: number, read: (index: number) => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  for (let index = 0; index < reads; index++) await read(index);
  return ((performance.now() - startMs) * 1_000_000) / reads;
}

/** What the next run finds in the file. */
async function sharedFigures(reads: number): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'qh-bench-cache-'));
  try {
    const { store, leases } = await openSqliteState({ path: join(folder, 'cache.db') });
    const rows = Array.from({ length: 5_000 }, (_, id) => ({ id, name: `customer ${id}`, city: 'Lyon' }));
    const first = await openCache({ shared: { store } });
    const count = Math.max(1, Math.round(reads / 2_500));
    for (let index = 0; index < count; index++) await first.set(`small/${index}`, { index });
    await first.set('rows', rows);
    const small: number[] = [];
    const large: number[] = [];
    for (let round = 0; round < 5; round++) {
      const next = await openCache({ shared: { store } });
      const startMs = performance.now();
      for (let index = 0; index < count; index++) await next.get(`small/${index}`);
      small.push(((performance.now() - startMs) * 1_000) / count);
      const largeMs = performance.now();
      if ((await next.get<unknown[]>('rows'))?.length !== rows.length) throw new Error('other rows');
      large.push(performance.now() - largeMs);
    }
    const { sharedBytesWritten } = first.statistics();
    say(
      `5,000 rows from the file: ${lowerQuartile(large).toFixed(1)} ms; ${sharedBytesWritten} characters are kept for ${JSON.stringify(rows).length}`,
    );
    await store.close();
    await leases.close();
    return [
      atMost('cache.shared-hit', lowerQuartile(small), {
        unit: 'µs (first read of a small value, sqlite)',
        target: 250,
      }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function loadFigure(processes: number, asks: number): Promise<Figure> {
  const folder = mkdtempSync(join(tmpdir(), 'qh-bench-cache-'));
  try {
    const path = join(folder, 'state.db');
    const startAt = Date.now() + 3_000;
    const all = await Promise.all(
      Array.from({ length: processes }, async () => {
        const { stdout } = await promisify(execFile)(process.execPath, [CHILD, path, String(asks), String(startAt)]);
        return JSON.parse(stdout) as { loads: number; misses: number; ms: number };
      }),
    );
    const misses = all.reduce((sum, one) => sum + one.misses, 0);
    const loads = all.reduce((sum, one) => sum + one.loads, 0);
    say(`a load of 200 ms was had by all after ${Math.max(...all.map(({ ms }) => ms)).toFixed(0)} ms`);
    return atMost('cache.loads', loads, { unit: `loads for ${misses} misses in ${processes} processes`, target: 1 });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
