/** A key-value store in memory, shared by what the tests take for several processes. */
import type { KeyedValue, KeyValueDriver, SetOptions, StoredValue } from '@quality-hub/protocol';

interface Entry extends StoredValue {
  readonly until: number;
}

export class MemoryDriver implements KeyValueDriver {
  readonly shared = true;
  readonly durability = 'none';
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;
  #version = 0;
  /** Calls of each method: what a test says of traffic. */
  readonly calls = { get: 0, set: 0, delete: 0, list: 0 };
  /** While it is set, every call fails with it. */
  failure: Error | undefined;
  /** While it is true, no call ends. */
  hangs = false;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  async get(key: string): Promise<StoredValue | undefined> {
    await this.#called('get');
    return this.#living(key);
  }

  async set(key: string, value: string, { ttlMs, ifVersion }: SetOptions = {}): Promise<number | undefined> {
    await this.#called('set');
    const found = this.#living(key)?.version ?? 0;
    if (ifVersion !== undefined && ifVersion !== found) return undefined;
    const version = ++this.#version;
    this.#entries.set(key, {
      value,
      version,
      until: ttlMs === undefined ? Number.POSITIVE_INFINITY : this.#now() + ttlMs,
    });
    return version;
  }

  async delete(key: string, { ifVersion }: { readonly ifVersion?: number } = {}): Promise<boolean> {
    await this.#called('delete');
    const found = this.#living(key);
    if (!found || (ifVersion !== undefined && ifVersion !== found.version)) return false;
    return this.#entries.delete(key);
  }

  async list(prefix: string): Promise<readonly KeyedValue[]> {
    await this.#called('list');
    return [...this.#entries.keys()]
      .filter(key => key.startsWith(prefix))
      .sort()
      .flatMap(key => {
        const found = this.#living(key);
        return found ? [{ key, ...found }] : [];
      });
  }

  async close(): Promise<void> {}

  #living(key: string): StoredValue | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.until > this.#now() ? { value: entry.value, version: entry.version } : undefined;
  }

  async #called(method: keyof MemoryDriver['calls']): Promise<void> {
    this.calls[method]++;
    if (this.hangs) await new Promise(() => {});
    if (this.failure) throw this.failure;
  }
}
