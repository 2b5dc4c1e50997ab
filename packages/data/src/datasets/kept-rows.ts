/** Rows as they stand in a file, kept in the cache by what the file holds: parsed once, also between runs. */
import { createHash } from 'node:crypto';
import { createReadStream, type Stats, statSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Cache } from '@quality-hub/state/cache';
import { collectWithin } from '../large/collect-within.ts';
import { formatOf } from './dataset-format.ts';
import { readError, readRows } from './read-rows.ts';
import type { RowBatch } from './readers/row-batch.ts';

/** Of what is parsed from a file that does not change. */
const KEPT_MS = 30 * 86_400_000;
/** A file may change twice within the resolution of its time: one that is younger is looked at as a whole. @see https://git-scm.com/docs/racy-git */
const RACY_MS = 2_000;
/** Up to so many bytes the content is looked at each time: it costs a millisecond, and a checkout gives all files new times. */
const SMALL_BYTES = 1_048_576;
/** How a reader puts rows together; another number reads all files anew. */
const READER_VERSION = 1;

export interface KeptRows {
  readonly version: number;
  readonly batch: RowBatch;
}

export interface KeptRowsOptions {
  readonly file: string;
  readonly path: string;
  readonly delimiter?: string | undefined;
  readonly cache: Cache | undefined;
  readonly maxBytes: number;
  readonly by?: string | undefined;
  readonly now: () => number;
}

/** Tells one state of a file from another. @throws {DatasetError} (`QH_DATASET_READ`) */
export function stampOf(file: string, path: string): string {
  const { mtimeMs, size, ino } = statOf(file, path);
  return `${mtimeMs}/${size}/${ino}`;
}

/** @throws {DatasetError} (`QH_DATASET_READ`, `QH_DATASET_FORMAT`) @throws {DataMemoryError} (`QH_DATA_MEMORY`) */
export async function keptRows(options: KeptRowsOptions): Promise<KeptRows> {
  const { cache, file, path, delimiter = '', now } = options;
  if (cache === undefined) return wholeFile(options);
  const { mtimeMs, size } = statOf(file, path);
  const stamp = stampOf(file, path);
  const isLookedAt = size <= SMALL_BYTES || now() - mtimeMs < RACY_MS;
  const hash = isLookedAt
    ? await hashOf(file, path)
    : await cache.getOrLoad(`hash of ${file} at ${stamp}`, () => hashOf(file, path), { ttlMs: KEPT_MS });
  const { format, gzip } = formatOf(path);
  return cache.getOrLoad(`rows of ${format}${gzip ? '.gz' : ''} ${delimiter} ${hash}`, () => wholeFile(options), {
    ttlMs: KEPT_MS,
    version: READER_VERSION,
    tags: [`dataset:${path}`],
  });
}

async function wholeFile({ file, path, delimiter, maxBytes, by }: KeptRowsOptions): Promise<KeptRows> {
  let version = 1;
  const lines: (number | undefined)[] = [];
  const onVersion = (said: number): void => {
    version = said;
  };
  const each = async function* () {
    for await (const batch of readRows({ file, path, onVersion, ...(delimiter !== undefined && { delimiter }) })) {
      lines.push(...batch.lines);
      yield* batch.rows;
    }
  };
  const rows = await collectWithin(each(), { maxBytes, what: path, by });
  return { version, batch: { rows, lines } };
}

async function hashOf(file: string, path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (error) {
    throw readError(path, error);
  }
  return hash.digest('hex');
}

function statOf(file: string, path: string): Stats {
  try {
    return statSync(file);
  } catch (error) {
    throw readError(path, error);
  }
}
