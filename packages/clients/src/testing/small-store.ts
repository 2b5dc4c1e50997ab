/** A store over a file that several processes share: the smallest that keeps what the port promises. */
import { DatabaseSync } from 'node:sqlite';
import type { KeyValueDriver } from '@quality-hub/protocol';

export function openSmallStore(path: string, now: () => number = Date.now): KeyValueDriver {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL');
  db.exec('CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT, version INTEGER, until REAL)');
  const read = db.prepare('SELECT value, version, until FROM kept WHERE key = ?');
  const find = (key: string) => {
    const row = read.get(key) as { value: string; version: number; until: number | null } | undefined;
    return row && (row.until === null || row.until > now()) ? { value: row.value, version: row.version } : undefined;
  };
  const atomically = <T>(work: () => T): T => {
    db.exec('BEGIN IMMEDIATE');
    try {
      return work();
    } finally {
      db.exec('COMMIT');
    }
  };
  return {
    shared: true,
    durability: 'process',
    get: async key => find(key),
    set: async (key, value, { ttlMs, ifVersion } = {}) =>
      atomically(() => {
        const before = find(key)?.version ?? 0;
        if (ifVersion !== undefined && ifVersion !== before) return undefined;
        const until = ttlMs === undefined ? null : now() + ttlMs;
        db.prepare('INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)').run(key, value, before + 1, until);
        return before + 1;
      }),
    delete: async (key, { ifVersion } = {}) =>
      atomically(() => {
        const before = find(key);
        if (before === undefined || (ifVersion !== undefined && ifVersion !== before.version)) return false;
        return db.prepare('DELETE FROM kept WHERE key = ?').run(key).changes > 0;
      }),
    list: async prefix => {
      const rows = db
        .prepare('SELECT key FROM kept WHERE substr(key, 1, ?) = ? ORDER BY key')
        .all(prefix.length, prefix);
      return rows.flatMap(({ key }) => {
        const found = find(String(key));
        return found === undefined ? [] : [{ key: String(key), ...found }];
      });
    },
    close: async () => db.close(),
  };
}
