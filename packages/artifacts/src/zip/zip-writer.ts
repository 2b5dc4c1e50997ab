/** Writes a zip file: members of another one as they stand, bytes, or what lies in a file. */
import { closeSync, createReadStream, openSync, statSync, writeSync, writevSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw, deflateRawSync } from 'node:zlib';
import {
  DEFLATED,
  DESCRIPTOR_FLAG,
  DIRECTORY_END,
  DIRECTORY_END_BYTES,
  DIRECTORY_ENTRY,
  DIRECTORY_ENTRY_BYTES,
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
import type { ZipReader } from './zip-reader.ts';

const PIECE = 1024 * 1024;
const WIDE_VERSION = 45;

/** What a new member takes over from an old one. */
export type ZipMemberFacts = Pick<ZipMember, 'method' | 'changedAt' | 'madeBy' | 'attributes'>;

export class ZipWriter {
  readonly #fd: number;
  #isOpen = true;
  readonly #members: ZipMember[] = [];
  readonly #names = new Set<string>();
  readonly #piece = Buffer.allocUnsafe(PIECE);
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #at = 0;

  /** Makes the file. @throws what the file system says, also where there is one already. */
  constructor(path: string, mode: number) {
    this.#fd = openSync(path, 'wx', mode);
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** A member of `zip`, with the bytes that it has there. */
  copy(zip: ZipReader, member: ZipMember): void {
    const headerAt = this.#header(member);
    const from = zip.contentAt(member);
    this.#flush();
    for (let done = 0; done < member.compressedBytes; done += PIECE) {
      const piece = zip.range(from + done, Math.min(PIECE, member.compressedBytes - done), this.#piece);
      for (let written = 0; written < piece.length; ) written += writeSync(this.#fd, piece, written);
      this.#at += piece.length;
    }
    this.#add({ ...member, headerAt });
  }

  bytes(name: string, bytes: Buffer, facts: ZipMemberFacts): void {
    const content = facts.method === STORED ? bytes : deflateRawSync(bytes, { chunkSize: Math.max(64, bytes.length) });
    const member = newMember(name, facts, { crc32: crc32(bytes), sizeBytes: bytes.length, content: content.length });
    const headerAt = this.#header(member);
    this.#write(content);
    this.#add({ ...member, headerAt });
  }

  /** What lies in the file at `path`, without having all of it in memory. */
  async file(name: string, path: string, facts: ZipMemberFacts): Promise<void> {
    const sizeBytes = statSync(path).size;
    // The place is kept, and filled when sizes and sum are known.
    const draft = newMember(name, facts, { crc32: 0, sizeBytes, content: sizeBytes });
    const headerAt = this.#header(draft);
    this.#flush();
    const contentAt = this.#at;
    let sum = 0;
    const read = createReadStream(path, { highWaterMark: PIECE }).on('data', piece => {
      sum = crc32(piece, sum);
    });
    const take = async (pieces: AsyncIterable<Buffer>): Promise<void> => {
      for await (const piece of pieces) this.#write(piece);
    };
    if (facts.method === STORED) await pipeline(read, take);
    else await pipeline(read, createDeflateRaw(), take);
    this.#flush();
    const member = { ...draft, crc32: sum, compressedBytes: this.#at - contentAt, headerAt };
    const header = localHeader(member);
    writeSync(this.#fd, header, 0, header.length, headerAt);
    this.#add(member);
  }

  /** Writes the directory and closes the file. */
  end(): void {
    const start = this.#at;
    for (const member of this.#members) this.#write(directoryEntry(member));
    this.#write(directoryEnd(this.#members.length, start, this.#at - start));
    this.#flush();
    this.close();
  }

  /** A second time it does nothing: the number may be that of another file by then. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#fd);
  }

  #header(member: ZipMember): number {
    const at = this.#at;
    this.#write(localHeader(member));
    return at;
  }

  #add(member: ZipMember): void {
    this.#names.add(member.name);
    this.#members.push(member);
  }

  #write(bytes: Buffer): void {
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#at += bytes.length;
    if (this.#pendingBytes >= PIECE) this.#flush();
  }

  #flush(): void {
    const [pending, length] = [this.#pending, this.#pendingBytes];
    this.#pending = [];
    this.#pendingBytes = 0;
    let done = length === 0 ? 0 : writevSync(this.#fd, pending);
    if (done === length) return;
    // A full disk, or a signal: the rest piece by piece, or the reason.
    for (const bytes = Buffer.concat(pending); done < length; ) done += writeSync(this.#fd, bytes, done);
  }
}

function newMember(
  name: string,
  { method, changedAt, madeBy, attributes }: ZipMemberFacts,
  { crc32, sizeBytes, content }: { crc32: number; sizeBytes: number; content: number },
): ZipMember {
  const facts = { name, method: method === STORED ? STORED : DEFLATED, changedAt, madeBy, attributes };
  return { ...facts, flags: UTF8_FLAG, crc32, sizeBytes, compressedBytes: content, headerAt: 0 };
}

function isWide({ sizeBytes, compressedBytes }: ZipMember): boolean {
  return sizeBytes >= MAX_32 - PIECE || compressedBytes >= MAX_32 - PIECE;
}

/** Sizes stand in it, not behind the content: they are known by now. */
function localHeader(member: ZipMember): Buffer {
  const wide = isWide(member);
  const name = Buffer.from(member.name, member.flags & UTF8_FLAG ? 'utf8' : 'latin1');
  const header = Buffer.alloc(LOCAL_HEADER_BYTES + name.length + (wide ? 20 : 0));
  header.writeUInt32LE(LOCAL_HEADER, 0);
  header.writeUInt16LE(wide ? WIDE_VERSION : 20, 4);
  header.writeUInt16LE(member.flags & ~DESCRIPTOR_FLAG, 6);
  header.writeUInt16LE(member.method, 8);
  header.writeUInt32LE(member.changedAt, 10);
  header.writeUInt32LE(member.crc32, 14);
  header.writeUInt32LE(wide ? MAX_32 : member.compressedBytes, 18);
  header.writeUInt32LE(wide ? MAX_32 : member.sizeBytes, 22);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(wide ? 20 : 0, 28);
  name.copy(header, LOCAL_HEADER_BYTES);
  if (wide) wideField([member.sizeBytes, member.compressedBytes]).copy(header, LOCAL_HEADER_BYTES + name.length);
  return header;
}

function directoryEntry(member: ZipMember): Buffer {
  const wide = isWide(member);
  const far = member.headerAt >= MAX_32;
  const numbers = [...(wide ? [member.sizeBytes, member.compressedBytes] : []), ...(far ? [member.headerAt] : [])];
  const extra = numbers.length === 0 ? Buffer.alloc(0) : wideField(numbers);
  const name = Buffer.from(member.name, member.flags & UTF8_FLAG ? 'utf8' : 'latin1');
  const entry = Buffer.alloc(DIRECTORY_ENTRY_BYTES);
  entry.writeUInt32LE(DIRECTORY_ENTRY, 0);
  entry.writeUInt16LE(member.madeBy, 4);
  entry.writeUInt16LE(extra.length > 0 ? WIDE_VERSION : 20, 6);
  entry.writeUInt16LE(member.flags & ~DESCRIPTOR_FLAG, 8);
  entry.writeUInt16LE(member.method, 10);
  entry.writeUInt32LE(member.changedAt, 12);
  entry.writeUInt32LE(member.crc32, 16);
  entry.writeUInt32LE(wide ? MAX_32 : member.compressedBytes, 20);
  entry.writeUInt32LE(wide ? MAX_32 : member.sizeBytes, 24);
  entry.writeUInt16LE(name.length, 28);
  entry.writeUInt16LE(extra.length, 30);
  entry.writeUInt32LE(member.attributes, 38);
  entry.writeUInt32LE(far ? MAX_32 : member.headerAt, 42);
  return Buffer.concat([entry, name, extra]);
}

function wideField(numbers: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + numbers.length * 8);
  field.writeUInt16LE(WIDE_FIELD, 0);
  field.writeUInt16LE(numbers.length * 8, 2);
  for (const [n, number] of numbers.entries()) field.writeBigUInt64LE(BigInt(number), 4 + n * 8);
  return field;
}

function directoryEnd(count: number, at: number, length: number): Buffer {
  const end = Buffer.alloc(DIRECTORY_END_BYTES);
  end.writeUInt32LE(DIRECTORY_END, 0);
  end.writeUInt16LE(Math.min(count, MAX_16), 8);
  end.writeUInt16LE(Math.min(count, MAX_16), 10);
  end.writeUInt32LE(Math.min(length, MAX_32), 12);
  end.writeUInt32LE(Math.min(at, MAX_32), 16);
  if (count < MAX_16 && at + length < MAX_32) return end;
  const wide = Buffer.alloc(WIDE_END_BYTES);
  wide.writeUInt32LE(WIDE_END, 0);
  wide.writeBigUInt64LE(BigInt(WIDE_END_BYTES - 12), 4);
  wide.writeUInt16LE(WIDE_VERSION, 12);
  wide.writeUInt16LE(WIDE_VERSION, 14);
  for (const [n, number] of [count, count, length, at].entries()) wide.writeBigUInt64LE(BigInt(number), 24 + n * 8);
  const locator = Buffer.alloc(WIDE_LOCATOR_BYTES);
  locator.writeUInt32LE(WIDE_LOCATOR, 0);
  locator.writeBigUInt64LE(BigInt(at + length), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([wide, locator, end]);
}
