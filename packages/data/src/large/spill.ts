/** Rows that are held in memory as long as they fit, and on disk from then on. */
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OptionError, QualityHubError } from '@quality-hub/protocol';
import { readNdjson } from '../datasets/readers/read-ndjson.ts';
import { roughSize } from './rough-size.ts';

export interface SpillOptions {
  /** Most bytes in memory, estimated. @default 16777216 */
  readonly maxBytes?: number;
  /** Where the file is made. @default the folder for temporary files */
  readonly folder?: string;
}

/** Rows were asked for after they were let go (`QH_DATA_SPILL`). */
export class SpillClosedError extends QualityHubError {
  constructor() {
    super('These rows were let go', { code: 'QH_DATA_SPILL', hint: 'Use them before close' });
  }
}

const MAX_BYTES = 16 * 1_048_576;
/** Written at a time, in characters. */
const PIECE = 262_144;
const CHUNK_BYTES = 65_536;

/** Rows that can be gone through as often as wanted, and are let go by `close`. */
export interface Spilled<T> extends AsyncIterable<T>, AsyncDisposable {
  readonly length: number;
  readonly isOnDisk: boolean;
  close(): Promise<void>;
}

/**
 * Takes all of `rows`. What does not fit into `maxBytes` goes to a file as NDJSON: rows have to be JSON then. The file has no name
 * from its beginning on, so that it is gone with the process, however that ends.
 *
 * @throws {OptionError} (`QH_OPTION`)
 */
export async function spill<T>(rows: AsyncIterable<T> | Iterable<T>, options: SpillOptions = {}): Promise<Spilled<T>> {
  const { maxBytes = MAX_BYTES, folder = tmpdir() } = options;
  if (!(maxBytes >= 0)) throw new OptionError('spill', [`maxBytes is ${maxBytes}, expected 0 or more`]);
  let held: T[] = [];
  let bytes = 0;
  let length = 0;
  let file: FileHandle | undefined;
  let piece = '';
  const write = async (): Promise<void> => {
    await file?.appendFile(piece);
    piece = '';
  };
  try {
    for await (const row of rows) {
      length++;
      if (file === undefined) {
        held.push(row);
        bytes += roughSize(row);
        if (bytes <= maxBytes) continue;
        file = await namelessFile(folder);
        for (const one of held) {
          piece += `${JSON.stringify(one)}\n`;
          if (piece.length >= PIECE) await write();
        }
        held = [];
      } else {
        piece += `${JSON.stringify(row)}\n`;
        if (piece.length >= PIECE) await write();
      }
    }
    await write();
  } catch (error) {
    await file?.close();
    throw error;
  }
  return new SpilledRows(held, file, length);
}

class SpilledRows<T> implements Spilled<T> {
  readonly length: number;
  readonly isOnDisk: boolean;
  readonly #file: FileHandle | undefined;
  #held: readonly T[] | undefined;

  constructor(held: readonly T[], file: FileHandle | undefined, length: number) {
    this.#held = held;
    this.#file = file;
    this.length = length;
    this.isOnDisk = file !== undefined;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    if (this.#held === undefined) throw new SpillClosedError();
    if (this.#file === undefined) {
      yield* this.#held;
      return;
    }
    const source = { path: 'spilled rows', chunks: this.#chunks(this.#file), onVersion: () => {} };
    for await (const { rows } of readNdjson(source)) yield* rows as readonly T[];
  }

  async close(): Promise<void> {
    this.#held = undefined;
    await this.#file?.close().catch(() => {});
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** By position, so that several may read at a time. */
  async *#chunks(file: FileHandle): AsyncGenerator<Buffer> {
    for (let position = 0; ; ) {
      if (this.#held === undefined) throw new SpillClosedError();
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }
}

async function namelessFile(folder: string): Promise<FileHandle> {
  const path = join(folder, `qh-spill-${randomBytes(9).toString('hex')}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}
