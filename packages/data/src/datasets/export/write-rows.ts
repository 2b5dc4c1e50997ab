/** Writes rows to a file, as fast as the disk takes them: JSON, NDJSON or CSV by its name, packed where it ends in .gz. */
import { randomBytes } from 'node:crypto';
import { createWriteStream, mkdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DatasetError } from '../dataset-errors.ts';
import { formatOf } from '../dataset-format.ts';
import { HEADER } from '../readers/row-batch.ts';

export interface WriteRowsOptions {
  /** Said in the file, for `dataset`. @default nothing is said, which is version 1 */
  readonly version?: number;
  /** Names of the columns of CSV, in their order. @default those of the first row */
  readonly columns?: readonly string[];
  /**
   * CSV: values that a spreadsheet would run as a formula (`=`, `+`, `-`, `@`, tab, return at their beginning) get an apostrophe
   * before them. Such a file is for people; read back, the values have the apostrophe.
   * @default false
   */
  readonly escapeFormulas?: boolean;
  /** Ends the writing; nothing is left then. */
  readonly signal?: AbortSignal;
}

export interface WrittenRows {
  readonly path: string;
  readonly rows: number;
}

/** Rows are put together to pieces of about so many characters. */
const PIECE = 65_536;

/**
 * The file is there when all of it is written, and not before; one that is there already is replaced. Rows are asked for as the disk
 * takes them.
 *
 * @throws {DatasetError} (`QH_DATASET_FORMAT`) for YAML, and for names that tell no format.
 */
export async function writeRows(
  path: string,
  rows: AsyncIterable<unknown> | Iterable<unknown>,
  options: WriteRowsOptions = {},
): Promise<WrittenRows> {
  const { format, gzip } = formatOf(path);
  let count = 0;
  const counted = async function* () {
    for await (const row of rows) {
      count++;
      yield row;
    }
  };
  let text: AsyncIterable<string | Buffer>;
  if (format === 'ndjson') text = ndjson(counted(), options);
  else if (format === 'json') text = json(counted(), options);
  else if (format === 'csv') text = await csv(path, counted(), options);
  else
    throw new DatasetError(
      'QH_DATASET_FORMAT',
      `${path}: YAML is not written`,
      'Write .json, .ndjson or .csv; .gz may follow',
    );
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(6).toString('hex')}.part`;
  const { signal } = options;
  const steps = gzip ? [(await import('node:zlib')).createGzip()] : [];
  try {
    const end = createWriteStream(temporary);
    await pipeline([Readable.from(text, { objectMode: false }), ...steps, end], signal === undefined ? {} : { signal });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    signal?.throwIfAborted();
    throw error;
  }
  return { path, rows: count };
}

async function* ndjson(rows: AsyncIterable<unknown>, { version }: WriteRowsOptions): AsyncGenerator<string> {
  let piece = version === undefined ? '' : `${JSON.stringify({ [HEADER]: { version } })}\n`;
  for await (const row of rows) {
    piece += `${JSON.stringify(row) ?? 'null'}\n`;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

async function* json(rows: AsyncIterable<unknown>, { version }: WriteRowsOptions): AsyncGenerator<string> {
  let piece = version === undefined ? '[' : `{"${HEADER}":{"version":${version}},"rows":[`;
  let between = '\n';
  for await (const row of rows) {
    piece += between + (JSON.stringify(row) ?? 'null');
    between = ',\n';
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield `${piece}\n]${version === undefined ? '' : '}'}\n`;
}

async function csv(
  path: string,
  rows: AsyncIterable<unknown>,
  { version, columns, escapeFormulas = false }: WriteRowsOptions,
): Promise<AsyncIterable<string | Buffer>> {
  const { stringify } = await import('csv-stringify');
  const lines = stringify({
    header: true,
    escape_formulas: escapeFormulas,
    delimiter: /\.tsv(?:\.gz)?$/i.test(path) ? '\t' : ',',
    ...(columns !== undefined && { columns: [...columns] }),
    cast: { boolean: value => String(value), date: value => value.toISOString() },
  });
  const source = Readable.from(rows);
  source.on('error', error => lines.destroy(error));
  source.pipe(lines);
  return (async function* () {
    if (version !== undefined) yield `# dataset version ${version}\n`;
    try {
      yield* lines as AsyncIterable<Buffer>;
    } finally {
      source.destroy();
    }
  })();
}
