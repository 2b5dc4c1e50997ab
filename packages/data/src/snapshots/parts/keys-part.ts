/** Keys of a shared store, Redis say, as a part of a snapshot. */
import type { KeyValueDriver } from '@quality-hub/protocol';
import type { SnapshotPart } from '../snapshot-part.ts';
import { joined, linesOf } from './lines.ts';

export interface KeysPartOptions {
  readonly store: KeyValueDriver;
  /** Whose keys. Never empty: a restore deletes what was not there. */
  readonly prefix: string;
}

/**
 * All values below a prefix. The store has no transactions: what is read while others write is of no single moment, and a
 * restore that is killed must be done again. Lifetimes are not known to the port: what comes back lives for ever.
 */
export function keysPart({ store, prefix }: KeysPartOptions): SnapshotPart {
  if (prefix === '') throw new TypeError('A snapshot of keys needs a prefix');
  return {
    kind: 'keys',
    async save(writer) {
      const lines = async function* (): AsyncIterable<string> {
        for (const { key, value } of await store.list(prefix)) yield JSON.stringify([key.slice(prefix.length), value]);
      };
      await writer.write('keys', joined(lines()), { columns: ['key', 'value'], key: ['key'] });
      return undefined;
    },
    async load(saved) {
      const entry = saved.entries[0];
      const kept = new Set<string>();
      const now = new Map((await store.list(prefix)).map(({ key, value }) => [key, value]));
      if (entry)
        for await (const line of linesOf(saved.read(entry))) {
          const [rest, value] = JSON.parse(line) as [string, string];
          const key = prefix + rest;
          kept.add(key);
          if (now.get(key) !== value) await store.set(key, value);
        }
      for (const key of now.keys()) if (!kept.has(key)) await store.delete(key);
    },
  };
}
