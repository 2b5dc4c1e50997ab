/** A file of test data, as those who read it see it. */
import { watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { Cache } from '@quality-hub/state/cache';
import { checkedRows } from './check-rows.ts';
import type { DatasetError, Violation } from './dataset-errors.ts';
import type { DatasetDefinition } from './definition.ts';
import { keptRows, stampOf } from './kept-rows.ts';
import { readRows } from './read-rows.ts';

/** An editor writes a file in several steps. */
const SETTLED_MS = 50;

export interface DatasetParts {
  readonly folder: string;
  readonly cache: () => Promise<Cache | undefined>;
  readonly maxBytes: number;
  readonly by: () => string | undefined;
  readonly now: () => number;
}

interface Held<T> {
  readonly stamp: string;
  readonly rows: Promise<readonly T[]>;
}

export class Dataset<T> implements AsyncIterable<T> {
  readonly #definition: DatasetDefinition<T>;
  readonly #parts: DatasetParts;
  readonly #file: string;
  #held: Held<T> | undefined;

  constructor(definition: DatasetDefinition<T>, parts: DatasetParts) {
    this.#definition = definition;
    this.#parts = parts;
    this.#file = resolve(parts.folder, definition.path);
  }

  /** As the suite names it. */
  get path(): string {
    return this.#definition.path;
  }

  /**
   * All rows, frozen. They are parsed once for each state of the file, by one worker, and kept between runs; they are held against
   * schema and rules once in each worker. A file that has changed is read anew.
   *
   * @throws {DatasetError} (`QH_DATASET_READ`, `QH_DATASET_FORMAT`, `QH_DATASET_INVALID`) @throws {DataVersionError}
   * (`QH_DATA_VERSION`) @throws {DataMemoryError} (`QH_DATA_MEMORY`) where they are too many to be held.
   */
  async all(): Promise<readonly T[]> {
    const stamp = stampOf(this.#file, this.path);
    if (this.#held?.stamp !== stamp) {
      const held: Held<T> = { stamp, rows: this.#all() };
      this.#held = held;
      held.rows.catch(() => {
        if (this.#held === held) this.#held = undefined;
      });
    }
    return this.#held.rows;
  }

  /**
   * Row by row, from the file itself, whatever its size: only a piece of it is in memory. Rows that come before one that is wrong
   * are given; all violations are told at the end.
   *
   * @throws as {@link all}, except for the memory.
   */
  async *rows({ signal }: { readonly signal?: AbortSignal } = {}): AsyncGenerator<T> {
    for await (const batch of this.#batches(signal)) yield* batch;
  }

  [Symbol.asyncIterator](): AsyncGenerator<T> {
    return this.rows();
  }

  /** The first rows; the rest of the file is not looked at. */
  async take(count: number): Promise<readonly T[]> {
    const taken: T[] = [];
    if (count < 1) return taken;
    for await (const row of this.rows()) {
      taken.push(row);
      if (taken.length >= count) break;
    }
    return taken;
  }

  /** The first row that is as wanted; the rest of the file is not looked at. */
  async find(isWanted: (row: T) => boolean): Promise<T | undefined> {
    for await (const row of this.rows()) if (isWanted(row)) return row;
    return undefined;
  }

  /** Everything that is wrong with the rows; empty where nothing is. @throws for a file that cannot be read at all. */
  async violations(): Promise<readonly Violation[]> {
    try {
      for await (const _ of this.#batches(undefined));
      return [];
    } catch (error) {
      if ((error as DatasetError).code !== 'QH_DATASET_INVALID') throw error;
      return (error as DatasetError).violations;
    }
  }

  /** Calls `listener` when the file has another content; the function it returns ends that. Keeps no process alive. */
  onChange(listener: () => void): () => void {
    let before = stampOf(this.#file, this.path);
    let timer: NodeJS.Timeout | undefined;
    const look = (): void => {
      let stamp: string;
      try {
        stamp = stampOf(this.#file, this.path);
      } catch {
        // It is being replaced, or gone: whoever reads it is told.
        return;
      }
      if (stamp === before) return;
      before = stamp;
      listener();
    };
    // Editors replace a file: the folder sees it, and a watch of the file would not.
    const watcher = watch(dirname(this.#file), { persistent: false }, (_, name) => {
      if (name !== null && name !== basename(this.#file)) return;
      clearTimeout(timer);
      timer = setTimeout(look, SETTLED_MS).unref();
    });
    return () => {
      clearTimeout(timer);
      watcher.close();
    };
  }

  #batches(signal: AbortSignal | undefined): AsyncGenerator<readonly T[]> {
    const { delimiter, path } = this.#definition;
    let version = 1;
    const read = readRows({
      file: this.#file,
      path,
      signal,
      onVersion: said => {
        version = said;
      },
      ...(delimiter !== undefined && { delimiter }),
    });
    return checkedRows(read, this.#definition, () => version);
  }

  async #all(): Promise<readonly T[]> {
    const { cache, maxBytes, by, now } = this.#parts;
    const { path, delimiter } = this.#definition;
    const { version, batch } = await keptRows({
      file: this.#file,
      path,
      delimiter,
      cache: await cache(),
      maxBytes,
      by: by(),
      now,
    });
    const all: T[] = [];
    for await (const right of checkedRows([batch], this.#definition, () => version)) all.push(...right);
    return Object.freeze(all);
  }
}
