/** Which rows of two saved tables differ. Holds a hash of each key and row in memory, and the rows that are shown. */
import { createHash } from 'node:crypto';
import { linesOf } from '../parts/lines.ts';
import type { SavedEntry } from '../snapshot-part.ts';

/** A row with its columns. */
export type NamedRow = Readonly<Record<string, string | null>>;

export interface ChangedRow {
  readonly key: NamedRow;
  readonly columns: readonly { readonly name: string; readonly before: string | null; readonly after: string | null }[];
}

export interface RowDifferences {
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  /** The first of each; never more than asked for. */
  readonly addedRows: readonly NamedRow[];
  readonly removedRows: readonly NamedRow[];
  readonly changedRows: readonly ChangedRow[];
}

export interface ComparedEntry {
  readonly entry: SavedEntry;
  read(): AsyncIterable<Buffer>;
}

type Row = readonly (string | null)[];

/** Rows without a key are compared as a whole: a change is one removed and one added. */
export async function compareRows(before: ComparedEntry, after: ComparedEntry, most: number): Promise<RowDifferences> {
  const old = await indexOf(before);
  const keyAfter = keyOf(after.entry);
  const counts = { added: 0, removed: 0, changed: 0 };
  const addedRows: NamedRow[] = [];
  const changed = new Map<string, Row>();
  for await (const row of rowsOf(after)) {
    const id = hashOf(keyAfter(row));
    const known = old.get(id);
    const entry = known?.pop();
    if (entry === undefined) {
      counts.added++;
      if (addedRows.length < most) addedRows.push(shown(after.entry, row));
    } else if (entry !== contentHash(after.entry, row)) {
      counts.changed++;
      if (changed.size < most) changed.set(id, row);
    }
    if (known?.length === 0) old.delete(id);
  }
  for (const left of old.values()) counts.removed += left.length;
  // The old rows that are shown are read once more: until now only their hashes were kept.
  const removedRows: NamedRow[] = [];
  const changedRows: ChangedRow[] = [];
  const keyBefore = keyOf(before.entry);
  if (changed.size > 0 || old.size > 0)
    for await (const row of rowsOf(before)) {
      const id = hashOf(keyBefore(row));
      const now = changed.get(id);
      if (now) changedRows.push(changeOf(before.entry, row, after.entry, now));
      else if (old.has(id) && removedRows.length < most) removedRows.push(shown(before.entry, row));
    }
  return { ...counts, addedRows, removedRows, changedRows };
}

async function indexOf(table: ComparedEntry): Promise<Map<string, string[]>> {
  const index = new Map<string, string[]>();
  const key = keyOf(table.entry);
  for await (const row of rowsOf(table)) {
    const id = hashOf(key(row));
    const content = contentHash(table.entry, row);
    const known = index.get(id);
    if (known) known.push(content);
    else index.set(id, [content]);
  }
  return index;
}

function changeOf(was: SavedEntry, oldRow: Row, is: SavedEntry, newRow: Row): ChangedRow {
  const [before, after] = [named(was, oldRow), named(is, newRow)];
  const [shownBefore, shownAfter] = [shown(was, oldRow), shown(is, newRow)];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return {
    key: Object.fromEntries((was.key ?? []).map(name => [name, shownBefore[name] ?? null])),
    columns: [...names].flatMap(name => {
      const [old = null, now = null] = [before[name], after[name]];
      if (old === now) return [];
      const [oldShown = null, nowShown = null] = [shownBefore[name], shownAfter[name]];
      // Where only the type is another the letter says so.
      return [oldShown === nowShown ? { name, before: old, after: now } : { name, before: oldShown, after: nowShown }];
    }),
  };
}

function keyOf({ columns = [], key = [] }: SavedEntry): (row: Row) => Row {
  const places = key.map(name => columns.indexOf(name));
  return key.length === 0 || places.includes(-1) ? row => row : row => places.map(place => row[place] ?? null);
}

/** By names: a table may have got a column, or another order of them. */
function contentHash(entry: SavedEntry, row: Row): string {
  return hashOf(Object.entries(named(entry, row)).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function named({ columns = [] }: SavedEntry, row: Row): NamedRow {
  return Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null]));
}

function shown(entry: SavedEntry, row: Row): NamedRow {
  return named(entry, entry.lettered ? row.map(text => text?.slice(1) ?? null) : row);
}

function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);
}

async function* rowsOf({ read }: ComparedEntry): AsyncIterable<Row> {
  for await (const line of linesOf(read())) yield JSON.parse(line) as Row;
}
