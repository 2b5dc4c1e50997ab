/**
 * The simplest drivers that processes share: everything is one row of a SQLite file, and a call is one transaction over it. A
 * flaw stands behind the path: `/tmp/x.db?flaw=unlocked`.
 */
import { DatabaseSync } from 'node:sqlite';
import type { KeyValueDriver, Lease, LeaseClaim, LeaseDriver } from '@quality-hub/protocol';

interface Row {
  last: number;
  entries: Record<string, { value: string; version: number }>;
  leases: Lease[];
  places: { ticket: string; claims: readonly LeaseClaim[] }[];
}

const WAKE_MS = 20;

function open(location: string) {
  const [path = '', flaw] = location.split('?flaw=');
  const file = new DatabaseSync(path);
  file.exec(
    'PRAGMA busy_timeout = 20000; PRAGMA journal_mode = WAL; CREATE TABLE IF NOT EXISTS row (one INTEGER PRIMARY KEY, text TEXT)',
  );
  const read = (): Row => {
    const found = file.prepare('SELECT text FROM row').get() as { text: string } | undefined;
    return found ? (JSON.parse(found.text) as Row) : { last: 0, entries: {}, leases: [], places: [] };
  };
  const step = async <T>(work: (row: Row) => T): Promise<T> => {
    if (flaw !== 'unlocked') file.exec('BEGIN IMMEDIATE');
    const row = read();
    if (flaw === 'unlocked') await new Promise(resolve => setTimeout(resolve, 1));
    const result = work(row);
    file.prepare('INSERT OR REPLACE INTO row VALUES (1, ?)').run(JSON.stringify(row));
    if (flaw !== 'unlocked') file.exec('COMMIT');
    return result;
  };
  return { flaw, read, step, close: async () => file.close() };
}

export async function openStore(location: string): Promise<KeyValueDriver> {
  const { read, step, close } = open(location);
  const isOther = (found: { version: number } | undefined, version: number | undefined): boolean =>
    version !== undefined && version !== (found?.version ?? 0);
  return {
    shared: true,
    durability: 'process',
    get: async key => read().entries[key],
    set: (key, value, { ifVersion } = {}) =>
      step(row => {
        if (isOther(row.entries[key], ifVersion)) return undefined;
        row.last++;
        row.entries[key] = { value, version: row.last };
        return row.last;
      }),
    delete: (key, { ifVersion } = {}) =>
      step(({ entries }) => !isOther(entries[key], ifVersion) && key in entries && delete entries[key]),
    list: async prefix =>
      Object.entries(read().entries).flatMap(([key, entry]) => (key.startsWith(prefix) ? [{ key, ...entry }] : [])),
    close,
  };
}

/** Exclusive names in one queue. */
export async function openLeases(location: string): Promise<LeaseDriver> {
  const { flaw, step: unaged, close } = open(location);
  const step = <T>(work: (row: Row, now: number) => T): Promise<T> =>
    unaged(row => {
      const now = Date.now();
      row.leases = row.leases.filter(({ expiresAt }) => expiresAt > now);
      return work(row, now);
    });
  return {
    shared: true,
    durability: 'process',
    acquire: (claims, { owner, ttlMs, ticket }) =>
      step((row, now) => {
        const id = ticket ?? `t${++row.last}`;
        const at = row.places.findIndex(place => place.ticket === id);
        const ahead = at < 0 ? row.places.length : at;
        const isFree = row.leases.length === 0 && ahead === 0;
        if (isFree || flaw === 'generous') {
          const lease = { id, claims, owner, token: ++row.last, grantedAt: now, expiresAt: now + ttlMs };
          row.places = row.places.filter(place => place.ticket !== id);
          row.leases.push(lease);
          return { granted: true, lease } as const;
        }
        if (at < 0) row.places.push({ ticket: id, claims });
        return { granted: false, ticket: id, ahead, holders: row.leases, againInMs: WAKE_MS } as const;
      }),
    cancel: ticket =>
      step(row => {
        const before = row.places.length;
        row.places = row.places.filter(place => place.ticket !== ticket);
        return row.places.length < before;
      }),
    renew: ({ id }, ttlMs) =>
      step((row, now) => {
        const found = row.leases.find(lease => lease.id === id);
        if (found) Object.assign(found, { expiresAt: now + ttlMs });
        return found;
      }),
    release: ({ id }) =>
      step(row => {
        const before = row.leases.length;
        row.leases = row.leases.filter(lease => lease.id !== id);
        return row.leases.length < before;
      }),
    table: () => step(({ leases }) => ({ leases, waiters: [] })),
    async *released(names, { signal }) {
      while (!signal.aborted) {
        await new Promise(resolve => setTimeout(resolve, WAKE_MS));
        yield names[0] ?? '';
      }
    },
    close,
  };
}
