/** Appends events of one process to its spool file, so that a killed process has lost nothing that had ended. */
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInstantText, type EventBody, PROTOCOL_VERSION, QualityHubError } from '@quality-hub/protocol';

/** The spool cannot be written (`QH_SPOOL`): no access, disk full, folder removed. */
export class SpoolError extends QualityHubError {
  constructor(path: string, doing: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`Cannot ${doing} ${path}: ${why}`, {
      code: 'QH_SPOOL',
      hint: 'Make room or give write access there, or move the folder with QUALITY_HUB_DIR',
      cause,
    });
  }
}

export interface SpoolWriterOptions {
  /** Folder of the run; made when it is missing. */
  readonly folder: string;
  readonly runId: string;
  readonly shard: number;
  /** Unique name of the process: also the name of the file. */
  readonly writer: string;
  /** @default Date.now */
  readonly now?: () => number;
  /** Hears of a failed write. True where it has moved the writer to a better place: then it writes again at once. */
  readonly rescue?: (failure: SpoolError) => boolean;
}

/** Readable as well: what was written can be brought to another place, also when the file has been deleted. */
const OPEN_FLAGS = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND;
const COPY_BYTES = 1 << 20;
/** A place that refuses is asked again only now and then: each try gathers all that waits. */
const RETRY_MS = 1_000;
/** What makes a record large, and what the rest of it is worth something without. */
const BULKY = /^.{0,400}?"kind":"(?:output|test\.steps)"/;

/**
 * One file, one writer, one line an event. `append` buffers, `flush` writes everything with one `writeSync`. A reader
 * follows the file: it takes whole lines only, so a torn last line is never read.
 */
export class SpoolWriter {
  readonly writer: string;
  #path: string;
  #fd: number | undefined;
  #seq = 0;
  /** Lines that wait, as one string: it costs half of what joining an array of them does. */
  #buffer = '';
  #bufferedEvents = 0;
  /** How much of the buffer a failed write has brought to the disk. */
  #writtenBytes = 0;
  readonly #head: string;
  readonly #tail: string;
  readonly #now: () => number;
  readonly #instant = createInstantText();
  readonly #rescue: (failure: SpoolError) => boolean;
  #lastAtMs = 0;
  #retryAtMs = 0;
  /** Events that were given up. */
  #shed = 0;

