/** Compares the rows a database gave with those that are expected, and shows the difference as a table. */

export type ExpectedRow = Readonly<Record<string, unknown>>;

export interface CompareOptions {
  /** Columns whose values name a row: rows are matched by them, and their order does not matter. @default rows are matched as well as can be */
  readonly key?: readonly string[];
  /** The order of rows matters. @default false */
  readonly ordered?: boolean;
  /** More rows than the expected ones may be there. @default false */
  readonly subset?: boolean;
}

export interface RowComparison {
  readonly pass: boolean;
  /** A readable table of what is missing, unexpected and different; empty where all is as expected. */
  readonly diff: string;
}

interface Pair {
  readonly expected: ExpectedRow | undefined;
  readonly actual: ExpectedRow | undefined;
}

/** Something with `asymmetricMatch`, such as `expect.any(String)`. */
interface Matcher {
  asymmetricMatch(value: unknown): boolean;
}

const WIDEST = 40;
const MOST_ROWS = 30;

/**
 * A row matches when every column of the expected one has an equal value; columns that are not named are not looked at.
 * Dates are equal to dates and to their ISO text, numbers to their digits (a `numeric` is a text), bytes to bytes.
 */
export function compareRows(
  actual: readonly ExpectedRow[],
  expected: readonly ExpectedRow[],
  { key, ordered = false, subset = false }: CompareOptions = {},
): RowComparison {
  const pairs = ordered && !key ? inOrder(actual, expected) : matched(actual, expected, key);
  const wrong = pairs.filter(pair => !isRight(pair, subset));
  const moved = ordered && key && wrong.length === 0 ? firstMoved(pairs, actual) : undefined;
  if (wrong.length === 0 && moved === undefined) return { pass: true, diff: '' };
  const summary = summarise(wrong, { actual: actual.length, expected: expected.length });
  if (moved !== undefined) return { pass: false, diff: `${summary}\n${moved}` };
  return { pass: false, diff: `${summary}\n\n${table(wrong)}` };
}

function isRight({ expected, actual }: Pair, subset: boolean): boolean {
  if (!expected) return subset;
  return actual !== undefined && differing(expected, actual).length === 0;
}

function inOrder(actual: readonly ExpectedRow[], expected: readonly ExpectedRow[]): Pair[] {
  const length = Math.max(actual.length, expected.length);
  return Array.from({ length }, (_, index) => ({ expected: expected[index], actual: actual[index] }));
}

/** By key; without one, equal rows first, then each with the row that has most in common, as people would. */
function matched(
  actual: readonly ExpectedRow[],
  expected: readonly ExpectedRow[],
  key: readonly string[] | undefined,
): Pair[] {
  const left = new Set(actual);
  const partner = new Map<ExpectedRow, ExpectedRow>();
  const take = (row: ExpectedRow, found: ExpectedRow | undefined): void => {
    if (!found) return;
    partner.set(row, found);
    left.delete(found);
  };
  for (const row of expected)
    take(
      row,
      [...left].find(other => differing(row, other, key).length === 0),
    );
  if (!key) {
    for (const row of expected) {
      if (partner.has(row)) continue;
      const columns = Object.keys(row).length;
      let best: { row: ExpectedRow; common: number } | undefined;
      for (const other of left) {
        const common = columns - differing(row, other).length;
        if (common > 0 && common > (best?.common ?? 0)) best = { row: other, common };
      }
      take(row, best?.row);
    }
  }
  return [
    ...expected.map(row => ({ expected: row, actual: partner.get(row) })),
    ...[...left].map(row => ({ expected: undefined, actual: row })),
  ];
}

function firstMoved(pairs: readonly Pair[], actual: readonly ExpectedRow[]): string | undefined {
  let last = -1;
  for (const { expected, actual: found } of pairs) {
    if (!expected || !found) continue;
    const place = actual.indexOf(found);
    if (place < last) return `The rows are the expected ones in another order: ${shownRow(expected)} comes too early`;
    last = place;
  }
  return undefined;
}

