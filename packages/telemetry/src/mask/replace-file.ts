/** Puts other content into a file, all of it or nothing. */
import { lstatSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * A new file under the old name: a reader sees the old content or the new one, and whoever links to the old content from
 * elsewhere keeps it. `mode` is that of the old file.
 *
 * @throws what the file system says; the old file is then as it was, and nothing is left beside it.
 */
export function replaceFile(path: string, content: string | Buffer, mode: number): void {
  const beside = `${path}.${process.pid}.masked`;
  try {
    writeFileSync(beside, content, { mode: mode & 0o777 });
    renameSync(beside, path);
  } catch (error) {
    if (lstatSync(beside, { throwIfNoEntry: false })?.isFile()) rmSync(beside);
    throw error;
  }
}
