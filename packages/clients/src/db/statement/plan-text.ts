/** The answer to `EXPLAIN` as a text: PostgreSQL gives lines, MariaDB and SQLite tables. */
import { MASKED_PARAM } from '../record.ts';

const LONGEST = 8_000;

/** Texts in it are left out, and `secrets` masked: PostgreSQL writes the values of a statement into its plan. */
export function planText(rows: readonly Readonly<Record<string, unknown>>[], secrets: readonly string[]): string {
  const names = Object.keys(rows[0] ?? {});
  const table = rows.map(row => names.map(name => String(row[name] ?? '')));
  const lines = names.length === 1 ? table.map(([line]) => line ?? '') : aligned([names, ...table]);
  const withoutTexts = lines.join('\n').replace(/'(?:[^']|'')*'/g, "'?'");
  const text = secrets.reduce((masked, secret) => masked.replaceAll(secret, MASKED_PARAM), withoutTexts);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}\n… (${text.length} characters)`;
}

function aligned(table: readonly (readonly string[])[]): readonly string[] {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map(row => row[column]?.length ?? 0)));
  return table.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
