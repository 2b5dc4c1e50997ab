/** Goes through what is given page by page, whoever gives it: an API or a database. */
import { OptionError, QualityHubError } from '@quality-hub/protocol';

export interface Page<T, Cursor> {
  readonly items: readonly T[];
  /** Where the next page begins; undefined after the last. */
  readonly next?: Cursor | undefined;
}

export interface PagesOptions {
  /** Asks for the next page while the items of this one are used. @default false */
  readonly ahead?: boolean;
  /** More pages are a mistake. @default 100000 */
  readonly maxPages?: number;
  readonly signal?: AbortSignal;
}

/** Pages do not come to an end, or begin anew (`QH_DATA_PAGES`). */
export class PagesError extends QualityHubError {
  constructor(message: string, hint: string) {
    super(message, { code: 'QH_DATA_PAGES', hint });
  }
}

const MAX_PAGES = 100_000;
/** Of an API, and of a database: a page of it costs less. */
const ITEMS = 100;
const ROWS = 1_000;

/**
 * Item by item; a page is asked for when the one before is used up. For APIs with cursors, tokens or links: `next` is whatever the
 * next call needs. Calls of the client `api` have `api.pages`, which knows links, cursors and numbers by itself.
 *
 * @example paginate(async (token?: string) => { const { items, next } = await api.get('/orders', { query: { token } }).json(); … })
 * @throws {PagesError} (`QH_DATA_PAGES`) where a cursor comes twice, and after `maxPages`. @throws what `fetchPage` throws.
 */
export async function* paginate<T, Cursor = string>(
  fetchPage: (cursor: Cursor | undefined) => Promise<Page<T, Cursor>>,
  { ahead = false, maxPages = MAX_PAGES, signal }: PagesOptions = {},
): AsyncGenerator<T> {
  if (!(maxPages >= 1)) throw new OptionError('paginate', [`maxPages is ${maxPages}, expected at least 1`]);
  const seen = new Set<string>();
  signal?.throwIfAborted();
  let page = await fetchPage(undefined);
  for (let count = 1; ; count++) {
    const { items, next } = page;
    if (next === undefined || next === null) {
      yield* items;
      return;
    }
    const name = JSON.stringify(next);
    if (seen.has(name)) {
      throw new PagesError(
        `The page after ${name} comes twice: it would never end`,
        'Look at how the next page is named',
      );
    }
    seen.add(name);
    if (count >= maxPages) {
      throw new PagesError(
        `There are more than ${maxPages} pages`,
        'Raise maxPages, or look at how the last page is told',
      );
    }
    const coming = ahead ? fetchPage(next) : undefined;
    // It is waited for below, and may fail before that.
    coming?.catch(() => {});
    yield* items;
    signal?.throwIfAborted();
    page = await (coming ?? fetchPage(next));
  }
}

/**
 * For APIs with an offset. It goes on to the first empty page: a server may give fewer than it was asked for. What is added or removed
 * meanwhile shifts the pages; a cursor does not have that.
 *
 * @throws as {@link paginate}.
 */
export function offsetPages<T>(
  fetchItems: (offset: number, limit: number) => Promise<readonly T[]>,
  { limit = ITEMS, ...options }: PagesOptions & { readonly limit?: number } = {},
): AsyncGenerator<T> {
  return paginate<T, number>(async (offset = 0) => {
    const items = await fetchItems(offset, limit);
    return { items, next: items.length === 0 ? undefined : offset + items.length };
  }, options);
}

/**
 * For databases: each page begins after the key of the last row, so that a late page costs as much as the first, and rows that are
 * added meanwhile shift nothing. Order by the key, and let it be unique.
 *
 * @example keysetPages((after, limit) => query('… WHERE id > $1 ORDER BY id LIMIT $2', [after ?? 0, limit]), { keyOf: row => row.id })
 * @throws {PagesError} (`QH_DATA_PAGES`) where a page does not go on after its key. @throws as {@link paginate}.
 */
export function keysetPages<T, Key>(
  fetchRows: (after: Key | undefined, limit: number) => Promise<readonly T[]>,
  { keyOf, limit = ROWS, ...options }: PagesOptions & { readonly keyOf: (row: T) => Key; readonly limit?: number },
): AsyncGenerator<T> {
  return paginate<T, Key>(async after => {
    const items = await fetchRows(after, limit);
    const last = items.at(-1);
    return { items, next: last === undefined || items.length < limit ? undefined : keyOf(last) };
  }, options);
}
