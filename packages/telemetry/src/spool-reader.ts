/** Follows one spool file from a byte offset and hands out whole lines. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

export interface SpoolReadResult {
  /** Whole lines, without their line ends. */
  readonly lines: readonly string[];
  /** Where to go on: behind the last whole line. */
  readonly offset: number;
  /** True when the file holds nothing behind `offset` but perhaps a torn line. */
  readonly atEnd: boolean;
}

const NEW_LINE = 10;

export class SpoolReader {
  readonly path: string;
  #offset: number;
  #chunkBytes: number;

  /** `offset` is the byte to start at; `chunkBytes` limits one read and grows when a line is longer. */
  constructor(path: string, { offset = 0, chunkBytes = 1 << 20 } = {}) {
    this.path = path;
    this.#offset = offset;
    this.#chunkBytes = chunkBytes;
  }

  get offset(): number {
    return this.#offset;
  }

  /** The next whole lines, at most about one chunk. A missing file is an empty one. */
  read(): SpoolReadResult {
    let fd: number;
    try {
      fd = openSync(this.path, 'r');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return { lines: [], offset: this.#offset, atEnd: true };
    }
    try {
      return this.#readFrom(fd, fstatSync(fd).size);
    } finally {
      closeSync(fd);
    }
  }

  #readFrom(fd: number, size: number): SpoolReadResult {
    for (let want = this.#chunkBytes; ; want *= 4) {
      const chunk = Buffer.allocUnsafe(Math.max(0, Math.min(want, size - this.#offset)));
      const got = readSync(fd, chunk, 0, chunk.length, this.#offset);
      const lastLineEnd = chunk.lastIndexOf(NEW_LINE, got - 1);
      const reachedEnd = this.#offset + got >= size;
      if (lastLineEnd < 0 && !reachedEnd) continue;
      if (lastLineEnd < 0) return { lines: [], offset: this.#offset, atEnd: true };
      this.#offset += lastLineEnd + 1;
      const lines = chunk.toString('utf8', 0, lastLineEnd).split('\n');
      return { lines, offset: this.#offset, atEnd: reachedEnd };
    }
  }
}
