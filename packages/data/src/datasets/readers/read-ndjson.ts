/** One JSON value in each line. */
import { formatError } from '../dataset-errors.ts';
import { type RowBatch, type RowSource, versionIn } from './row-batch.ts';

const NEWLINE = 10;
/** A line that is longer is no line of test data. */
const LONGEST_LINE = 64 * 1_048_576;

export async function* readNdjson({ path, chunks, onVersion }: RowSource): AsyncGenerator<RowBatch> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  let line = 0;
  const parse = (text: string): RowBatch => {
    const rows: unknown[] = [];
    const lines: number[] = [];
    for (const one of text.split('\n')) {
      line++;
      if (one.length === 0 || one.trim() === '') continue;
      let row: unknown;
      try {
        row = JSON.parse(line === 1 && one.charCodeAt(0) === 0xfeff ? one.slice(1) : one);
      } catch (error) {
        throw formatError(path, line, `no JSON (${(error as Error).message})`, error);
      }
      const version = line === 1 ? versionIn(row) : undefined;
      if (version !== undefined) {
        onVersion(version);
        continue;
      }
      rows.push(row);
      lines.push(line);
    }
    return { rows, lines };
  };
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end < 0) {
      rest.push(chunk);
      restBytes += chunk.length;
      if (restBytes > LONGEST_LINE) throw formatError(path, line + 1, `longer than ${LONGEST_LINE} bytes`);
      continue;
    }
    const whole = chunk.subarray(0, end);
    // The newline itself ends the last line of the batch.
    yield parse((rest.length === 0 ? whole : Buffer.concat([...rest, whole])).toString('utf8'));
    rest = end + 1 < chunk.length ? [chunk.subarray(end + 1)] : [];
    restBytes = chunk.length - end - 1;
  }
  if (restBytes > 0) yield parse(Buffer.concat(rest).toString('utf8'));
}
