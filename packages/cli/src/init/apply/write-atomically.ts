/** Writes a whole file or nothing of it. */
import {
  chownSync,
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/**
 * Puts `content` in the place of `path`, with the mode and owner of the file that was there.
 *
 * @throws what the file system says; then the file is as it was, and nothing lies beside it.
 */
export function writeAtomically(path: string, content: Uint8Array): void {
  const old = statSync(path, { throwIfNoEntry: false });
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.quality-hub`);
  try {
    const file = openSync(temporary, 'wx', 0o666);
    try {
      for (let at = 0; at < content.length; ) at += writeSync(file, content, at);
      if (old) fchmodSync(file, old.mode & 0o7777);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (old) keepOwner(temporary, old);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Only an administrator can, and only there it matters. */
function keepOwner(path: string, { uid, gid }: { uid: number; gid: number }): void {
  if (process.getuid?.() !== 0) return;
  chownSync(path, uid, gid);
}
