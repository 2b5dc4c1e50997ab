/** Error numbers of MySQL and MariaDB, and the words of the `mysql2` driver. @see https://mariadb.com/kb/en/mariadb-error-code-reference/ */
import { BAD_DATA, BROKEN, BUSY, CONFLICT, CUT, DENIED, type Row, SILENT, WRONG_CALL } from './classification.ts';

const NUMBERS: Readonly<Record<number, Row>> = {
  1005: WRONG_CALL,
  1006: WRONG_CALL,
  1020: CONFLICT, // the record has changed since it was read (snapshot isolation of MariaDB 11)
  1021: BROKEN, // disk full
  1040: BUSY, // too many connections
  1041: BROKEN, // out of memory
  1044: DENIED,
  1045: DENIED,
  1046: WRONG_CALL,
  1047: BUSY, // a node of a cluster that is not ready
  1048: BAD_DATA,
  1049: WRONG_CALL,
  1053: CUT, // shuts down
  1054: WRONG_CALL,
  1062: BAD_DATA,
  1064: WRONG_CALL,
  1142: DENIED,
  1143: DENIED,
  1146: WRONG_CALL,
  1203: BUSY,
  1205: CONFLICT, // waited too long for a lock
  1213: CONFLICT, // deadlock
  1226: BUSY,
  1227: DENIED,
  1264: BAD_DATA,
  1290: BUSY, // read only
  1317: SILENT, // interrupted
  1364: BAD_DATA,
  1366: BAD_DATA,
  1406: BAD_DATA,
  1451: BAD_DATA,
  1452: BAD_DATA,
  1614: CONFLICT,
  1698: DENIED,
  1792: WRONG_CALL,
  1836: BUSY, // read only
  1927: CUT, // connection killed
  1969: SILENT, // max_statement_time
  3024: SILENT, // max_execution_time
  3572: CONFLICT, // NOWAIT
  3819: BAD_DATA,
  4025: BAD_DATA,
  4031: CUT,
};

/** Of those that are met most, the number by the name: a report has only the name. */
const NAMES: Readonly<Record<string, number>> = {
  ER_BAD_NULL_ERROR: 1048,
  ER_CHECK_CONSTRAINT_VIOLATED: 3819,
  ER_CHECKREAD: 1020,
  ER_CON_COUNT_ERROR: 1040,
  ER_DATA_TOO_LONG: 1406,
  ER_DBACCESS_DENIED_ERROR: 1044,
  ER_DISK_FULL: 1021,
  ER_DUP_ENTRY: 1062,
  ER_ACCESS_DENIED_ERROR: 1045,
  ER_LOCK_DEADLOCK: 1213,
  ER_LOCK_WAIT_TIMEOUT: 1205,
  ER_NO_REFERENCED_ROW_2: 1452,
  ER_OPTION_PREVENTS_STATEMENT: 1290,
  ER_QUERY_INTERRUPTED: 1317,
  ER_ROW_IS_REFERENCED_2: 1451,
  ER_SERVER_SHUTDOWN: 1053,
  ER_STATEMENT_TIMEOUT: 1969,
  ER_TABLEACCESS_DENIED_ERROR: 1142,
  ER_TOO_MANY_USER_CONNECTIONS: 1203,
};

const WORDS: Readonly<Record<string, Row>> = {
  PROTOCOL_CONNECTION_LOST: CUT,
  PROTOCOL_SEQUENCE_TIMEOUT: SILENT,
  PROTOCOL_ENQUEUE_AFTER_FATAL_ERROR: CUT,
  PROTOCOL_PACKETS_OUT_OF_ORDER: CUT,
  HANDSHAKE_NO_SSL_SUPPORT: WRONG_CALL,
};

export function mysqlRow(code: string, errno: unknown): Row | undefined {
  if (Object.hasOwn(WORDS, code)) return WORDS[code];
  if (!code.startsWith('ER_')) return undefined;
  const number = typeof errno === 'number' ? errno : Object.hasOwn(NAMES, code) ? NAMES[code] : undefined;
  return (number === undefined ? undefined : NUMBERS[number]) ?? WRONG_CALL;
}
