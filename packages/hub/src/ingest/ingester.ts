/** Follows the spool files of one run's folder into the store, in short batches. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SpoolReader } from '@quality-hub/telemetry';
import type { RunStore } from '../store/run-store.ts';
import { explainShape } from './explain-shape.ts';
import { type ParsedLine, parseLine } from './parse-line.ts';

/** One read and one transaction: about 500 events, some milliseconds. */
const CHUNK_BYTES = 256 * 1024;

export interface IngestResult {
  /** Runs that were told something new. */
  readonly runIds: ReadonlySet<string>;
  readonly kept: number;
}

export class SpoolIngester {
  readonly #store: RunStore;
  readonly #spools: string;
  /** Keeps the place in each file between two calls. */
  readonly #readers = new Map<string, SpoolReader>();

  constructor(store: RunStore, spools: string) {
    this.#store = store;
    this.#spools = spools;
  }

  /** Names of the runs' folders; none where nothing has been recorded. */
  folders(): string[] {
    return entries(this.#spools)
      .filter(entry => entry.isDirectory())
      .map(entry => entry.name)
      .sort();
  }

  /**
   * Stores everything that the files of a folder hold now. Stops between two batches when `signal` aborts; what is
   * left stays in the spool.
   *
   * @throws {StoreError} if the store cannot be written; what is not stored is read again next time.
   */
  async catchUp(folder: string, signal?: AbortSignal): Promise<IngestResult> {
    const runIds = new Set<string>();
    let kept = 0;
    for (const file of spoolFiles(join(this.#spools, folder))) {
      while (!signal?.aborted) {
        const batch = await this.#nextBatch(folder, file, runIds);
        kept += batch.kept;
        if (batch.atEnd) break;
      }
    }
    return { runIds, kept };
  }

  async #nextBatch(folder: string, file: string, runIds: Set<string>): Promise<{ kept: number; atEnd: boolean }> {
    const path = join(this.#spools, folder, file);
    const key = `${folder}/${file}`;
    const size = sizeOf(path);
    let reader = this.#readers.get(key);
    if (!reader) {
      reader = new SpoolReader(path, { offset: await this.#store.offsetOf(folder, file), chunkBytes: CHUNK_BYTES });
      this.#readers.set(key, reader);
    }
    const restart = reader.offset > size;
    if (restart) {
      reader = new SpoolReader(path, { chunkBytes: CHUNK_BYTES });
      this.#readers.set(key, reader);
    }
    const from = reader.offset;
    if (from === size && !restart) return { kept: 0, atEnd: true };
    const { lines, offset, atEnd } = reader.read();
    if (lines.length === 0) return { kept: 0, atEnd: true };
    try {
      const parsed = await parseLines(lines);
      const result = await this.#store.append({ folder, file, from, offset, restart, lines: parsed });
      for (const runId of result.runIds) runIds.add(runId);
      if (result.storedOffset === offset) return { kept: result.kept, atEnd };
      // Another process stores the same file: go on where it is.
      this.#readers.delete(key);
      return { kept: 0, atEnd: false };
    } catch (error) {
      this.#readers.delete(key);
      throw error;
    }
  }
}

/** Journals of workers first: their evidence is then there when a test ends. */
function spoolFiles(folder: string): string[] {
  return entries(folder)
    .filter(entry => entry.isFile() && entry.name.endsWith('.ndjson'))
    .map(entry => entry.name)
    .sort()
    .reverse();
}

function entries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

async function parseLines(lines: readonly string[]): Promise<readonly ParsedLine[]> {
  const parsed: ParsedLine[] = [];
  for (const text of lines) {
    if (text === '') continue;
    const line = parseLine(text);
    if (line.type === 'rejected' && line.value !== undefined) {
      const reason = await explainShape(line.value);
      parsed.push(reason === undefined ? line : { ...line, reason });
    } else parsed.push(line);
  }
  return parsed;
}
