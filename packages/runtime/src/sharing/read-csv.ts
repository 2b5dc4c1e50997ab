/** A small file of members in CSV, as spreadsheets write it: names in the first line, `;` in a column `labels`. */

/** @throws {Error} that names the line which cannot be read. */
export async function readCsv(text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { CsvError, parse } = await import('csv-parse/sync');
  try {
    return parse(text, {
      bom: true,
      columns: (names: readonly string[]) => names.map(name => name.trim()),
      record_delimiter: ['\r\n', '\n', '\r'],
      skip_empty_lines: true,
      cast: (cell, { header, column }) => (!header && column === 'labels' ? labelsOf(cell) : cell),
    });
  } catch (error) {
    throw error instanceof CsvError ? new Error(sentenceOf(error), { cause: error }) : error;
  }
}

function labelsOf(cell: string): readonly string[] {
  return cell.split(';').flatMap(label => label.trim() || []);
}

/** The parser puts what it knows beside its message. */
function sentenceOf(error: Error): string {
  const { lines, record, columns } = error as { lines?: number; record?: unknown; columns?: unknown };
  if (Array.isArray(record) && Array.isArray(columns))
    return `line ${lines} has ${record.length} cells, expected ${columns.length} as in the first line`;
  return `a cell of line ${lines} cannot be read: ${error.message}`;
}
