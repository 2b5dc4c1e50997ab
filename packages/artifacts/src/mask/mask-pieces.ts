/** Masks what is too large for memory: a piece at a time, wherever the pieces are cut. */
import { readSync, writeSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { crc32 } from 'node:zlib';
import type { Mask } from '@quality-hub/telemetry';
import { type ContentKind, maskBytes } from './mask-bytes.ts';

const PIECE = 1024 * 1024;
/** A line of JSON is kept together up to this. */
const LONGEST_LINE = 8 * 1024 * 1024;
/** So much of a piece is looked at again with the next one: no form of a value is longer and still one string. */
const OVERLAP = 16 * 1024;

export interface MaskPiecesOptions {
  readonly mask: Mask;
  readonly kind: ContentKind | 'utf8';
  /** Only in text that is valid UTF-8, kind `utf8` or `json`. @default false */
  readonly shapes?: boolean;
  readonly checkpoint?: () => void;
}

/** Writes all pieces, masked. True where anything differs from what came in. */
export function maskPieces(
  pieces: Iterable<Buffer>,
  write: (bytes: Buffer) => void,
  options: MaskPiecesOptions,
): boolean {
  const { kind, shapes = false } = options;
  const read = { sum: 0, bytes: 0 };
  const written = { sum: 0, bytes: 0 };
  const counted = (bytes: Buffer, seen: { sum: number; bytes: number }): Buffer => {
    seen.sum = crc32(bytes, seen.sum);
    seen.bytes += bytes.length;
    return bytes;
  };
  const masker =
    kind === 'json'
      ? jsonMasker(options)
      : kind === 'binary'
        ? binaryMasker(options)
        : textMasker(options, shapes && kind === 'utf8');
  for (const piece of pieces) {
    options.checkpoint?.();
    write(counted(masker.push(counted(piece, read)), written));
  }
  write(counted(masker.end(), written));
  return read.sum !== written.sum || read.bytes !== written.bytes;
}

/** The bytes of an open file from one place to another. Each piece is a buffer of its own. */
export function* piecesOf(fd: number, from: number, to: number): Iterable<Buffer> {
  for (let at = from; at < to; ) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE, to - at));
    const read = readSync(fd, piece, 0, piece.length, at);
    if (read === 0) return;
    yield piece.subarray(0, read);
    at += read;
  }
}

export function writeAll(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
}

/** As `contentKind`, of all of them. */
export function kindOfPieces(pieces: Iterable<Buffer>): ContentKind | 'utf8' {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let isValid = true;
  let first: Buffer | undefined;
  for (const piece of pieces) {
    first ??= Buffer.from(piece.subarray(0, 64));
    if (piece.includes(0)) return 'binary';
    isValid &&= decodes(decoder, piece);
  }
  if (!isValid) return 'text';
  return /^[\s\uFEFF]*[{[]/.test(first?.toString('utf8') ?? '') ? 'json' : 'utf8';
}

function decodes(decoder: InstanceType<typeof TextDecoder>, piece: Buffer): boolean {
  try {
    decoder.decode(piece, { stream: true });
    return true;
  } catch {
    return false;
  }
}

/** The end of the last line that can leave: no value that was seen, or may still come to its end, goes over it. */
function safeEnd(kept: Buffer, mask: Mask): number {
  let end = kept.lastIndexOf(0x0a, Math.max(0, kept.length - OVERLAP)) + 1;
  const spans = mask.find(kept.toString('latin1'));
  for (const span of spans.toReversed())
    if (span.start < end && span.end > end) end = kept.lastIndexOf(0x0a, span.start) + 1;
  return end;
}

interface Masker {
  push(piece: Buffer): Buffer;
  end(): Buffer;
}

function textMasker({ mask }: MaskPiecesOptions, shapes: boolean): Masker {
  const stream = mask.stream(shapes ? {} : { bytes: true });
  if (!shapes) {
    return {
      push: piece => Buffer.from(stream.push(piece.toString('latin1')), 'latin1'),
      end: () => Buffer.from(stream.end(), 'latin1'),
    };
  }
  const decoder = new StringDecoder('utf8');
  return {
    push: piece => Buffer.from(stream.push(decoder.write(piece))),
    end: () => Buffer.from(stream.push(decoder.end()) + stream.end()),
  };
}

/** Whole lines; a line that is longer than anything a report writes goes on as text. */
function jsonMasker(options: MaskPiecesOptions): Masker {
  let kept = Buffer.alloc(0);
  let long: Masker | undefined;
  const masked = (bytes: Buffer): Buffer => maskBytes(bytes, { ...options, kind: 'json' });
  return {
    push(piece) {
      if (long) return long.push(piece);
      kept = Buffer.concat([kept, piece]);
      const end = safeEnd(kept, options.mask);
      const lines = masked(kept.subarray(0, end));
      kept = kept.subarray(end);
      if (kept.length <= LONGEST_LINE) return lines;
      long = textMasker(options, false);
      const begun = long.push(kept);
      kept = Buffer.alloc(0);
      return Buffer.concat([lines, begun]);
    },
    end: () => (long ? long.end() : masked(kept)),
  };
}

function binaryMasker({ mask }: MaskPiecesOptions): Masker {
  let kept = Buffer.alloc(0);
  const take = (bytes: Buffer, until: number, isLast: boolean): Buffer => {
    const copy = Buffer.from(bytes);
    let limit = until;
    for (const { start, end } of mask.find(bytes.toString('latin1'))) {
      // It may go on in the next piece, and is found again there.
      if (end === bytes.length && !isLast) limit = Math.min(limit, start);
      else copy.fill('*', start, end);
    }
    kept = copy.subarray(limit);
    return copy.subarray(0, limit);
  };
  return {
    push(piece) {
      const bytes = Buffer.concat([kept, piece]);
      return take(bytes, Math.max(0, bytes.length - OVERLAP), false);
    },
    end: () => take(kept, kept.length, true),
  };
}
