/** The names of members that are made of a digest of their content, and the places where others name them. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, writeSync } from 'node:fs';

const DIGEST = /[0-9a-f]{40}/;
const LENGTH = 40;
const PIECE = 1024 * 1024;
/** Of what was read before: a name may have begun in it, and the digit in front of it. */
const OVERLAP = LENGTH + 1;

/** The 40 hex digits in the name of a file or a member, if there are any. */
export function digestIn(name: string): string | undefined {
  return DIGEST.exec(name)?.[0];
}

/** Whether one of `names` stands in the bytes. */
export function namesAny(bytes: Buffer, names: { has(digest: string): boolean }): boolean {
  for (const at of runs(bytes)) if (names.has(bytes.toString('latin1', at, at + LENGTH))) return true;
  return false;
}

/** Puts the new name in place of each old one; the same buffer where there is none. All of them are equally long. */
export function renamed(bytes: Buffer, renames: ReadonlyMap<string, string>): Buffer {
  if (renames.size === 0) return bytes;
  let copy: Buffer | undefined;
  for (const at of runs(bytes)) {
    const next = renames.get(bytes.toString('latin1', at, at + LENGTH));
    if (next === undefined) continue;
    copy ??= Buffer.from(bytes);
    copy.write(next, at, 'latin1');
  }
  return copy ?? bytes;
}

/** As {@link renamed}, in the file itself. True where something was changed. */
export function renameInFile(path: string, renames: ReadonlyMap<string, string>): boolean {
  if (renames.size === 0) return false;
  const fd = openSync(path, 'r+');
  try {
    let changed = false;
    const piece = Buffer.alloc(PIECE);
    for (let at = 0; ; at += PIECE - OVERLAP) {
      const read = piece.subarray(0, readSync(fd, piece, 0, PIECE, at));
      const next = renamed(read, renames);
      if (next !== read) {
        writeSync(fd, next, 0, next.length, at);
        changed = true;
      }
      if (read.length < PIECE) return changed;
    }
  } finally {
    closeSync(fd);
  }
}

export function digestOf(bytes: Buffer): string {
  return createHash('sha1').update(bytes).digest('hex');
}

export function digestOfFile(path: string): string {
  const hash = createHash('sha1');
  const fd = openSync(path, 'r');
  try {
    const piece = Buffer.alloc(PIECE);
    for (let read = readSync(fd, piece); read > 0; read = readSync(fd, piece)) hash.update(piece.subarray(0, read));
    return hash.digest('hex');
  } finally {
    closeSync(fd);
  }
}

/** Where exactly 40 hex digits follow each other. One look at every 40th byte misses none. */
function* runs(bytes: Buffer): Iterable<number> {
  for (let at = LENGTH - 1; at < bytes.length; at += LENGTH) {
    if (!isHex(bytes[at])) continue;
    let start = at;
    while (start > 0 && isHex(bytes[start - 1])) start--;
    let end = at + 1;
    while (isHex(bytes[end])) end++;
    if (end - start === LENGTH) yield start;
    at = end;
  }
}

function isHex(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66));
}
