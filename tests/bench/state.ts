/**
 * What a lease costs that nobody else wants, and how long a lock lies idle between two of 64 who wait for it.
 *
 * `pnpm bench state [--rounds N] [--calls N] [--turns N]`
 */
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorSentence, type LeaseDriver, OptionError } from '@quality-hub/protocol';
import { createMemoryLeases } from '@quality-hub/state';
import { startServers } from './db/servers.ts';
import { atMost, say, tell } from './figure.ts';
import { readNumbers } from './measure/options.ts';
import { lowerQuartile, middleHalf } from './measure/statistics.ts';
import { measureHandOver } from './state/hand-over.ts';
import { openLeases } from './state/open-leases.ts';

/** The client of Redis, as `@quality-hub/state` has it. */
interface PingClient {
  connect(): Promise<unknown>;
  sendCommand(args: string[]): Promise<unknown>;
  destroy(): void;
}

const CLIENT = '@redis/client';
const LONGEST_OVER_MEDIAN = 3;

try {
  const { rounds, calls, turns } = readNumbers(process.argv.slice(2), { rounds: 30, calls: 300, turns: 12 });
  const servers = await startServers();
  const folder = mkdtempSync(join(tmpdir(), 'qh-bench-state-'));
  try {
    const path = join(folder, 'state.db');
    const redis = JSON.stringify({ url: servers.redis, prefix: `bench-${randomUUID()}` });
    const [inMemory, inSqlite, inRedis] = [createMemoryLeases(), await openLeases(path), await openLeases(redis)];
    const ping = await pinger(servers.redis);
    const kinds = { memory: [] as number[], sqlite: [] as number[], redis: [] as number[], ping: [] as number[] };
    const overPing: number[] = [];
    // They take turns, so that what disturbs the machine disturbs all of them.
    for (let round = 0; round <= rounds; round++) {
      const memory = await micros(calls * 20, () => leaseOnce(inMemory));
      const sqlite = await micros(calls, () => leaseOnce(inSqlite));
      const before = await micros(calls, ping.send);
      const lease = await micros(calls, () => leaseOnce(inRedis));
      const after = await micros(calls, ping.send);
      if (round === 0) continue;
      kinds.memory.push(memory);
      kinds.sqlite.push(sqlite);
      kinds.redis.push(lease);
      kinds.ping.push(before, after);
      overPing.push(lease / ((before + after) / 2));
    }
    ping.close();
    for (const leases of [inMemory, inSqlite, inRedis]) await leases.close();
    const sqlite = await measureHandOver(path, turns);
    const overRedis = await measureHandOver(redis, turns);
    say(`     PING ${Math.round(lowerQuartile(kinds.ping))} µs, Redis ${Math.round(lowerQuartile(kinds.redis))} µs`);
    say(`     hand-over p95: sqlite ${sqlite.p95Ms.toFixed(1)} ms, redis ${overRedis.p95Ms.toFixed(1)} ms`);
    const starved = { unit: 'times the median wait', target: LONGEST_OVER_MEDIAN };
    tell([
      atMost('state.lease.memory', lowerQuartile(kinds.memory), { unit: 'µs', target: 5 }),
      atMost('state.lease.sqlite', lowerQuartile(kinds.sqlite), { unit: 'µs', target: 250 }),
      atMost('state.lease.redis', lowerQuartile(kinds.redis) / lowerQuartile(kinds.ping), {
        unit: 'PING',
        target: 3.5,
        noise: middleHalf(overPing),
      }),
      atMost('state.handover.sqlite', sqlite.p50Ms, { unit: 'ms', target: 15 }),
      atMost('state.handover.redis', overRedis.p50Ms, { unit: 'ms', target: 5 }),
      atMost('state.longest-wait.sqlite', sqlite.longestWait, starved),
      atMost('state.longest-wait.redis', overRedis.longestWait, starved),
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await servers.stop();
  }
} catch (error) {
  say(errorSentence(error));
  process.exitCode = error instanceof OptionError ? 2 : 1;
}

async function leaseOnce(leases: LeaseDriver): Promise<void> {
  const answer = await leases.acquire([{ name: 'alone' }], { owner: { id: 'bench' }, ttlMs: 60_000 });
  if (!answer.granted) throw new Error('somebody else wants it');
  await leases.release(answer.lease);
}

async function micros(times: number, once: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  for (let at = 0; at < times; at++) await once();
  return ((performance.now() - startMs) * 1_000) / times;
}

async function pinger(url: string): Promise<{ send: () => Promise<unknown>; close(): void }> {
  const require = createRequire(new URL('../../packages/state/package.json', import.meta.url));
  const { createClient } = require(CLIENT) as { createClient(options: { url: string }): PingClient };
  const client = createClient({ url });
  await client.connect();
  return { send: () => client.sendCommand(['PING']), close: () => client.destroy() };
}
