/** The store of one process: nothing of it is seen elsewhere, and nothing of it survives. */
import type { KeyedValue, KeyValueDriver, SetOptions, StoredValue } from '@quality-hub/protocol';
import { checkEntry, checkKey, checkPrefix } from '../entry-rules.ts';
import { closedError } from '../errors.ts';

export interface MemoryDriverOptions {
  /** Milliseconds on a clock that only needs to go forward. @default Date.now */
  readonly now?: () => number;
}

interface Entry extends StoredValue {
  readonly expiresAt: number;
}

/** Entries past their lifetime are removed once so many writes have come. */
const SWEEP_EVERY = 256;

/** Where nothing has to be shared, and in place of a store that cannot be opened. */
export function createMemoryDriver({ now = Date.now }: MemoryDriverOptions = {}): KeyValueDriver {
  const entries = new Map<string, Entry>();
  let versions = 0;
  let writes = 0;
  let isClosed = false;

  const alive = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (entry === undefined || entry.expiresAt > now()) return entry;
    entries.delete(key);
    return undefined;
  };
  const sweep = (): void => {
    if (++writes % SWEEP_EVERY === 0) for (const key of entries.keys()) alive(key);
  };
  const requireOpen = (): void => {
    if (isClosed) throw closedError('The store in memory');
  };
  const isOther = (key: string, ifVersion: number | undefined): boolean =>
    ifVersion !== undefined && (alive(key)?.version ?? 0) !== ifVersion;

  return {
    shared: false,
    durability: 'none',
    async get(key) {
      requireOpen();
      checkKey(key);
      const entry = alive(key);
      return entry && { value: entry.value, version: entry.version };
    },
    async set(key, value, options: SetOptions = {}) {
      requireOpen();
      checkEntry(key, value, options);
      if (isOther(key, options.ifVersion)) return undefined;
      sweep();
      const { ttlMs = Number.POSITIVE_INFINITY } = options;
      entries.set(key, { value, version: ++versions, expiresAt: now() + ttlMs });
      return versions;
    },
    async delete(key, { ifVersion } = {}) {
      requireOpen();
      checkKey(key, ifVersion);
      if (alive(key) === undefined || isOther(key, ifVersion)) return false;
      return entries.delete(key);
    },
    async list(prefix) {
      requireOpen();
      checkPrefix(prefix);
      const found: KeyedValue[] = [];
      for (const key of entries.keys()) {
        const entry = key.startsWith(prefix) ? alive(key) : undefined;
        if (entry) found.push({ key, value: entry.value, version: entry.version });
      }
      return found.sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
    },
    async close() {
      isClosed = true;
      entries.clear();
    },
  };
}
