/** The table of what works with what, in the documentation. */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Combination, everyCombination, NODES, nameOf, PLAYWRIGHTS } from './versions.ts';

const PAGE = fileURLToPath(new URL('../../docs/compatibility.md', import.meta.url));
const MARKS = ['<!-- table: matrix -->\n', '<!-- end of table -->'] as const;

/** One row a version of Playwright, one column a version of Node. What is not among `worked` fails. */
export function compatibilityTable(worked: readonly Combination[]): string[][] {
  const cell = (playwright: string, node: string): string => {
    const failed = everyCombination()
      .filter(each => each.playwright === playwright && each.node === node)
      .filter(each => !worked.some(one => nameOf(one) === nameOf(each)));
    if (failed.length === 0) return 'works';
    return `fails: ${failed.map(({ kind, installer }) => `${kind} with ${installer}`).join(', ')}`;
  };
  return [
    ['Playwright', ...NODES.map(node => `Node ${node}`)],
    ...PLAYWRIGHTS.map(playwright => [playwright, ...NODES.map(node => cell(playwright, node))]),
  ];
}

/** What the documentation says, cell by cell. */
export function documentedTable(): string[][] {
  const [, , text = ''] = partsOfPage();
  const rows = text.trim().split('\n');
  return rows
    .filter(row => !/^\| *-/.test(row))
    .map(row =>
      row
        .split('|')
        .slice(1, -1)
        .map(cell => cell.trim()),
    );
}

export function writeTable(table: readonly (readonly string[])[]): void {
  const [before, mark, , after] = partsOfPage();
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map(row => row[column]?.length ?? 0)));
  const lines = table.map(row => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`);
  lines.splice(1, 0, `| ${widths.map(width => '-'.repeat(width)).join(' | ')} |`);
  writeFileSync(PAGE, `${before}${mark}${lines.join('\n')}\n${after}`);
}

/** What stands before the mark, the mark, the table, and the rest with its own mark. */
function partsOfPage(): [string, string, string, string] {
  const page = readFileSync(PAGE, 'utf8');
  const [from, to] = [page.indexOf(MARKS[0]), page.indexOf(MARKS[1])];
  if (from < 0 || to < from) throw new Error(`${PAGE} has no table between ${MARKS.join('and ')}`);
  const start = from + MARKS[0].length;
  return [page.slice(0, from), MARKS[0], page.slice(start, to), page.slice(to)];
}
