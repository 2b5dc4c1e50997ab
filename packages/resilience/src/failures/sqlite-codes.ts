/** Result codes of SQLite, as `node:sqlite` gives them. @see https://www.sqlite.org/rescode.html */
import { BAD_DATA, BROKEN, CONFLICT, DENIED, type Row, SILENT, WRONG_CALL } from './classification.ts';

/** By the primary code, the lowest byte. */
const CODES: Readonly<Record<number, Row>> = {
  1: WRONG_CALL,
  3: DENIED,
  5: CONFLICT, // busy
  6: CONFLICT, // locked
  7: BROKEN,
  8: WRONG_CALL, // read only
  9: SILENT, // interrupted
  10: BROKEN,
  11: BROKEN,
  13: BROKEN, // full
  14: BROKEN, // cannot open
  15: CONFLICT,
  17: CONFLICT, // the schema has changed
  18: BAD_DATA,
  19: BAD_DATA, // constraint
  20: BAD_DATA,
  21: WRONG_CALL,
  23: DENIED,
  25: WRONG_CALL,
  26: BROKEN,
};

/** As other drivers of SQLite name them, and with a number as `@quality-hub/clients` does: `SQLITE_BUSY`, `SQLITE_2067`. */
const NAMES: Readonly<Record<string, number>> = {
  ERROR: 1,
  PERM: 3,
  BUSY: 5,
  LOCKED: 6,
  NOMEM: 7,
  READONLY: 8,
  INTERRUPT: 9,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  SCHEMA: 17,
  TOOBIG: 18,
  CONSTRAINT: 19,
  MISMATCH: 20,
  MISUSE: 21,
  AUTH: 23,
  NOTADB: 26,
};

export function sqliteRow(code: string, errcode: unknown): Row | undefined {
  const number = code === 'ERR_SQLITE_ERROR' ? errcode : numberIn(code);
  return typeof number === 'number' ? (CODES[number & 0xff] ?? BROKEN) : undefined;
}

function numberIn(code: string): number | undefined {
  const name = /^SQLITE_([A-Z]+|\d+)(?:_[A-Z_]+)?$/.exec(code)?.[1];
  if (name === undefined) return undefined;
  return /^\d/.test(name) ? Number(name) : Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
}
