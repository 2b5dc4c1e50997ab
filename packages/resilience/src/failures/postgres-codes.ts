/** SQLSTATE of PostgreSQL. @see https://www.postgresql.org/docs/current/errcodes-appendix.html */
import {
  BAD_DATA,
  BROKEN,
  BUSY,
  CONFLICT,
  CUT,
  DENIED,
  NOT_REACHED,
  type Row,
  SILENT,
  WRONG_CALL,
} from './classification.ts';

const CODES: Readonly<Record<string, Row>> = {
  '08001': NOT_REACHED,
  '08004': NOT_REACHED,
  // Says of itself that nobody knows whether it was done.
  '08007': CUT,
  '40003': CUT,
  '25006': BUSY, // read only: a server that has just stopped being the first
  '25P03': SILENT, // idle in transaction for too long
  '53300': BUSY, // too many connections
  '53400': BUSY,
  '55P03': CONFLICT, // lock not available
  '55006': CONFLICT, // object in use
  '57014': SILENT, // cancelled: statement or lock timeout
  '57P01': CUT, // shut down by its administrator
  '57P02': CUT, // crashed
  '57P03': BUSY, // starts, or shuts down
  '57P05': CUT,
  '3D000': WRONG_CALL,
  '3F000': WRONG_CALL,
};

/** By the first two characters, for what is not listed by itself. */
const CLASSES: Readonly<Record<string, Row>> = {
  '08': CUT,
  '0A': WRONG_CALL,
  '21': WRONG_CALL,
  '22': BAD_DATA,
  '23': BAD_DATA,
  '25': WRONG_CALL,
  '26': WRONG_CALL,
  '28': DENIED,
  '40': CONFLICT, // serialization failure, deadlock: rolled back as a whole
  '42': WRONG_CALL,
  '44': BAD_DATA,
  '53': BROKEN, // disk or memory full
  '54': WRONG_CALL,
  '55': WRONG_CALL,
  '57': SILENT,
  '58': BROKEN,
  F0: BROKEN,
  P0: BAD_DATA, // raised by a function
  XX: BROKEN,
};

export function postgresRow(code: string): Row | undefined {
  if (!/^[0-9A-Z]{5}$/.test(code) || !/\d/.test(code)) return undefined;
  if (code === '42501') return DENIED;
  return CODES[code] ?? CLASSES[code.slice(0, 2)];
}
