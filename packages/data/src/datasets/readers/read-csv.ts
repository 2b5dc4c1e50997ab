/** Rows under the names of the first line. All values are text: a schema makes numbers and dates of them. */
import { Readable } from 'node:stream';
import { formatError } from '../dataset-errors.ts';
import type { RowBatch, RowSource } from './row-batch.ts';

/** Rows that are handed on at a time. */
const BATCH = 256;
/** The first line of a file that has a version. */
const VERSION_LINE = /^\ufeff?#\s*dataset version (\d+)\s*$/;
/** A header is looked for in so many characters. */
const LONGEST_HEADER = 200;

export interface CsvOptions {
  /** Between values; a tab for files that end in .tsv. @default ',' */
  readonly delimiter?: string;
}

export async function* readCsv(source: RowSource, { delimiter }: CsvOptions): AsyncGenerator<RowBatch> {
  const { path, chunks, onVersion } = source;
  const { CsvError, parse } = await import('csv-parse');
  const parser = parse({
    columns: true,
    bom: true,
    info: true,
    skip_empty_lines: true,
    relax_column_count: false,
    delimiter: delimiter ?? (/\.tsv(?:\.gz)?$/i.test(path) ? '\t' : ','),
  });
  let skipped = 0;
  const body = withoutVersion(chunks, version => {
    skipped = 1;
    onVersion(version);
  });
  const input = Readable.from(body, { objectMode: false });
  input.on('error', error => parser.destroy(error));
  input.pipe(parser);
  let rows: unknown[] = [];
  let lines: number[] = [];
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: unknown; info: { lines: number } }>) {
      rows.push(record);
      lines.push(info.lines + skipped);
      if (rows.length < BATCH) continue;
      yield { rows, lines };
      rows = [];
      lines = [];
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines: at } = error as { lines?: number };
    throw formatError(path, at === undefined ? undefined : at + skipped, error.message, error);
  } finally {
    input.destroy();
    parser.destroy();
  }
  yield { rows, lines };
}

/** Takes the line off that says of which version the file is. */
async function* withoutVersion(
  chunks: AsyncIterable<Buffer>,
  onVersion: (version: number) => void,
): AsyncGenerator<Buffer> {
  let start: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (start === undefined) {
      yield chunk;
      continue;
    }
    start = Buffer.concat([start, chunk]);
    const end = start.indexOf(10);
    if (end < 0 && start.length < LONGEST_HEADER) continue;
    yield withoutLine(start, end, onVersion);
    start = undefined;
  }
  if (start !== undefined) yield withoutLine(start, start.indexOf(10), onVersion);
}

function withoutLine(start: Buffer, end: number, onVersion: (version: number) => void): Buffer {
  const line = VERSION_LINE.exec(
    start
      .subarray(0, end < 0 ? start.length : end)
      .toString('utf8')
      .trimEnd(),
  );
  if (line === null) return start;
  onVersion(Number(line[1]));
  return end < 0 ? Buffer.alloc(0) : start.subarray(end + 1);
}
