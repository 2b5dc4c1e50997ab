/** What is wrong with a SQLite file, as `node:sqlite` or the file system says it. @see https://www.sqlite.org/rescode.html */

/** `busy`: another process is in it, and waiting helps. `no-access`: it cannot be opened, or not written. */
export type SqliteFileTrouble = 'busy' | 'damaged' | 'full' | 'no-access' | 'other';

const BY_CODE: Readonly<Record<number, SqliteFileTrouble>> = {
  5: 'busy',
  6: 'busy', // locked
  8: 'no-access', // read only
  11: 'damaged',
  13: 'full',
  14: 'no-access',
  26: 'damaged', // no database
};

export function sqliteFileTrouble(error: unknown): SqliteFileTrouble {
  const { errcode, code = '' } = (error ?? {}) as { errcode?: number; code?: string };
  // The low byte of an extended code names the kind of error.
  if (errcode !== undefined) return BY_CODE[errcode & 0xff] ?? 'other';
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'full';
  // What the file system says has a name such as EACCES; what Node says of itself, one such as ERR_INVALID_STATE.
  return /^E(?!RR_)[A-Z]/.test(code) ? 'no-access' : 'other';
}