/** The columns of `expected`, or those named, in which the two rows differ. */
function differing(
  expected: ExpectedRow,
  actual: ExpectedRow,
  columns: readonly string[] = Object.keys(expected),
): string[] {
  return columns.filter(column => !isEqual(expected[column], actual[column]));
}

function isEqual(expected: unknown, actual: unknown): boolean {
  if (Object.is(expected, actual)) return true;
  if (isMatcher(expected)) return expected.asymmetricMatch(actual);
  if (expected instanceof Date || actual instanceof Date) return instantOf(expected) === instantOf(actual);
  if (typeof expected === 'number' || typeof expected === 'bigint') return sameNumber(expected, actual);
  if (ArrayBuffer.isView(expected) && ArrayBuffer.isView(actual)) return bytes(expected).equals(bytes(actual));
  if (!isObject(expected) || !isObject(actual)) return false;
  const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
  return [...names].every(name => isEqual(expected[name], actual[name]));
}

/** What a server gives as text, or as 0 and 1, is the number it stands for. */
function sameNumber(expected: number | bigint, actual: unknown): boolean {
  if (typeof actual === 'boolean') return Number(expected) === Number(actual);
  if (typeof actual !== 'string' && typeof actual !== 'bigint') return false;
  return actual !== '' && (String(actual) === String(expected) || Number(actual) === Number(expected));
}

function instantOf(value: unknown): number | undefined {
  if (value instanceof Date) return value.getTime();
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}

function summarise(wrong: readonly Pair[], { actual, expected }: { actual: number; expected: number }): string {
  const missing = wrong.filter(pair => !pair.actual).length;
  const extra = wrong.filter(pair => !pair.expected).length;
  const different = wrong.length - missing - extra;
  const parts = [
    [missing, 'missing'],
    [extra, 'unexpected'],
    [different, 'different'],
  ].filter(([count]) => count !== 0);
  const words = parts.map(([count, word]) => `${count} ${word}`).join(', ') || 'the order differs';
  return `Expected ${rows(expected)}, found ${rows(actual)}: ${words}`;
}

/** One line a row; `-` is missing, `+` unexpected, `~` shows `expected → found` where they differ. */
function table(wrong: readonly Pair[]): string {
  const shownPairs = wrong.slice(0, MOST_ROWS);
  const columns = [...new Set(shownPairs.flatMap(({ expected, actual }) => Object.keys(expected ?? actual ?? {})))];
  const lines = shownPairs.map(pair => [signOf(pair), ...columns.map(column => cell(pair, column))]);
  const all = [['', ...columns], ...lines];
  const widths = all[0]?.map((_, index) => Math.max(...all.map(line => line[index]?.length ?? 0))) ?? [];
  const text = all.map(line =>
    line
      .map((part, index) => part.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const more = wrong.length - shownPairs.length;
  return [...text, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n');
}

function signOf({ expected, actual }: Pair): string {
  if (!actual) return '-';
  return expected ? '~' : '+';
}

function cell({ expected, actual }: Pair, column: string): string {
  if (!expected || !actual) return shown((expected ?? actual)?.[column]);
  if (!(column in expected)) return shown(actual[column]);
  if (isEqual(expected[column], actual[column])) return shown(actual[column]);
  return `${shown(expected[column])} → ${column in actual ? shown(actual[column]) : '(no such column)'}`;
}

function shownRow(row: ExpectedRow): string {
  return Object.entries(row)
    .map(([name, value]) => `${name} ${shown(value)}`)
    .join(', ');
}

function shown(value: unknown): string {
  if (value === undefined) return '';
  if (isMatcher(value)) return String((value as { toString(): string }).toString());
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value)) return `bytes(${value.byteLength})`;
  const text = typeof value === 'bigint' ? value.toString() : (JSON.stringify(value) ?? String(value));
  return text.length <= WIDEST ? text : `${text.slice(0, WIDEST - 1)}…`;
}

function bytes(view: ArrayBufferView): Buffer {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength);
}

function isMatcher(value: unknown): value is Matcher {
  return isObject(value) && typeof value['asymmetricMatch'] === 'function';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function rows(count: number): string {
  return count === 1 ? '1 row' : `${count} rows`;
}
