/** Undoes the encodings of an answer's body: gzip, deflate, br, zstd; several of them, in the order they were made. */
import { once } from 'node:events';
import type { Readable, Transform } from 'node:stream';
import { HttpBodyError, HttpTooLargeError } from '../errors.ts';
import type { AnswerHeaders } from '../transport/transport.ts';

/** What is asked for. */
export const ACCEPT_ENCODING = 'gzip, deflate, br, zstd';

type Zlib = typeof import('node:zlib');

/** The encodings, last made first; empty where there is none. */
export function encodingsOf(headers: AnswerHeaders): readonly string[] {
  const value = headers['content-encoding'];
  if (value === undefined) return [];
  const named = (typeof value === 'string' ? value : value.join(','))
    .split(',')
    .map(each => each.trim().toLowerCase())
    .filter(each => each !== '' && each !== 'identity');
  return named.reverse();
}

/**
 * @throws {HttpBodyError} where the body is not what its encoding says, or the encoding is unknown.
 * @throws {HttpTooLargeError} where the body grows beyond `maxBytes`: a small answer can hold a huge one.
 */
export async function decodeWhole(body: Buffer, encodings: readonly string[], maxBytes: number): Promise<Buffer> {
  // Answers to HEAD, and some with 204, name an encoding and have no body.
  if (body.length === 0) return body;
  const zlib = await import('node:zlib');
  let decoded = body;
  for (const encoding of encodings) decoded = await decodeOnce(zlib, decoded, encoding, maxBytes);
  return decoded;
}

/** Gives the decoded stream; a failure of either ends both. */
export async function decodeStream(body: Readable, encodings: readonly string[]): Promise<Readable> {
  const [zlib, { pipeline }] = await Promise.all([import('node:zlib'), import('node:stream')]);
  const first = encodings[0] === 'deflate' ? await firstChunkOf(body) : undefined;
  const transforms = encodings.map((encoding, index) => decoderOf(zlib, encoding, index === 0 ? first : undefined));
  // The last stream is destroyed with the error, which is where its reader hears of it.
  return pipeline([body, ...transforms], () => undefined) as unknown as Readable;
}

/** Looks at the beginning of a stream and puts it back. */
async function firstChunkOf(body: Readable): Promise<Buffer | undefined> {
  await once(body, 'readable');
  const chunk = body.read() as Buffer | null;
  if (chunk !== null) body.unshift(chunk);
  return chunk ?? undefined;
}

async function decodeOnce(zlib: Zlib, body: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  const decoder = decoderOf(zlib, encoding, body);
  const chunks: Buffer[] = [];
  let length = 0;
  decoder.end(body);
  try {
    for await (const chunk of decoder as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes)
        throw new HttpTooLargeError(
          `The answer is longer than the ${maxBytes} bytes that are kept in memory once its ${encoding} is undone`,
          maxBytes,
        );
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof HttpTooLargeError) throw error;
    throw new HttpBodyError(
      `The answer says it is ${encoding}, but cannot be undone: ${(error as Error).message}`,
      'The server, or something between, has cut or changed the body',
      error,
    );
  }
  return Buffer.concat(chunks, length);
}

function decoderOf(zlib: Zlib, encoding: string, body?: Buffer): Transform {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip();
    case 'br':
      return zlib.createBrotliDecompress();
    case 'zstd':
      return zlib.createZstdDecompress();
    case 'deflate':
      // Some servers send it without the header that the standard wants: its first byte says which.
      return body !== undefined && ((body[0] ?? 0) & 0x0f) !== 8 ? zlib.createInflateRaw() : zlib.createInflate();
    default:
      throw new HttpBodyError(
        `The answer is encoded as "${encoding}", which is not known here`,
        `Known are ${ACCEPT_ENCODING}; take the client's accept-encoding header away, or ask the server`,
      );
  }
}
