/** Appends events of one process to its spool file, so that a killed process has lost nothing that had ended. */
import { closeSync, constants, mkdirSync, openSync, writeSync } from 'node:fs';
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
}

/**
 * One file, one writer, one line an event. `append` buffers, `flush` writes everything with one `writeSync`. A reader
 * follows the file: it takes whole lines only, so a torn last line is never read.
 */
export class SpoolWriter {
  readonly path: string;
  readonly writer: string;
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

  /** @throws {SpoolError} (`QH_SPOOL`) if the file cannot be made. */
  constructor({ folder, runId, shard, writer, now = Date.now }: SpoolWriterOptions) {
    this.path = join(folder, `${writer}.ndjson`);
    this.writer = writer;
    this.#now = now;
    this.#head = `{"v":${PROTOCOL_VERSION},"runId":${JSON.stringify(runId)},"shard":${shard},"writer":${JSON.stringify(writer)},"seq":`;
    this.#tail = ',"at":"';
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      this.#fd = openSync(this.path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o600);
    } catch (error) {
      throw new SpoolError(this.path, 'write the spool', error);
    }
  }

  /** Number of the last event appended. */
  get lastSeq(): number {
    return this.#seq;
  }

  /** Events that are not wholly on disk yet. */
  get unwritten(): number {
    if (this.#writtenBytes === 0) return this.#bufferedEvents;
    const onDisk = Buffer.from(this.#buffer).subarray(0, this.#writtenBytes);
    return this.#bufferedEvents - (onDisk.toString('latin1').split('\n').length - 1);
  }

  /** Characters that wait to be written. */
  get bufferedChars(): number {
    return this.#buffer.length;
  }

  /** Adds an event to the buffer and returns its number. Nothing is on disk before {@link flush}. */
  append(body: EventBody): number {
    const seq = ++this.#seq;
    const at = this.#instant(this.#now());
    this.#buffer += `${this.#head}${seq}${this.#tail}${at}",${JSON.stringify(body).slice(1)}\n`;
    this.#bufferedEvents++;
    return seq;
  }

  /**
   * Writes all that is buffered. After a failed write the buffer is kept, and the next flush tries again.
   *
   * @throws {SpoolError} (`QH_SPOOL`) if the file cannot be written.
   */
  flush(): void {
    if (this.#bufferedEvents === 0 || this.#fd === undefined) return;
    const bytes = Buffer.from(this.#buffer);
    let written = this.#writtenBytes;
    try {
      while (written < bytes.length) written += writeSync(this.#fd, bytes, written);
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
    const fd = this.#fd;
    try {
      this.flush();
    } finally {
      this.#fd = undefined;
      closeSync(fd);
    }
  }
}
