/** Reads a zip file by its directory: a member at a time, as it stands or inflated. */
import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { constants, createInflateRaw, inflateRawSync } from 'node:zlib';
import { ArchiveError } from '../errors.ts';
import {
  DEFLATED,
  DIRECTORY_END,
  DIRECTORY_END_BYTES,
  DIRECTORY_ENTRY,
  DIRECTORY_ENTRY_BYTES,
  ENCRYPTED_FLAG,
  LOCAL_HEADER,
  LOCAL_HEADER_BYTES,
  MAX_16,
  MAX_32,
  STORED,
  UTF8_FLAG,
  WIDE_END,
  WIDE_END_BYTES,
  WIDE_FIELD,
  WIDE_LOCATOR,
  WIDE_LOCATOR_BYTES,
  type ZipMember,
} from './zip-layout.ts';

/** A larger directory is that of no report: 64 MiB are half a million members. */
const LARGEST_DIRECTORY = 64 * 1024 * 1024;
/** Of packed bytes: its tables stand before the first byte of a content. */
const ENOUGH_TO_BEGIN = 1_024;

export class ZipReader {
  readonly path: string;
  readonly members: readonly ZipMember[];
  readonly #fd: number;
  #isOpen = true;
  readonly #size: number;
  readonly #header = Buffer.alloc(LOCAL_HEADER_BYTES);
  /** Holds one packed member after the other. */
  #packed = Buffer.alloc(0);

  /** @throws {ArchiveError} (`QH_ARCHIVE`) if its directory cannot be read. */
  constructor(path: string) {
    this.path = path;
    this.#fd = openSync(path, 'r');
    try {
      this.#size = fstatSync(this.#fd).size;
      this.members = this.#directory();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** A second time it does nothing: the number may be that of another file by then. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#fd);
  }

  /** The member as it stands in the file. */
  raw(member: ZipMember): Buffer {
    return this.#read(this.contentAt(member), member.compressedBytes);
  }

  /** @throws {ArchiveError} (`QH_ARCHIVE`) if it cannot be inflated, or is larger than it says. */
  bytes(member: ZipMember): Buffer {
    if (member.method === STORED) return this.raw(member);
    if (this.#packed.length < member.compressedBytes) this.#packed = Buffer.allocUnsafeSlow(member.compressedBytes);
    const raw = this.#read(this.contentAt(member), member.compressedBytes, this.#packed);
    const size = Math.max(1, member.sizeBytes);
    try {
      // In one piece, and with room for one byte more, so that it is known to be the end.
      return inflateRawSync(raw, { maxOutputLength: size, chunkSize: Math.max(64, size + 1) });
    } catch (cause) {
      throw this.#broken(`its member ${member.name} cannot be inflated`, cause);
    }
  }

  /** For a member that is too large for memory. Fails as {@link bytes} does. */
  stream(member: ZipMember): Readable {
    const start = this.contentAt(member);
    if (member.compressedBytes === 0) throw this.#broken(`its member ${member.name} is empty`);
    const raw = createReadStream(this.path, { start, end: start + member.compressedBytes - 1 });
    if (member.method === STORED) return raw;
    const inflate = createInflateRaw();
    raw.on('error', error => inflate.destroy(error));
    return raw.pipe(inflate);
  }

  /** How the content of a member begins, at most `length` bytes; none where that cannot be told. */
  beginning(member: ZipMember, length: number): Buffer {
    const raw = this.#read(this.contentAt(member), Math.min(member.compressedBytes, ENOUGH_TO_BEGIN));
    if (member.method === STORED) return raw.subarray(0, length);
    try {
      return inflateRawSync(raw, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, length);
    } catch {
      return Buffer.alloc(0);
    }
  }

  /** Bytes of the file, wherever they belong, at the beginning of `into`. */
  range(at: number, length: number, into: Buffer): Buffer {
    return this.#read(at, length, into);
  }

  /** Where the content of a member begins in the file. */
  contentAt({ headerAt, name }: ZipMember): number {
    const header = this.#read(headerAt, LOCAL_HEADER_BYTES, this.#header);
    if (header.readUInt32LE(0) !== LOCAL_HEADER) throw this.#broken(`its member ${name} is not where it should be`);
    return headerAt + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  }

  #directory(): ZipMember[] {
    const { count, at, length } = this.#directoryEnd();
    if (length > LARGEST_DIRECTORY) throw this.#broken(`its directory has ${length} bytes`);
    const directory = this.#read(at, length);
    const members: ZipMember[] = [];
    for (let n = 0, from = 0; n < count; n++) {
      if (from + DIRECTORY_ENTRY_BYTES > length || directory.readUInt32LE(from) !== DIRECTORY_ENTRY)
        throw this.#broken(`its directory ends after ${n} of ${count} members`);
      const nameEnd = from + DIRECTORY_ENTRY_BYTES + directory.readUInt16LE(from + 28);
      const extraEnd = nameEnd + directory.readUInt16LE(from + 30);
      members.push(
        this.#member(
          directory.subarray(from, nameEnd),
          directory.subarray(Math.min(nameEnd, length), Math.min(extraEnd, length)),
        ),
      );
      from = extraEnd + directory.readUInt16LE(from + 32);
    }
    return members;
  }

