/** Files by the hash of their content: what two snapshots share is kept once, and what is damaged is found. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress, createZstdDecompress } from 'node:zlib';
import { SnapshotError } from '../errors.ts';
import type { Pieces } from '../snapshot-part.ts';

export interface Content {
  readonly hash: string;
  /** Before compression. */
  readonly sizeBytes: number;
}

export interface StoredContent {
  readonly hash: string;
  /** On disk. */
  readonly storedBytes: number;
  /** When it was written or wanted again. */
  readonly touchedAt: number;
}

/** Half-written files of a killed process are older than this; a living one writes on. */
const ABANDONED_MS = 60 * 60_000;

export class ContentStore {
  readonly #folder: string;
  readonly #now: () => number;

  constructor(folder: string, now: () => number = Date.now) {
    this.#folder = folder;
    this.#now = now;
  }

  /** Streams `content` to disk, compressed. It is there under its hash, whole, or not at all. */
  async put(content: Pieces): Promise<Content> {
    const unfinished = join(this.#folder, 'unfinished');
    // Rows may hold what is nobody else's business.
    await mkdir(unfinished, { recursive: true, mode: 0o700 });
    const path = join(unfinished, `${process.pid}-${randomBytes(6).toString('hex')}`);
    const hash = createHash('sha256');
    let sizeBytes = 0;
    const watched = async function* (): AsyncIterable<Buffer> {
      for await (const piece of content) {
        const bytes = typeof piece === 'string' ? Buffer.from(piece) : Buffer.from(piece);
        hash.update(bytes);
        sizeBytes += bytes.length;
        yield bytes;
      }
    };
    try {
      await pipeline(Readable.from(watched(), { objectMode: false }), createZstdCompress(), createWriteStream(path));
      await flushed(path);
      const name = hash.digest('hex');
      await mkdir(join(this.#folder, name.slice(0, 2)), { recursive: true, mode: 0o700 });
      await rename(path, this.#path(name));
      return { hash: name, sizeBytes };
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  /** Says that it is wanted, so that nobody removes it now. False where it is not there. */
  async touch(hash: string): Promise<boolean> {
    const seconds = this.#now() / 1000;
    return utimes(this.#path(hash), seconds, seconds).then(
      () => true,
      () => false,
    );
  }

  /** @throws {SnapshotError} at the end where the content is not what was written (`QH_SNAPSHOT_TORN`). */
  async *read(hash: string): AsyncIterable<Buffer> {
    const seen = createHash('sha256');
    const file = createReadStream(this.#path(hash));
    const plain = createZstdDecompress();
    // What fails in the file ends the reading of it, too.
    const piped = pipeline(file, plain).catch((error: unknown) => plain.destroy(error as Error));
    // One piece is held back: the last one is given only when all are known to be right.
    let held: Buffer | undefined;
    try {
      for await (const piece of plain as AsyncIterable<Buffer>) {
        seen.update(piece);
        if (held !== undefined) yield held;
        held = piece;
      }
      await piped;
    } catch (error) {
      throw torn(hash, error);
    } finally {
      file.destroy();
      plain.destroy();
    }
    if (seen.digest('hex') !== hash) throw torn(hash);
    if (held !== undefined) yield held;
  }

  /** Reads it once for nothing else. @throws {SnapshotError} (`QH_SNAPSHOT_TORN`) */
  async verify(hash: string): Promise<void> {
    for await (const _ of this.read(hash));
  }

  async list(): Promise<readonly StoredContent[]> {
    const found: StoredContent[] = [];
    for (const part of await namesIn(this.#folder)) {
      if (!/^[0-9a-f]{2}$/.test(part)) continue;
      for (const hash of await namesIn(join(this.#folder, part))) {
        const facts = await stat(this.#path(hash)).catch(() => undefined);
        if (facts) found.push({ hash, storedBytes: facts.size, touchedAt: facts.mtimeMs });
      }
    }
    return found;
  }

  async remove(hash: string): Promise<void> {
    await rm(this.#path(hash), { force: true });
  }

  /** Removes what a killed process has half written. */
  async tidy(): Promise<void> {
    const folder = join(this.#folder, 'unfinished');
    for (const name of await namesIn(folder)) {
      const facts = await stat(join(folder, name)).catch(() => undefined);
      if (facts && facts.mtimeMs < this.#now() - ABANDONED_MS) await rm(join(folder, name), { force: true });
    }
  }

  #path(hash: string): string {
    return join(this.#folder, hash.slice(0, 2), hash);
  }
}

/** On the disk, and not only on its way there. */
export async function flushed(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}

function torn(hash: string, cause?: unknown): SnapshotError {
  if (cause instanceof SnapshotError) return cause;
  return new SnapshotError(
    'QH_SNAPSHOT_TORN',
    `The content ${hash.slice(0, 12)} of a snapshot is missing or damaged${cause instanceof Error ? ` (${cause.message})` : ''}`,
    'Take the snapshot again',
    cause,
  );
}
