/** The key-value store in Redis: every call is one script. */
import { randomUUID } from 'node:crypto';
import type { Durability, KeyedValue, KeyValueDriver, SetOptions, StoredValue } from '@quality-hub/protocol';
import { checkEntry, checkKey, checkPrefix } from '../../entry-rules.ts';
import { closedError } from '../../errors.ts';
import type { RedisConnection } from './redis-connection.ts';
import { DELETE, GET, LIST, SET } from './store-scripts.ts';

export class RedisStore implements KeyValueDriver {
  readonly shared = true;
  readonly durability: Durability;
  readonly #connection: RedisConnection;
  readonly #letGo: () => Promise<void>;
  readonly #now: () => string;
  #isClosed = false;

  constructor(connection: RedisConnection, durability: Durability, now: () => string) {
    this.#connection = connection;
    this.durability = durability;
    this.#letGo = connection.use();
    this.#now = now;
  }

  async get(key: string): Promise<StoredValue | undefined> {
    checkKey(key);
    const found = (await this.#open().run(GET, [this.#now(), key])).reply as readonly [string, string] | null;
    return found === null ? undefined : { value: found[0], version: Number(found[1]) };
  }

  async set(key: string, value: string, options: SetOptions = {}): Promise<number | undefined> {
    checkEntry(key, value, options);
    const { ttlMs, ifVersion } = options;
    const lifetime = ttlMs === undefined ? '' : String(Math.ceil(ttlMs));
    const args = [this.#now(), key, value, lifetime, String(ifVersion ?? ''), randomUUID()];
    const version = (await this.#open().run(SET, args)).reply;
    return version === null ? undefined : Number(version);
  }

  async delete(key: string, { ifVersion }: { readonly ifVersion?: number } = {}): Promise<boolean> {
    checkKey(key, ifVersion);
    const { reply, isRepeated } = await this.#open().run(DELETE, [this.#now(), key, String(ifVersion ?? '')]);
    // A first try whose answer was lost has deleted it.
    return reply === 1 || (isRepeated && ifVersion !== 0);
  }

  async list(prefix: string): Promise<readonly KeyedValue[]> {
    checkPrefix(prefix);
    const flat = (await this.#open().run(LIST, [this.#now(), prefix])).reply as readonly string[];
    const found: KeyedValue[] = [];
    for (let at = 0; at < flat.length; at += 3) {
      found.push({ key: flat[at] ?? '', value: flat[at + 1] ?? '', version: Number(flat[at + 2]) });
    }
    return found;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#letGo();
  }

  #open(): RedisConnection {
    if (this.#isClosed) throw closedError(`The store on ${this.#connection.where}`);
    return this.#connection;
  }
}
