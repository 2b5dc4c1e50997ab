/** Which positions of a source ran, read from the V8 coverage that a process wrote at its end. */

/**
 * @typedef {{ url: string, functions: { ranges: { startOffset: number, endOffset: number, count: number }[] }[] }} ScriptCoverage
 * @typedef {{ lineLengths: number[], data: { mappings: string, sources: string[] } | null }} CachedMap
 */

/**
 * @param {ScriptCoverage} script
 * @param {CachedMap | undefined} map how the running code came from the source; without one they are the same, types blanked out
 * @param {string} source
 * @returns {(line: number, column: number) => boolean | undefined} line from 1, column from 0; undefined where nothing is known
 */
export function executedPositions(script, map, source) {
  const ran = paint(script);
  if (!map?.data) {
    const starts = lineStarts(source.split('\n').map(line => line.length));
    return (line, column) => ran[starts[line - 1] + column];
  }
  const starts = lineStarts(map.lineLengths);
  const byLine = new Map();
  for (const { line, column, sourceLine, sourceColumn } of decodeMappings(map.data.mappings)) {
    const segments = byLine.get(sourceLine) ?? [];
    segments.push({ column: sourceColumn, ran: ran[starts[line] + column] ?? false });
    byLine.set(sourceLine, segments);
  }
  return (line, column) => {
    const exact = byLine.get(line - 1)?.filter(segment => segment.column === column) ?? [];
    return exact.length === 0 ? undefined : exact.some(segment => segment.ran);
  };
}

/** V8 gives nested ranges with counts; the innermost one counts, so the wider are painted first. */
function paint({ functions }) {
  const ranges = functions.flatMap(each => each.ranges).sort((a, b) => width(b) - width(a));
  const ran = new Array(Math.max(0, ...ranges.map(({ endOffset }) => endOffset))).fill(false);
  for (const { startOffset, endOffset, count } of ranges) ran.fill(count > 0, startOffset, endOffset);
  return ran;
}

const width = ({ startOffset, endOffset }) => endOffset - startOffset;

function lineStarts(lengths) {
  let offset = 0;
  return lengths.map(length => {
    const start = offset;
    offset += length + 1;
    return start;
  });
}

/** @see https://tc39.es/ecma426/ for the format: numbers in base 64, each relative to the one before. */
function* decodeMappings(mappings) {
  let sourceLine = 0;
  let sourceColumn = 0;
  for (const [line, text] of mappings.split(';').entries()) {
    let column = 0;
    for (const segment of text.split(',')) {
      const [columnBy, , lineBy, sourceColumnBy] = decodeNumbers(segment);
      if (columnBy === undefined) continue;
      column += columnBy;
      if (lineBy === undefined) continue;
      sourceLine += lineBy;
      sourceColumn += sourceColumnBy;
      yield { line, column, sourceLine, sourceColumn };
    }
  }
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function decodeNumbers(text) {
  const numbers = [];
  let value = 0;
  let shift = 0;
  for (const letter of text) {
    const digit = DIGITS.indexOf(letter);
    value += (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
}
