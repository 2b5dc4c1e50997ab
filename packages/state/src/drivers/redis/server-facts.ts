/** What the server says about itself: a state is only kept where it is not thrown away behind our back. */
import type { Durability } from '@quality-hub/protocol';
import { StateError } from '../../errors.ts';
import { luaScript } from './lua-script.ts';
import type { RedisConnection } from './redis-connection.ts';

/** From within a script, so that in a cluster the node answers that has our keys. */
const INFO = luaScript(`
return redis.call('INFO', 'server') .. redis.call('INFO', 'memory') .. redis.call('INFO', 'persistence')`);

const OLDEST = [6, 2] as const;

/**
 * How long a written value survives: `machine` where the server writes a log of its own (AOF); what it wrote in the last second
 * may be lost with `appendfsync everysec`.
 *
 * @throws {StateError} (`QH_STATE_UNSUPPORTED`) where the server is too old, or removes keys of its own choice when it is full.
 */
export async function checkServer(connection: RedisConnection): Promise<Durability> {
  const { reply } = await connection.run(INFO, ['']);
  const facts = new Map(
    String(reply)
      .split(/\r?\n/)
      .map(line => line.split(/:(.*)/s) as [string, string]),
  );
  const version = facts.get('valkey_version') ?? facts.get('redis_version') ?? '';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    throw new StateError(
      'QH_STATE_UNSUPPORTED',
      `Redis on ${connection.where} is version ${version || 'unknown'}, expected ${OLDEST.join('.')} or newer`,
      'Update the server, or use state: { kind: "sqlite" }',
    );
  }
  const policy = facts.get('maxmemory_policy') ?? '';
  if (facts.get('maxmemory') !== '0' && policy.startsWith('allkeys-')) {
    throw new StateError(
      'QH_STATE_UNSUPPORTED',
      `Redis on ${connection.where} removes keys when its memory is full (maxmemory-policy ${policy}): a lease could vanish, and have two holders`,
      'Set its maxmemory-policy to noeviction, or give Quality Hub a server of its own',
    );
  }
  return facts.get('aof_enabled') === '1' ? 'machine' : 'process';
}