  #member(entry: Buffer, extra: Buffer): ZipMember {
    const flags = entry.readUInt16LE(8);
    const method = entry.readUInt16LE(10);
    const name = entry.toString(flags & UTF8_FLAG ? 'utf8' : 'latin1', DIRECTORY_ENTRY_BYTES);
    if (flags & ENCRYPTED_FLAG) throw this.#broken(`its member ${name} is encrypted`);
    if (method !== STORED && method !== DEFLATED)
      throw this.#broken(`its member ${name} is packed by method ${method}`);
    const wide = wideNumbers(extra);
    const sized = (at: number): number => {
      const value = entry.readUInt32LE(at);
      if (value !== MAX_32) return value;
      const next = wide.shift();
      if (next === undefined) throw this.#broken(`its member ${name} has no size`);
      return next;
    };
    // In this order they stand in the field of what is too large.
    const [sizeBytes, compressedBytes, headerAt] = [sized(24), sized(20), sized(42)];
    return {
      name,
      flags,
      method,
      changedAt: entry.readUInt32LE(12),
      crc32: entry.readUInt32LE(16),
      compressedBytes,
      sizeBytes,
      headerAt,
      madeBy: entry.readUInt16LE(4),
      attributes: entry.readUInt32LE(38),
    };
  }

  #directoryEnd(): { count: number; at: number; length: number } {
    const size = this.#size;
    const tailAt = Math.max(0, size - DIRECTORY_END_BYTES - MAX_16 - WIDE_LOCATOR_BYTES);
    const tail = this.#read(tailAt, size - tailAt);
    let end = tail.length - DIRECTORY_END_BYTES;
    const isEnd = (): boolean =>
      tail.readUInt32LE(end) === DIRECTORY_END &&
      end + DIRECTORY_END_BYTES + tail.readUInt16LE(end + 20) === tail.length;
    while (end >= 0 && !isEnd()) end--;
    if (end < 0) throw this.#broken('it has no directory at its end');
    const found = {
      count: tail.readUInt16LE(end + 10),
      length: tail.readUInt32LE(end + 12),
      at: tail.readUInt32LE(end + 16),
    };
    const locator = end - WIDE_LOCATOR_BYTES;
    if (locator < 0 || tail.readUInt32LE(locator) !== WIDE_LOCATOR) {
      if (found.at + found.length !== tailAt + end) throw this.#broken('it does not begin where it should');
      return found;
    }
    const wide = this.#read(Number(tail.readBigUInt64LE(locator + 8)), WIDE_END_BYTES);
    if (wide.readUInt32LE(0) !== WIDE_END) throw this.#broken('its directory is not where it should be');
    const [count, length, at] = [32, 40, 48].map(from => Number(wide.readBigUInt64LE(from)));
    return { count: count ?? 0, length: length ?? 0, at: at ?? 0 };
  }

  #read(at: number, length: number, into?: Buffer): Buffer {
    if (at < 0 || at + length > this.#size) throw this.#broken(`${length} bytes at ${at} go beyond its end`);
    const bytes = into?.subarray(0, length) ?? Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const read = readSync(this.#fd, bytes, done, length - done, at + done);
      if (read === 0) throw this.#broken('it became shorter while it was read');
      done += read;
    }
    return bytes;
  }

  #broken(reason: string, cause?: unknown): ArchiveError {
    return new ArchiveError(this.path, reason, cause);
  }
}

function wideNumbers(extra: Buffer): number[] {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === WIDE_FIELD) {
      const field = extra.subarray(at + 4, at + 4 + length);
      return Array.from({ length: Math.floor(Math.min(field.length, 24) / 8) }, (_, n) =>
        Number(field.readBigUInt64LE(n * 8)),
      );
    }
    at += 4 + length;
  }
  return [];
}
