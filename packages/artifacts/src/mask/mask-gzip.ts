/** Masks a file that is packed by gzip: logs, mostly. */
import { createReadStream, createWriteStream, renameSync, rmSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';

/** True for the first bytes of a file that says it is one. */
export function isGzip(head: Buffer): boolean {
  return head[0] === 0x1f && head[1] === 0x8b && head[2] === 8;
}

/**
 * True where it was changed; undefined, and nothing is changed, where it is none in spite of its first bytes.
 *
 * @param inner Masks a file in place; true where it was changed.
 */
export async function maskGzip(
  path: string,
  mode: number,
  inner: (path: string) => Promise<boolean>,
): Promise<boolean | undefined> {
  const [unpacked, beside] = [`${path}.${process.pid}.unpacked`, `${path}.${process.pid}.masked`];
  try {
    if (!(await gunzipped(path, unpacked))) return undefined;
    if (!(await inner(unpacked))) return false;
    await pipeline(
      createReadStream(unpacked),
      createGzip(),
      createWriteStream(beside, { flags: 'wx', mode: mode & 0o777 }),
    );
    renameSync(beside, path);
    return true;
  } finally {
    rmSync(unpacked, { force: true });
    rmSync(beside, { force: true });
  }
}

/** Writes what is packed in `path` to `target`. False where that cannot be unpacked. */
export async function gunzipped(path: string, target: string): Promise<boolean> {
  try {
    await pipeline(createReadStream(path), createGunzip(), createWriteStream(target, { mode: 0o600 }));
    return true;
  } catch (error) {
    if (String((error as NodeJS.ErrnoException).code).startsWith('Z_')) return false;
    throw error;
  }
}
