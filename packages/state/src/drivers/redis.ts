/** The state of many machines: Redis 6.2 or newer, or Valkey; one server or a cluster. */
import { type KeyValueDriver, type LeaseDriver, OptionError } from '@quality-hub/protocol';
import { connectRedis } from './redis/redis-client.ts';
import { RedisConnection } from './redis/redis-connection.ts';
import { connectError } from './redis/redis-errors.ts';
import { RedisLeases } from './redis/redis-leases.ts';
import { RedisStore } from './redis/redis-store.ts';
import { checkServer } from './redis/server-facts.ts';

const PREFIX = 'quality-hub';
const TIMEOUT_MS = 5_000;
const MOST_CALLS = 10_000;

export interface RedisStateOptions {
  /** `redis://user:password@host:6379/0`, `rediss://` with TLS; some nodes of a cluster with commas between them. */
  readonly url: string;
  /** Before the name of every key: so several suites share a server. @default 'quality-hub' */
  readonly prefix?: string;
  /** The addresses are those of a cluster. @default where there are several addresses */
  readonly cluster?: boolean;
  /** Longest time for connecting, and for a call with all its repetitions, in milliseconds. @default 5000 */
  readonly timeoutMs?: number;
  /** The authority that has signed the server's certificate, as PEM. @default those that Node knows */
  readonly ca?: string;
  /** For tests, which all have to use the same. @default the clock of the server */
  readonly now?: () => number;
}

/** Both parts of one connection; it ends when both are closed. */
export interface RedisState {
  readonly store: KeyValueDriver;
  readonly leases: LeaseDriver;
}

/**
 * Connects the state of many machines.
 *
 * Every call is one script on the server, so it happens wholly or not at all. A call whose connection breaks is repeated over
 * the next one, until `timeoutMs` is over; what is repeated is not done twice. All times are the server's.
 *
 * @throws {StateError} `QH_STATE_OPEN`, `QH_STATE_DENIED`, `QH_STATE_UNSUPPORTED`. @throws {OptionError} (`QH_OPTION`)
 */
export async function openRedisState(options: RedisStateOptions): Promise<RedisState> {
  const { prefix = PREFIX, timeoutMs = TIMEOUT_MS, now } = options;
  const urls = addressesOf(options);
  const where = urls.map(({ host }) => host).join(', ');
  const cluster = options.cluster ?? urls.length > 1;
  const connect = () => connectRedis({ urls, isCluster: cluster, connectMs: timeoutMs, ca: options.ca });
  const client = await connect().catch(error => {
    throw connectError(where, error, { isTls: urls[0]?.protocol === 'rediss:' });
  });
  // One hash tag: all keys of a state are in one slot of a cluster, as scripts need them.
  const base = `{${prefix}}:`;
  const connection = new RedisConnection(client, { where, base, timeoutMs, mostCalls: MOST_CALLS, connect });
  try {
    const durability = await checkServer(connection);
    const clock = () => (now === undefined ? '' : String(now()));
    return {
      store: new RedisStore(connection, durability, clock),
      leases: new RedisLeases(connection, durability, clock),
    };
  } catch (error) {
    client.destroy();
    throw error;
  }
}

function addressesOf({ url, prefix = PREFIX, timeoutMs = TIMEOUT_MS }: RedisStateOptions): readonly URL[] {
  const problems: string[] = [];
  const urls = url.split(',').flatMap(text => {
    const trimmed = text.trim();
    const parsed = URL.canParse(trimmed) ? new URL(trimmed) : undefined;
    if (parsed && /^rediss?:$/.test(parsed.protocol) && parsed.hostname !== '') return [parsed];
    // Not the text itself: it may hold a password.
    problems.push(`an address is ${parsed ? `one of ${parsed.protocol}` : 'none'}, expected redis://host:port`);
    return [];
  });
  if (!/^[^{}\s\p{Cc}]{1,64}$/u.test(prefix)) {
    problems.push(`prefix is ${JSON.stringify(prefix)}, expected 1 to 64 characters without spaces and braces`);
  }
  if (!(timeoutMs > 0 && timeoutMs < 2 ** 31))
    problems.push(`timeoutMs is ${timeoutMs}, expected milliseconds above 0`);
  if (problems.length > 0) throw new OptionError('state', problems);
  return urls;
}
