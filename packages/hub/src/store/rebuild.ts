/** Moves a damaged database aside, so that a new one can be built from the spools. */
import { existsSync, renameSync } from 'node:fs';
import type { HubFolder } from '@quality-hub/telemetry';
import { StoreError } from '../errors.ts';

/**
 * Renames `hub.db` to `hub.db.corrupt-<time>`, and its side files with it. Nothing is deleted.
 *
 * @returns the new path, or undefined when there was no database.
 * @throws {StoreError} (`QH_STORE_OPEN`) if the file cannot be renamed.
 */
export function moveDatabaseAside(folder: HubFolder, now: () => number = Date.now): string | undefined {
  if (!existsSync(folder.database)) return undefined;
  const aside = `${folder.database}.corrupt-${new Date(now()).toISOString().replace(/[:.]/g, '-')}`;
  try {
    renameSync(folder.database, aside);
    for (const side of ['-wal', '-shm']) {
      if (existsSync(folder.database + side)) renameSync(folder.database + side, aside + side);
    }
  } catch (cause) {
    throw new StoreError(
      'QH_STORE_OPEN',
      `Cannot move ${folder.database} aside (${(cause as Error).message})`,
      'Give write access to that folder, or delete the file by hand: it is rebuilt from the spools',
      cause,
    );
  }
  return aside;
}
