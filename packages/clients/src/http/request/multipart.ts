/** `multipart/form-data` without a form: fields and files, from memory or from disk. */

import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { OptionError } from '@quality-hub/protocol';
import { isSecret, type Secret } from '@quality-hub/telemetry';

/** A file in memory; the same shape as Playwright's. */
export interface FilePart {
  readonly name: string;
  /** @default 'application/octet-stream' */
  readonly mimeType?: string;
  readonly buffer: Uint8Array;
}

/** A file on disk, read while it is sent. */
export interface DiskPart {
  readonly path: string;
  /** @default the file's own */
  readonly name?: string;
  /** @default 'application/octet-stream' */
  readonly mimeType?: string;
}

export type MultipartValue = string | number | boolean | Blob | FilePart | DiskPart | Secret;
/** A list gives its name once for each value. */
export type MultipartFields = Readonly<Record<string, MultipartValue | readonly MultipartValue[] | undefined>>;

export interface Multipart {
  readonly contentType: string;
  readonly sizeBytes: number;
  /** Whole where nothing lies on disk; else a function that opens the files anew for each attempt. */
  readonly body: Buffer | (() => Readable);
}

interface Part {
  readonly head: Buffer;
  readonly content: Buffer | { readonly path: string; readonly sizeBytes: number };
}

const END = Buffer.from('\r\n');

/** @see WHATWG HTML, multipart/form-data encoding algorithm. */
export async function encodeMultipart(
  fields: MultipartFields | FormData,
  boundary: string = `----quality-hub-${randomBytes(12).toString('hex')}`,
): Promise<Multipart> {
  const parts: Part[] = [];
  for (const [name, value] of entriesOf(fields)) parts.push(await toPart(boundary, name, value));
  const tail = Buffer.from(`--${boundary}--\r\n`);
  const sizeBytes = parts.reduce(
    (sum, { head, content }) => sum + head.length + lengthOf(content) + END.length,
    tail.length,
  );
  const contentType = `multipart/form-data; boundary=${boundary}`;
  const inMemory = parts.every(({ content }) => Buffer.isBuffer(content));
  if (!inMemory) return { contentType, sizeBytes, body: () => Readable.from(chunksOf(parts, tail)) };
  const pieces = parts.flatMap(({ head, content }) => [head, content as Buffer, END]);
  return { contentType, sizeBytes, body: Buffer.concat([...pieces, tail]) };
}

function* entriesOf(fields: MultipartFields | FormData): Iterable<[string, MultipartValue]> {
  if (fields instanceof FormData) {
    yield* fields.entries();
    return;
  }
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    for (const each of Array.isArray(value) ? (value as readonly MultipartValue[]) : [value as MultipartValue]) {
      yield [name, each];
    }
  }
}

async function toPart(boundary: string, field: string, given: MultipartValue): Promise<Part> {
  const value = isSecret(given) ? given.reveal() : (given as Exclude<MultipartValue, Secret>);
  const head = (file?: { readonly name: string; readonly type: string }): Buffer => {
    const of = file === undefined ? '' : `; filename="${escapeName(file.name)}"`;
    const type = file === undefined ? '' : `\r\nContent-Type: ${file.type || 'application/octet-stream'}`;
    return Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(field)}"${of}${type}\r\n\r\n`,
    );
  };
  if (value instanceof Blob) {
    const name = value instanceof File ? value.name : 'blob';
    return { head: head({ name, type: value.type }), content: Buffer.from(await value.arrayBuffer()) };
  }
  if (typeof value !== 'object') return { head: head(), content: Buffer.from(String(value)) };
  const type = value.mimeType ?? '';
  if (/[\r\n]/.test(type)) throw new OptionError(`The part "${field}"`, ['has a line break in its mimeType']);
  if ('buffer' in value) return { head: head({ name: value.name, type }), content: asBuffer(value.buffer) };
  const { path } = value;
  const { size } = await stat(path).catch((error: unknown) => {
    throw new OptionError(`The part "${field}"`, [`cannot be read from ${path}: ${(error as Error).message}`]);
  });
  return { head: head({ name: value.name ?? basename(path), type }), content: { path, sizeBytes: size } };
}

/** What would end the quoted name is escaped, as browsers do it. */
function escapeName(name: string): string {
  return name.replaceAll('\n', '%0A').replaceAll('\r', '%0D').replaceAll('"', '%22');
}

function lengthOf(content: Part['content']): number {
  return Buffer.isBuffer(content) ? content.length : content.sizeBytes;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function* chunksOf(parts: readonly Part[], tail: Buffer): AsyncIterable<Buffer> {
  for (const { head, content } of parts) {
    yield head;
    if (Buffer.isBuffer(content)) yield content;
    else yield* createReadStream(content.path) as AsyncIterable<Buffer>;
    yield END;
  }
  yield tail;
}
