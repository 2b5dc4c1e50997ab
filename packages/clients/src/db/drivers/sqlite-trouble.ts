/** What SQLite's result codes mean. The low byte is the primary code. See "Result and Error Codes" of SQLite. */
import type { TroubleFacts } from '../driver.ts';
import type { DatabaseTrouble } from '../errors.ts';

const BY_EXTENDED: Readonly<Record<number, DatabaseTrouble>> = {
  517: 'serialization', // SQLITE_BUSY_SNAPSHOT
  1555: 'unique', // SQLITE_CONSTRAINT_PRIMARYKEY
  2067: 'unique', // SQLITE_CONSTRAINT_UNIQUE
  2579: 'unique', // SQLITE_CONSTRAINT_ROWID
};
const BY_PRIMARY: Readonly<Record<number, DatabaseTrouble>> = {
  1: 'statement', // SQLITE_ERROR
  3: 'credentials', // SQLITE_PERM
  5: 'locked', // SQLITE_BUSY
  6: 'locked', // SQLITE_LOCKED
  8: 'credentials', // SQLITE_READONLY
  10: 'broken', // SQLITE_IOERR
  14: 'unreachable', // SQLITE_CANTOPEN
  19: 'constraint', // SQLITE_CONSTRAINT
  20: 'statement', // SQLITE_MISMATCH
  25: 'statement', // SQLITE_RANGE
};

export function sqliteTrouble(error: unknown): TroubleFacts {
  const { errcode, code, message = '' } = (error ?? {}) as { errcode?: unknown; code?: unknown; message?: string };
  if (typeof errcode === 'number') {
    return {
      trouble: BY_EXTENDED[errcode] ?? BY_PRIMARY[errcode & 0xff] ?? 'other',
      serverCode: `SQLITE_${errcode}`,
    };
  }
  const serverCode = typeof code === 'string' ? code : undefined;
  if (serverCode === 'ERR_INVALID_STATE' || /database is not open/.test(message))
    return { trouble: 'broken', serverCode };
  if (serverCode === 'ERR_INVALID_ARG_TYPE' || serverCode === 'ERR_INVALID_ARG_VALUE')
    return { trouble: 'statement', serverCode };
  if (serverCode === 'QH_SQLITE_CANCELLED') return { trouble: 'cancelled', serverCode };
  return { trouble: 'other', serverCode };
}
