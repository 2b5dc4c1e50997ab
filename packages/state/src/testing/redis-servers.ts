/** The Redis servers of the tests; each opener has a prefix of its own. */
import { randomUUID } from 'node:crypto';
import { openRedisState, type RedisState, type RedisStateOptions } from '../drivers/redis.ts';

// Passed through by turbo as `QH_*_URL`, which the linter does not read.
const { env } = process;

export interface RedisServer {
  readonly name: string;
  readonly env: string;
  readonly url: string | undefined;
}

export const redisServers: readonly RedisServer[] = [
  { name: 'redis', env: 'QH_REDIS_URL', url: env['QH_REDIS_URL'] },
  { name: 'redis cluster', env: 'QH_REDIS_CLUSTER_URL', url: env['QH_REDIS_CLUSTER_URL'] },
];

/** A state that nobody else has. */
export function openEmptyRedis(url: string, options: Partial<RedisStateOptions> = {}): Promise<RedisState> {
  return openRedisState({ url, prefix: `test-${randomUUID()}`, timeoutMs: 20_000, ...options });
}

/** One text for child processes: address and prefix. */
export function redisLocation(url: string): string {
  return JSON.stringify({ url, prefix: `test-${randomUUID()}`, timeoutMs: 20_000 });
}
