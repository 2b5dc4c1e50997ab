/** What fills a database before tests use it: files of SQL, or a function. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { IsolationError } from '../errors.ts';
import type { SqlDatabase } from '../sql-database.ts';
import { splitStatements } from './split-statements.ts';

/** Paths of SQL files, run in this order, or a function that is given the database. */
export type Filling = string | readonly string[] | ((database: SqlDatabase) => unknown);

export interface Filler {
  /** Another text for other content; undefined for a function, whose content nobody can see. */
  readonly key: string | undefined;
  fill(database: SqlDatabase): Promise<void>;
}

/**
 * @param folder What relative paths begin at.
 * @throws {IsolationError} (`QH_DB_ISOLATION`) where a file cannot be read.
 */
export async function readFilling(filling: Filling, folder: string): Promise<Filler> {
  if (typeof filling === 'function') {
    return { key: undefined, fill: async database => void (await filling(database)) };
  }
  const paths = [filling].flat().map(path => resolve(folder, path));
  const texts = await Promise.all(paths.map(readSql));
  return {
    key: createHash('sha256').update(JSON.stringify(texts)).digest('hex'),
    async fill(database) {
      for (const [index, text] of texts.entries()) {
        await runFile(database, text).catch((error: unknown) => {
          const said = error instanceof Error ? error.message : String(error);
          throw new IsolationError(`${paths[index]} cannot be run on "${database.name}": ${said}`, HINT, error);
        });
      }
    },
  };
}

const HINT = 'Correct the file: plain SQL, without commands of the program psql or sqlite3';

async function readSql(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new IsolationError(
      `${path} cannot be read: ${(error as Error).message}`,
      'Paths of SQL files begin at the folder of the configuration',
      error,
    );
  }
}

/** Many connections at once do not make a file faster: all on one, so that what it sets for a session counts. */
async function runFile(database: SqlDatabase, text: string): Promise<void> {
  const lease = await database.lease();
  try {
    // The others take several statements at once, and know best where one of theirs ends.
    const statements = database.dialect === 'mysql' ? splitStatements(text) : [text];
    for (const statement of statements) await lease.query(statement);
  } finally {
    await lease.release();
  }
}
