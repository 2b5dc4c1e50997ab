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

export function sqliteRow(code: string, errcode: unknown): Row | undefined {
  if (code !== 'ERR_SQLITE_ERROR' || typeof errcode !== 'number') return undefined;
  return CODES[errcode & 0xff] ?? BROKEN;
}
