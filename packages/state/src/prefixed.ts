/** A part of a store that does not see the rest: each run has its own. */
import type { KeyValueDriver } from '@quality-hub/protocol';
import { checkKey } from './entry-rules.ts';
import { closedError } from './errors.ts';

/** `store` with `prefix` before every key. Closing it leaves `store` open: it belongs to whoever opened it. */
export function prefixed(store: KeyValueDriver, prefix: string): KeyValueDriver {
  let isClosed = false;
  const open = (): KeyValueDriver => {
    if (isClosed) throw closedError(`The part ${prefix} of the store`);
    return store;
  };
  const full = (key: string): string => {
    // Only the driver sees the whole key, and that is never empty.
    if (key === '') checkKey(key);
    return prefix + key;
  };
  return {
    shared: store.shared,
    durability: store.durability,
    get: async key => open().get(full(key)),
    set: async (key, value, options) => open().set(full(key), value, options),
    delete: async (key, options) => open().delete(full(key), options),
    list: async part => {
      const found = await open().list(prefix + part);
      return found.map(({ key, value, version }) => ({ key: key.slice(prefix.length), value, version }));
    },
    close: async () => {
      isClosed = true;
    },
  };
}