  /** @throws {SpoolError} (`QH_SPOOL`) if the file cannot be made. */
  constructor({ folder, runId, shard, writer, now = Date.now, rescue = () => false }: SpoolWriterOptions) {
    this.#path = join(folder, `${writer}.ndjson`);
    this.writer = writer;
    this.#now = now;
    this.#rescue = rescue;
    this.#head = `{"v":${PROTOCOL_VERSION},"runId":${JSON.stringify(runId)},"shard":${shard},"writer":${JSON.stringify(writer)},"seq":`;
    this.#tail = ',"at":"';
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      this.#fd = openSync(this.path, OPEN_FLAGS, 0o600);
    } catch (error) {
      throw new SpoolError(this.path, 'write the spool', error);
    }
  }

  get path(): string {
    return this.#path;
  }

  /** False when the file is no longer where it was made: somebody has removed it or its folder. */
  get isInPlace(): boolean {
    if (this.#fd === undefined) return true;
    try {
      const { dev, ino } = fstatSync(this.#fd);
      const found = statSync(this.#path, { throwIfNoEntry: false });
      return found?.dev === dev && found.ino === ino;
    } catch {
      return false;
    }
  }

  /** Number of the last event appended. */
  get lastSeq(): number {
    return this.#seq;
  }

  /** Events that are not wholly on disk yet. */
  get unwritten(): number {
    return this.#shed + this.#bufferedEvents - this.#wholeLines();
  }

  /** Characters that wait to be written. */
  get bufferedChars(): number {
    return this.#buffer.length;
  }

  /** Adds an event to the buffer and returns its number. Nothing is on disk before {@link flush}. */
  append(body: EventBody): number {
    const seq = ++this.#seq;
    // A clock that is set back must not turn the order of what happened.
    this.#lastAtMs = Math.max(this.#lastAtMs, this.#now());
    const at = this.#instant(this.#lastAtMs);
    this.#buffer += `${this.#head}${seq}${this.#tail}${at}",${JSON.stringify(body).slice(1)}\n`;
    this.#bufferedEvents++;
    return seq;
  }

  /**
   * Writes all that is buffered. After a failed write the buffer is kept, and the first flush after a second tries again.
   *
   * @throws {SpoolError} (`QH_SPOOL`) if the file cannot be written.
   */
  flush(): void {
    if (this.#retryAtMs > 0 && performance.now() < this.#retryAtMs) return;
    this.flushNow();
  }

  /** As {@link flush}, also right after a failed write. */
  flushNow(): void {
    if (this.#bufferedEvents === 0 || this.#fd === undefined) return;
    try {
      this.#write(this.#fd);
    } catch (failure) {
      this.#retryAtMs = performance.now() + RETRY_MS;
      if (!this.#rescue(failure as SpoolError)) throw failure;
      this.#write(this.#fd);
    }
    this.#retryAtMs = 0;
  }

  /**
   * Goes on in another folder, or in the same one where it was removed. All that has been written comes along.
   *
   * @throws {SpoolError} (`QH_SPOOL`) if that cannot be done; the writer then stays where it is.
   */
  moveTo(folder: string): void {
    if (this.#fd === undefined) return;
    const path = join(folder, `${this.writer}.ndjson`);
    const unfinished = `${path}.new`;
    let fd: number | undefined;
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      fd = openSync(unfinished, OPEN_FLAGS | constants.O_TRUNC, 0o600);
      copyAll(this.#fd, fd);
      renameSync(unfinished, path);
    } catch (error) {
      if (fd !== undefined) {
        closeSync(fd);
        rmSync(unfinished, { force: true });
      }
      throw new SpoolError(path, 'write the spool', error);
    }
    closeSync(this.#fd);
    this.#fd = fd;
    this.#path = path;
  }

  /** Gives up the output and the steps that wait in memory, for the sake of the results. They count as not written. */
  shed(): void {
    const begun = this.#wholeLines() + 1;
    const lines = this.#buffer.split('\n').slice(0, -1);
    const kept = lines.filter((line, index) => index < begun || !BULKY.test(line));
    this.#shed += lines.length - kept.length;
    this.#buffer = kept.map(line => `${line}\n`).join('');
    this.#bufferedEvents = kept.length;
  }

  #write(fd: number): void {
    const bytes = Buffer.from(this.#buffer);
    let written = this.#writtenBytes;
    try {
      while (written < bytes.length) written += writeSync(fd, bytes, written);
    } catch (error) {
      this.#writtenBytes = written;
      throw new SpoolError(this.path, 'write the spool', error);
    }
    this.#writtenBytes = 0;
    this.#buffer = '';
    this.#bufferedEvents = 0;
  }

  /** Writes the rest and closes the file. Safe to call twice. */
  close(): void {
    if (this.#fd === undefined) return;
    try {
      this.flushNow();
    } finally {
      const fd = this.#fd;
      this.#fd = undefined;
      closeSync(fd);
    }
  }

  /** Lines of the buffer that a failed write has brought to the disk. */
  #wholeLines(): number {
    if (this.#writtenBytes === 0) return 0;
    const onDisk = Buffer.from(this.#buffer).subarray(0, this.#writtenBytes);
    return onDisk.toString('latin1').split('\n').length - 1;
  }
}

function copyAll(from: number, to: number): void {
  const chunk = Buffer.allocUnsafe(COPY_BYTES);
  const { size } = fstatSync(from);
  for (let at = 0; at < size; ) {
    const got = readSync(from, chunk, 0, Math.min(COPY_BYTES, size - at), at);
    if (got === 0) return;
    for (let done = 0; done < got; ) done += writeSync(to, chunk, done, got - done);
    at += got;
  }
}
