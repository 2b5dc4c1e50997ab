/** Templates of SQLite: a file, and copies of the file. */

import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../open-database.ts';
import type { SqlDatabase } from '../sql-database.ts';
import { closeAfter } from './close-after.ts';
import type { TemplatePlace } from './templates.ts';

const ENDING = '.db';
/** What SQLite lays beside a file. */
const COMPANIONS = ['-journal', '-wal', '-shm'];
const OWNER_ENDING = '.owner.json';

export function sqlitePlace(folder: string): TemplatePlace {
  const pathOf = (name: string): string => join(folder, `${name}${ENDING}`);
  return {
    url: pathOf,
    async ensure(template, prepare) {
      if (await isThere(pathOf(template))) return;
      await mkdir(folder, { recursive: true });
      // Two may build at once; each renames a complete file, and the last one stays.
      const draft = join(folder, `${template}_${randomBytes(4).toString('hex')}.new`);
      try {
        await prepared(draft, prepare);
        await rename(draft, pathOf(template));
      } finally {
        await removeFile(draft);
      }
    },
    async copy(template, name, owner) {
      // Where the file system can, the copy shares the blocks of the template until one of them is written.
      await copyFile(pathOf(template), pathOf(name), constants.COPYFILE_FICLONE);
      await writeFile(join(folder, `${name}${OWNER_ENDING}`), owner);
    },
    async drop(name) {
      await removeFile(pathOf(name));
      await rm(join(folder, `${name}${OWNER_ENDING}`), { force: true });
      return true;
    },
    async list(prefix) {
      const names = await readdir(folder).catch(() => []);
      return names
        .filter(name => name.startsWith(prefix) && name.endsWith(ENDING))
        .map(name => name.slice(0, -ENDING.length))
        .sort();
    },
    close: async () => undefined,
  };
}

async function prepared(path: string, prepare: (database: SqlDatabase) => Promise<void>): Promise<void> {
  await closeAfter(openDatabase({ name: 'template', kind: 'sqlite', url: path }), async database => {
    await prepare(database);
    // What is still in the log would not be in a copy of the file.
    await database.query('PRAGMA wal_checkpoint(TRUNCATE)');
  });
}

async function removeFile(path: string): Promise<void> {
  for (const each of [path, ...COMPANIONS.map(ending => `${path}${ending}`)]) await rm(each, { force: true });
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
