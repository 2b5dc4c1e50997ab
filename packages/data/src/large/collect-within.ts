/** Rows as a list, as long as they fit: who takes too much is named before the process dies of it. */
import { QualityHubError } from '@quality-hub/protocol';
import { roughSize } from './rough-size.ts';

export interface CollectOptions {
  /** Most bytes of all rows, estimated. */
  readonly maxBytes: number;
  /** What is collected: the dataset, the query. */
  readonly what: string;
  /** Who collects: the title of the test. */
  readonly by?: string | undefined;
}

/** More was collected than fits into the memory that it may have (`QH_DATA_MEMORY`). */
export class DataMemoryError extends QualityHubError {
  readonly rows: number;
  readonly bytes: number;

  constructor({ what, by, maxBytes }: CollectOptions, rows: number, bytes: number) {
    super(
      `${what} is too large to be held as a whole${by === undefined ? '' : ` by "${by}"`}: its first ${rows} rows take ${megabytes(bytes)}, and ${megabytes(maxBytes)} are allowed`,
      { code: 'QH_DATA_MEMORY', hint: 'Go through it row by row (for await), in batches, or spill it to disk' },
    );
    this.rows = rows;
    this.bytes = bytes;
  }
}

/** Sizes of rows are looked at so often once there are many: rows of one file are alike. */
const EVERY = 16;
const ALL_UP_TO = 1_024;

/**
 * All rows as a list.
 *
 * @throws {DataMemoryError} (`QH_DATA_MEMORY`) as soon as they take more than `maxBytes`.
 */
export async function collectWithin<T>(rows: AsyncIterable<T> | Iterable<T>, options: CollectOptions): Promise<T[]> {
  const { maxBytes } = options;
  const kept: T[] = [];
  let bytes = 0;
  for await (const row of rows) {
    kept.push(row);
    const count = kept.length;
    if (count <= ALL_UP_TO) bytes += roughSize(row);
    else if (count % EVERY === 0) bytes += roughSize(row) * EVERY;
    if (bytes > maxBytes) throw new DataMemoryError(options, count, bytes);
  }
  return kept;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(bytes < 10_000_000 ? 2 : 0)} MB`;
}
