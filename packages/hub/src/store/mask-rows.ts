/** Masks what the database holds of a run, down to the bytes of its file. */
import { closeSync, openSync, readSync } from 'node:fs';
import type { Mask } from '@quality-hub/telemetry';
import { maskJsonText } from '../mask/mask-record.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

/** Columns with texts of tests, by table: JSON, JSON of evidence, or a text as it is. */
const COLUMNS: readonly (readonly [table: string, of: string, columns: Readonly<Record<string, Form>>])[] = [
  ['runs', 'id = ?', { project: 'text', facts: 'json' }],
  ['identities', 'id IN (SELECT test FROM tests WHERE run = ?)', { identity: 'json' }],
  ['tests', 'run = ?', { file: 'text', tags: 'json', annotations: 'json' }],
  ['attempts', 'run = ?', { errors: 'json', annotations: 'json' }],
  ['steps', 'run = ?', { steps: 'json' }],
  ['output', 'run = ?', { text: 'text' }],
  ['attachments', 'run = ?', { name: 'text', path: 'text' }],
  ['evidence', 'run = ?', { records: 'records' }],
  ['run_errors', 'run = ?', { error: 'json' }],
  ['unknown_events', 'run = ?', { line: 'json' }],
  ['judgements', 'run = ?', { findings: 'json' }],
  ['clusters', 'run = ?', { title: 'text', remedy: 'text' }],
  ['closed_writers', 'run = ?', { reason: 'text' }],
];

type Form = 'json' | 'records' | 'text';

export interface MaskedRows {
  /** How many values of columns were changed. */
  readonly changed: number;
  /** A value is still in the file: another program reads it, perhaps. */
  readonly isLeft: boolean;
}

/**
 * First the rows of this run. Where a value is in the file still, it is in those of another run, or in what SQLite has not
 * overwritten: then all rows, and at last the whole file is written anew.
 *
 * @param run Its number; undefined where the database does not know it.
 * @throws {StoreError}
 */
export function maskRows(connection: SqliteConnection, run: number | undefined, mask: Mask): MaskedRows {
  const { database, path } = connection;
  const forms: Readonly<Record<Form, (text: string) => string>> = {
    json: text => maskJsonText(text, mask),
    records: text => maskJsonText(text, mask, { depth: 1 }),
    text: text => mask.deep(text),
  };
  for (const [form, masked] of Object.entries(forms)) {
    database.function(`qh_masked_${form}`, { deterministic: true }, text => masked(String(text)));
  }
  const update = (only: number | undefined): number =>
    connection.write(() => {
      let changed = 0;
      for (const [table, of, columns] of COLUMNS) {
        for (const [column, form] of Object.entries(columns)) {
          const masked = `qh_masked_${form}(${column})`;
          const where = `${column} IS NOT NULL AND ${masked} <> ${column}`;
          const sql = `UPDATE ${table} SET ${column} = ${masked} WHERE ${where}`;
          const { changes } =
            only === undefined ? database.prepare(sql).run() : database.prepare(`${sql} AND ${of}`).run(only);
          changed += Number(changes);
        }
      }
      return changed;
    });
  const isLeft = (): boolean => {
    connection.read(() => database.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
    return [path, `${path}-wal`].some(file => holdsValue(file, mask));
  };
  // What is overwritten, or moved elsewhere by it, must not stay in the free parts of the file.
  connection.read(() => database.exec('PRAGMA secure_delete = ON'));
  let changed = run === undefined ? 0 : update(run);
  if (!isLeft()) return { changed, isLeft: false };
  changed += update(undefined);
  if (!isLeft()) return { changed, isLeft: false };
  connection.read(() => database.exec('VACUUM'));
  return { changed, isLeft: isLeft() };
}

const CHUNK_BYTES = 4 << 20;
/** Of the chunk before: longer than a value in any of its forms. */
const OVERLAP_BYTES = 64 << 10;

function holdsValue(path: string, mask: Mask): boolean {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    for (let at = 0; ; at += CHUNK_BYTES - OVERLAP_BYTES) {
      const got = readSync(fd, chunk, 0, CHUNK_BYTES, at);
      if (mask.find(chunk.toString('latin1', 0, got)).length > 0) return true;
      if (got < CHUNK_BYTES) return false;
    }
  } finally {
    closeSync(fd);
  }
}
