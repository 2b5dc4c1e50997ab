/** Brings runs home that had to be kept in a temporary folder, since theirs was full, gone or read-only. */
import { copyFileSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type HubFolder, temporaryHubsOf } from '@quality-hub/telemetry';

/** What of a temporary folder is needed: the database is made again from the spools. */
const BROUGHT = /^(?:spool|masks)[\\/]/;

export interface BroughtFolder {
  readonly path: string;
  readonly runIds: readonly string[];
}

/**
 * Copies what is missing in `home`, or shorter there. A run that still goes on can be brought again later.
 *
 * @throws what the file system says, where `home` cannot be written.
 */
export function bringHome(home: HubFolder, tmp: string): readonly BroughtFolder[] {
  return temporaryHubsOf(home, tmp).map(({ path, spools }) => {
    for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath, entry.name);
      const below = file.slice(path.length + 1);
      if (entry.isFile() && BROUGHT.test(below)) copyLonger(file, join(home.path, below));
    }
    return { path, runIds: readdirSync(spools) };
  });
}

/** Deletes a temporary folder whose runs are all at home. */
export function removeBrought({ path }: BroughtFolder): void {
  rmSync(path, { recursive: true, force: true });
}

function copyLonger(from: string, to: string): void {
  const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? -1;
  if (sizeOf(to) >= sizeOf(from)) return;
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  copyFileSync(from, `${to}.new`);
  renameSync(`${to}.new`, to);
}
