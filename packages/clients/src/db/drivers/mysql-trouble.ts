/** What the error numbers of MySQL and MariaDB mean. See "MariaDB Error Codes" and "MySQL Server Error Message Reference". */
import type { TroubleFacts } from '../driver.ts';
import type { DatabaseTrouble } from '../errors.ts';
import { networkTrouble } from './network-trouble.ts';

const BY_NUMBER: Readonly<Record<number, DatabaseTrouble>> = {
  1020: 'serialization', // ER_CHECKREAD: a row changed since it was read (MariaDB's snapshot isolation)
  1022: 'unique', // ER_DUP_KEY
  1040: 'unavailable', // ER_CON_COUNT_ERROR
  1044: 'credentials', // ER_DBACCESS_DENIED_ERROR
  1045: 'credentials', // ER_ACCESS_DENIED_ERROR
  1048: 'constraint', // ER_BAD_NULL_ERROR
  1049: 'credentials', // ER_BAD_DB_ERROR
  1053: 'broken', // ER_SERVER_SHUTDOWN
  1062: 'unique', // ER_DUP_ENTRY
  1203: 'unavailable', // ER_TOO_MANY_USER_CONNECTIONS
  1205: 'locked', // ER_LOCK_WAIT_TIMEOUT
  1213: 'deadlock', // ER_LOCK_DEADLOCK
  1216: 'constraint', // ER_NO_REFERENCED_ROW
  1217: 'constraint', // ER_ROW_IS_REFERENCED
  1317: 'cancelled', // ER_QUERY_INTERRUPTED
  1451: 'constraint', // ER_ROW_IS_REFERENCED_2
  1452: 'constraint', // ER_NO_REFERENCED_ROW_2
  1586: 'unique', // ER_DUP_ENTRY_WITH_KEY_NAME
  1927: 'broken', // ER_CONNECTION_KILLED
  1969: 'timeout', // MariaDB: ER_STATEMENT_TIMEOUT
  3024: 'timeout', // MySQL: ER_QUERY_TIMEOUT
  3572: 'locked', // ER_LOCK_NOWAIT
  3819: 'constraint', // MySQL: ER_CHECK_CONSTRAINT_VIOLATED
  4025: 'constraint', // MariaDB: ER_CONSTRAINT_FAILED
  4031: 'broken', // ER_CLIENT_INTERACTION_TIMEOUT
};
const LOST = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR',
  'PROTOCOL_PACKETS_OUT_OF_ORDER',
]);

export function mysqlTrouble(error: unknown): TroubleFacts {
  const {
    errno,
    code,
    message = '',
    sqlState,
  } = (error ?? {}) as {
    errno?: unknown;
    code?: unknown;
    message?: string;
    sqlState?: unknown;
  };
  const serverCode = typeof code === 'string' ? code : undefined;
  // Socket errors have negative numbers.
  if (typeof errno === 'number' && errno > 0) {
    const wrong = typeof sqlState === 'string' && /^(42|22)/.test(sqlState) ? 'statement' : 'other';
    return { trouble: BY_NUMBER[errno] ?? wrong, serverCode };
  }
  if (serverCode !== undefined && LOST.has(serverCode)) return { trouble: 'broken', serverCode };
  if (/in closed state$/.test(message)) return { trouble: 'broken', serverCode };
  return networkTrouble(error);
}
