/** A list in YAML. It is read whole: its anchors may stand anywhere. */
import { formatError } from '../dataset-errors.ts';
import { HEADER, type RowBatch, type RowSource, versionIn } from './row-batch.ts';

/** YAML is slow to read; what is larger is no file that people write. */
const LIMIT = 16 * 1_048_576;

export async function* readYaml({ path, chunks, onVersion }: RowSource): AsyncGenerator<RowBatch> {
  const { isMap, isSeq, LineCounter, parseDocument } = await import('yaml');
  const parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    if (size > LIMIT) throw formatError(path, undefined, `longer than ${LIMIT} bytes: keep it as NDJSON or CSV`);
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(Buffer.concat(parts).toString('utf8'), { lineCounter });
  const [problem] = document.errors;
  if (problem)
    throw formatError(path, lineCounter.linePos(problem.pos[0]).line, problem.message.split('\n')[0] ?? '', problem);
  const { contents } = document;
  const list = isMap(contents) ? contents.get('rows') : contents;
  if (!isSeq(list)) throw formatError(path, undefined, `no list, and no map with "${HEADER}" and a list "rows"`);
  // Aliases are resolved by the whole document.
  const value = document.toJS({ maxAliasCount: 1_000 }) as { rows?: unknown[] } | unknown[];
  const version = isMap(contents) ? versionIn(value) : undefined;
  if (version !== undefined) onVersion(version);
  const rows = Array.isArray(value) ? value : (value.rows ?? []);
  const lines = list.items.map(item => {
    const start = (item as { range?: readonly [number, number, number] } | null)?.range?.[0];
    return start === undefined ? undefined : lineCounter.linePos(start).line;
  });
  yield { rows, lines };
}
