/** The rows of a file, as they stand in it, whatever its format; never more of it in memory than a piece. */
import { createReadStream } from 'node:fs';
import { DatasetError, formatError } from './dataset-errors.ts';
import { formatOf } from './dataset-format.ts';
import type { CsvOptions } from './readers/read-csv.ts';
import type { RowBatch, RowSource } from './readers/row-batch.ts';

const CHUNK_BYTES = 65_536;

export interface ReadRowsOptions extends CsvOptions {
  /** The file. */
  readonly file: string;
  /** As messages name it. */
  readonly path: string;
  readonly onVersion?: (version: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/** @throws {DatasetError} (`QH_DATASET_READ`, `QH_DATASET_FORMAT`) */
export async function* readRows(options: ReadRowsOptions): AsyncGenerator<RowBatch> {
  const { file, path, onVersion = () => {}, signal } = options;
  const { format, gzip } = formatOf(path);
  const source: RowSource = { path, onVersion, chunks: chunksOf(file, { path, gzip, signal }) };
  switch (format) {
    case 'ndjson':
      yield* (await import('./readers/read-ndjson.ts')).readNdjson(source);
      return;
    case 'json':
      yield* (await import('./readers/read-json.ts')).readJson(source);
      return;
    case 'csv':
      yield* (await import('./readers/read-csv.ts')).readCsv(source, options);
      return;
    case 'yaml':
      yield* (await import('./readers/read-yaml.ts')).readYaml(source);
      return;
  }
}

async function* chunksOf(
  file: string,
  { path, gzip, signal }: { readonly path: string; readonly gzip: boolean; readonly signal: AbortSignal | undefined },
): AsyncGenerator<Buffer> {
  const stream = createReadStream(file, { highWaterMark: CHUNK_BYTES, ...(signal && { signal }) });
  try {
    if (!gzip) {
      yield* stream as AsyncIterable<Buffer>;
      return;
    }
    const { createGunzip } = await import('node:zlib');
    const unpacked = createGunzip();
    stream.on('error', error => unpacked.destroy(error));
    yield* stream.pipe(unpacked) as AsyncIterable<Buffer>;
  } catch (error) {
    signal?.throwIfAborted();
    throw readError(path, error);
  } finally {
    stream.destroy();
  }
}

export function readError(path: string, error: unknown): DatasetError {
  const { code = '', message } = error as { code?: string; message: string };
  if (code.startsWith('Z_')) return formatError(path, undefined, `it is damaged (${message})`, error);
  const isMissing = code === 'ENOENT';
  return new DatasetError(
    'QH_DATASET_READ',
    isMissing ? `There is no file ${path}` : `${path} cannot be read (${message})`,
    isMissing ? 'Paths are from the folder of the configuration' : 'Give access to it',
    { cause: error },
  );
}
