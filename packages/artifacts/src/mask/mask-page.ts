/** Masks a page that carries a zip file in itself, as the HTML report does with its data. */
import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync } from 'node:fs';
import type { Mask } from '@quality-hub/telemetry';
import { maskPieces, piecesOf, writeAll } from './mask-pieces.ts';

const MARK = 'data:application/zip;base64,';
/** A multiple of 4, so that it decodes by itself. */
const GROUP = 4 * 256 * 1024;

export interface MaskPageOptions {
  readonly mask: Mask;
  readonly checkpoint?: () => void;
  /** Masks a zip file in place; true where it was changed. */
  readonly archive: (path: string) => Promise<boolean>;
}

/** Where base64 stands in a page. */
export interface Part {
  readonly from: number;
  readonly to: number;
}

/**
 * The page with what it carries, masked in place and at once. What is on the page is masked without shapes: it is code.
 *
 * @throws {ArchiveError} (`QH_ARCHIVE`) if what it carries cannot be read; the page is then as it was.
 */
export async function maskPage(path: string, { mask, checkpoint, archive }: MaskPageOptions): Promise<boolean> {
  const [zip, beside] = [`${path}.${process.pid}.zip`, `${path}.${process.pid}.masked`];
  const source = openSync(path, 'r');
  let target: number | undefined;
  let isDone = false;
  try {
    const { size, mode } = fstatSync(source);
    target = openSync(beside, 'wx', mode & 0o777);
    const out = target;
    const text = (from: number, to: number): boolean =>
      maskPieces(piecesOf(source, from, to), bytes => writeAll(out, bytes), {
        mask,
        kind: 'text',
        ...(checkpoint && { checkpoint }),
      });
    let done = 0;
    let changed = false;
    for (const { from, to } of carriedZips(source, size)) {
      changed = text(done, from) || changed;
      unpackCarried(source, { from, to }, zip);
      changed = (await archive(zip)) || changed;
      encode(zip, out);
      rmSync(zip);
      done = to;
    }
    isDone = text(done, size) || changed;
  } finally {
    closeSync(source);
    if (target !== undefined) closeSync(target);
    rmSync(zip, { force: true });
    if (!isDone) rmSync(beside, { force: true });
  }
  if (isDone) renameSync(beside, path);
  return isDone;
}

/** True for the first bytes of a page. */
export function isPage(head: Buffer): boolean {
  return /^[\s\xEF\xBB\xBF]*<(?:!doctype html|html)/i.test(head.toString('latin1'));
}

/** The zip files that a page carries. */
export function carriedZips(fd: number, size: number): Part[] {
  const parts: Part[] = [];
  let open: number | undefined;
  const piece = Buffer.alloc(GROUP);
  for (let at = 0; at < size; ) {
    const read = piece.subarray(0, readSync(fd, piece, 0, piece.length, at));
    if (read.length === 0) break;
    if (open === undefined) {
      const mark = read.indexOf(MARK);
      if (mark !== -1) {
        open = at + mark + MARK.length;
        at = open;
      } else if (at + read.length >= size) break;
      else at += read.length - MARK.length;
      continue;
    }
    const end = read.findIndex(byte => !isBase64(byte));
    if (end !== -1 || at + read.length >= size) {
      const to = end === -1 ? at + read.length : at + end;
      if (to > open) parts.push({ from: open, to });
      open = undefined;
      at = to + 1;
    } else at += read.length;
  }
  return parts;
}

function isBase64(byte: number): boolean {
  return (
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x2f && byte <= 0x39) ||
    byte === 0x2b ||
    byte === 0x3d
  );
}

/** Writes the zip file that a page carries. */
export function unpackCarried(source: number, { from, to }: Part, zip: string): void {
  const fd = openSync(zip, 'wx', 0o600);
  try {
    for (const piece of inGroups(piecesOf(source, from, to), 4))
      writeAll(fd, Buffer.from(piece.toString('latin1'), 'base64'));
  } finally {
    closeSync(fd);
  }
}

function encode(zip: string, target: number): void {
  const fd = openSync(zip, 'r');
  try {
    for (const piece of inGroups(piecesOf(fd, 0, fstatSync(fd).size), 3))
      writeAll(target, Buffer.from(piece.toString('base64'), 'latin1'));
  } finally {
    closeSync(fd);
  }
}

/** Pieces of a length that can be divided by `size`, except the last. */
function* inGroups(pieces: Iterable<Buffer>, size: number): Iterable<Buffer> {
  let kept = Buffer.alloc(0);
  for (const piece of pieces) {
    const bytes = Buffer.concat([kept, piece]);
    const whole = bytes.length - (bytes.length % size);
    yield bytes.subarray(0, whole);
    kept = bytes.subarray(whole);
  }
  if (kept.length > 0) yield kept;
}
