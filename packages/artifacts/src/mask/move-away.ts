/** Takes a file out of a folder that is going to be uploaded. */
import { cpSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where it is now: folders on the way there are made, for nobody else to read. */
export function moveAway(file: string, to: string): string {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  try {
    renameSync(file, to);
  } catch {
    // On another disk.
    cpSync(file, to);
    rmSync(file);
  }
  return to;
}
