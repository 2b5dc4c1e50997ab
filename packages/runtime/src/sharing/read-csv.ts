/** A small file of members in CSV, as spreadsheets write it: RFC 4180, names in the first line, `;` in a column `labels`. */

export function readCsv(text: string): readonly Readonly<Record<string, unknown>>[] {
  const [head = [], ...rows] = cellsOf(text.replace(/^\uFEFF/, ''));
  return rows
    .filter(row => row.length > 1 || row[0] !== '')
    .map((row, index) => {
      if (row.length !== head.length) {
        throw new Error(`line ${index + 2} has ${row.length} cells, expected ${head.length} as in the first line`);
      }
      return Object.fromEntries(head.map((name, at) => [name.trim(), cellValue(name.trim(), row[at] ?? '')]));
    });
}

function cellValue(name: string, cell: string): unknown {
  return name === 'labels' ? cell.split(';').flatMap(label => label.trim() || []) : cell;
}

/** @see RFC 4180, section 2 */
function cellsOf(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const match = cell.exec(text);
    if (match === null)
      throw new Error(`a cell of line ${rows.length} cannot be read: ${JSON.stringify(text.slice(at, at + 20))}`);
    const [, quoted, plain = '', end] = match;
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end !== ',' && end !== '') rows.push([]);
    if (end === ',' && cell.lastIndex === text.length) rows.at(-1)?.push('');
  }
  if (rows.at(-1)?.length === 0) rows.pop();
  return rows;
}
