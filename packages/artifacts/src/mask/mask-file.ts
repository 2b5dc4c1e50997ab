/** Masks one file in place, whatever it is. */
import { closeSync, fstatSync, lstatSync, openSync, readFileSync, readSync, renameSync, rmSync } from 'node:fs';
import { type Mask, replaceFile } from '@quality-hub/telemetry';
import { isZip } from '../zip/zip-layout.ts';
import { renamed, renameInFile } from './digests.ts';
import { maskArchive } from './mask-archive.ts';
import { maskBytes } from './mask-bytes.ts';
import { isGzip, maskGzip } from './mask-gzip.ts';
import { isPage, maskPage } from './mask-page.ts';
import { kindOfPieces, maskPieces, piecesOf, writeAll } from './mask-pieces.ts';

/** A larger file is read in pieces. */
const LARGEST_IN_MEMORY = 8 * 1024 * 1024;
const HEAD_BYTES = 512;

export interface MaskFileOptions {
  readonly mask: Mask;
  /** True: also what is told by its surroundings, in texts that no program runs or shows. @default false */
  readonly shapes?: boolean;
  /** New names of files, see {@link maskArchive}. */
  readonly renames?: ReadonlyMap<string, string>;
  /** Asked between pieces of work. Throws to stop: the file is then as it was. */
  readonly checkpoint?: () => void;
}

/**
 * True where the file was changed. It is replaced at once, and keeps its mode; a link must not be given.
 *
 * @throws {ArchiveError} (`QH_ARCHIVE`) for a zip file that cannot be read, and what the file system says.
 */
export async function maskFile(path: string, options: MaskFileOptions): Promise<boolean> {
  options.checkpoint?.();
  const { size, mode } = lstatSync(path);
  const head = headOf(path);
  const archive = async (zip: string): Promise<boolean> => {
    const { mask, renames, checkpoint } = options;
    const given = { mask, ...(renames && { renames }), ...(checkpoint && { checkpoint }) };
    // What lies in an archive is for programs: shapes could be code.
    return (await maskArchive(zip, given, member => maskFile(member, given))).changed > 0;
  };
  if (isZip(head)) return archive(path);
  if (isGzip(head)) {
    const changed = await maskGzip(path, mode, file => maskFile(file, options));
    if (changed !== undefined) return changed;
  }
  if (isPage(head)) return maskPage(path, { ...options, archive });
  if (size > LARGEST_IN_MEMORY) return maskLarge(path, mode, options);
  const bytes = readFileSync(path);
  const masked = renamed(maskBytes(bytes, options), options.renames ?? NONE);
  if (masked === bytes) return false;
  replaceFile(path, masked, mode);
  return true;
}

const NONE: ReadonlyMap<string, string> = new Map();

function maskLarge(path: string, mode: number, options: MaskFileOptions): boolean {
  const beside = `${path}.${process.pid}.masked`;
  const source = openSync(path, 'r');
  const target = openSync(beside, 'wx', mode & 0o777);
  let isDone = false;
  try {
    const { size } = fstatSync(source);
    const changed = maskPieces(piecesOf(source, 0, size), piece => writeAll(target, piece), {
      ...options,
      kind: kindOfPieces(piecesOf(source, 0, size)),
    });
    isDone = changed;
  } finally {
    closeSync(source);
    closeSync(target);
    if (!isDone) rmSync(beside, { force: true });
  }
  if (!isDone) return renameInFile(path, options.renames ?? NONE);
  renameInFile(beside, options.renames ?? NONE);
  renameSync(beside, path);
  return true;
}

function headOf(path: string): Buffer {
  const fd = openSync(path, 'r');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    return head.subarray(0, readSync(fd, head));
  } finally {
    closeSync(fd);
  }
}
