/** What differs between servers when tables are saved and filled again. */
import type { Database, Isolation, Queryable, Transaction } from '@quality-hub/protocol';
import type { Json } from '../../../ledger/ledger.ts';
import type { Table, TextRow } from './tables.ts';

export interface SavedTable extends Table {
  /** May be asked for several times. */
  rows(): AsyncIterable<TextRow>;
}

export interface SnapshotDialect {
  /** For a reading in which all tables are of one moment. */
  readonly isolation?: Isolation;
  /** Each text begins with a letter for its type. @default false */
  readonly lettered?: boolean;
  /** All tables that have rows of their own. */
  tables(database: Queryable): Promise<readonly Table[]>;
  /** Sentences about what cannot be saved, or could be saved and not restored. */
  refusals(database: Queryable, tables: readonly Table[]): Promise<readonly string[]>;
  /** Makes texts of this connection the same everywhere. Returns what takes that back. */
  prepare(transaction: Transaction): Promise<() => Promise<void>>;
  /** Rows in the order of the key, in batches. */
  rows(transaction: Transaction, table: Table): AsyncIterable<readonly TextRow[]>;
  /** What the server counts for new keys. */
  counters(database: Queryable, tables: readonly Table[]): Promise<Json>;
  /** Replaces all rows, in one transaction: after a kill the old ones are there. */
  load(database: Database, saved: { readonly tables: readonly SavedTable[]; readonly counters: Json }): Promise<void>;
}

/** A server that copies a large database may need minutes. */
export const LONG = { timeoutMs: 600_000 } as const;

const AIM_BYTES = 2 * 1024 * 1024;
const FIRST_ROWS = 500;
const MOST_ROWS = 10_000;

/** How many rows to ask for next: pages of about two megabytes, however wide the rows are. */
export function nextPageRows(page: readonly TextRow[]): number {
  if (page.length === 0) return FIRST_ROWS;
  const sizeBytes = page.reduce((sum, row) => sum + sizeOf(row), 0);
  return Math.min(MOST_ROWS, Math.max(1, Math.floor(AIM_BYTES / (sizeBytes / page.length))));
}

/** Groups rows into inserts: of so many rows at most, and about a megabyte. */
export async function* batchesOf(rows: AsyncIterable<TextRow>, most: number): AsyncIterable<readonly TextRow[]> {
  let batch: TextRow[] = [];
  let sizeBytes = 0;
  for await (const row of rows) {
    batch.push(row);
    sizeBytes += sizeOf(row);
    if (batch.length < most && sizeBytes < AIM_BYTES / 2) continue;
    yield batch;
    [batch, sizeBytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}

/**
 * Pages by position: right in a transaction that sees one moment, in an order that names each row.
 *
 * @param select Gives the columns c0, c1, … in that order.
 */
export async function* pagesByPosition(
  transaction: Queryable,
  select: string,
  columns: number,
): AsyncIterable<readonly TextRow[]> {
  let limit = FIRST_ROWS;
  for (let offset = 0; ; ) {
    const { rows } = await transaction.query(`${select} LIMIT ${limit} OFFSET ${offset}`, [], LONG);
    const page = rows.map(row => textRow(row, columns));
    if (page.length > 0) yield page;
    if (page.length < limit) return;
    offset += page.length;
    limit = nextPageRows(page);
  }
}

/** The columns c0, c1, … of an answer. */
export function textRow(row: Readonly<Record<string, unknown>>, columns: number): TextRow {
  return Array.from({ length: columns }, (_, index) => (row[`c${index}`] ?? null) as string | null);
}

function sizeOf(row: TextRow): number {
  return row.reduce((sum, cell) => sum + (cell?.length ?? 0) + 8, 0);
}
