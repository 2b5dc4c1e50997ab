/** Differences between snapshots as a text for people. */
import type { NamedRow, RowDifferences } from './compare-rows.ts';
import type { EntryDifference } from './compare-snapshots.ts';

const CELL = 40;
const HEAD = ['change', 'row', 'column', 'before', 'after'];

/**
 * ```
 * shop orders: 1 added, 0 removed, 1 changed
 *   change   row     column  before  after
 *   added    id=8
 *   changed  id=7    status  open    paid
 * ```
 */
export function differenceText(differences: readonly EntryDifference[]): string {
  if (differences.length === 0) return 'Nothing differs.\n';
  return `${differences.map(difference => section(difference).join('\n')).join('\n\n')}\n`;
}

function section({ part, entry, change, detail, rows }: EntryDifference): readonly string[] {
  const what = entry === undefined || entry === '.' ? part : `${part} ${entry}`;
  if (!rows) return [`${what}: ${detail ?? change}`];
  const { added, removed, changed } = rows;
  const table = rowTable(rows);
  if (table.length === 0) return [`${what}: its columns have changed`];
  const shown = rows.addedRows.length + rows.removedRows.length + rows.changedRows.length;
  const left = added + removed + changed - shown;
  return [
    `${what}: ${added} added, ${removed} removed, ${changed} changed`,
    ...aligned([HEAD, ...table]),
    ...(left > 0 ? [`  and ${left} more`] : []),
  ];
}

function rowTable({ addedRows, removedRows, changedRows }: RowDifferences): string[][] {
  return [
    ...addedRows.map(row => ['added', rowName(row), '', '', '']),
    ...removedRows.map(row => ['removed', rowName(row), '', '', '']),
    ...changedRows.flatMap(({ key, columns }) =>
      columns.map(({ name, before, after }, index) => [
        index === 0 ? 'changed' : '',
        index === 0 ? rowName(key) : '',
        name,
        cell(before),
        cell(after),
      ]),
    ),
  ];
}

function rowName(row: NamedRow): string {
  const text = Object.entries(row)
    .map(([name, value]) => `${name}=${cell(value)}`)
    .join(' ');
  return text.length > 2 * CELL ? `${text.slice(0, 2 * CELL - 1)}…` : text;
}

function cell(value: string | null): string {
  if (value === null) return 'null';
  const line = JSON.stringify(value).slice(1, -1);
  return line.length > CELL ? `${line.slice(0, CELL - 1)}…` : line;
}

function aligned(lines: readonly string[][]): readonly string[] {
  const widths = (lines[0] ?? []).map((_, index) => Math.max(...lines.map(line => line[index]?.length ?? 0)));
  return lines.map(line => `  ${line.map((text, index) => text.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd());
}
