/** Reads a list that an API gives in pages, as one sequence. */
import { OptionError } from '@quality-hub/protocol';
import type { HttpResponse } from './answer/http-response.ts';
import { shownAtCaller } from './caller.ts';
import { HttpPagesError } from './errors.ts';
import type { QueryValue, RequestOptions } from './request/request-options.ts';

/** How the next page is found. */
export type NextPage =
  /** The `Link` header with `rel="next"`. @see RFC 8288 */
  | { readonly by: 'link' }
  /** A mark in the answer that is sent back; no mark is the end. */
  | {
      readonly by: 'cursor';
      readonly cursor: (body: unknown, response: HttpResponse) => string | number | null | undefined;
      /** @default 'cursor' */
      readonly parameter?: string;
    }
  /** Numbers; an empty page is the end, and so is one that is shorter than `size`. */
  | {
      readonly by: 'page';
      /** @default 'page' */
      readonly parameter?: string;
      /** @default 1 */
      readonly first?: number;
      readonly size?: number;
    };

export interface PageOptions<Item> extends Omit<RequestOptions, 'body' | 'stream'> {
  readonly next: NextPage;
  /** The items of a page. @default the body where it is a list, else its `items`, `data` or `results` */
  readonly items?: (body: unknown, response: HttpResponse) => readonly Item[];
  /** More than this is an error: a list that never ends. @default 1_000 */
  readonly maxPages?: number;
}

type Get = (path: string, options: RequestOptions) => Promise<HttpResponse>;

/**
 * @throws {HttpPagesError} where a page comes twice or there are more than `maxPages` (`QH_HTTP_PAGES`).
 * @throws {HttpBodyError} where a page is not JSON.
 */
export async function* readPages<Item>(get: Get, path: string, options: PageOptions<Item>): AsyncGenerator<Item, void> {
  const { next, items = itemsOf, maxPages = 1_000, ...request } = options;
  const seen = new Set<string>();
  let step: Step = firstStep(path, request, next);
  for (let page = 1; ; page++) {
    const response = await get(step.path, step.options);
    const body = await response.json<unknown>();
    const found = items(body, response) as readonly Item[];
    yield* found;
    const following = nextStep(step, next, found.length, body, response, request);
    if (following === undefined) return;
    if (seen.has(following.mark)) {
      throw shownAtCaller(
        new HttpPagesError(
          `The pages of ${path} lead in a circle: page ${page} names ${following.shown} again`,
          'The API gives the same cursor or link twice, or next.cursor reads the wrong field',
        ),
      );
    }
    seen.add(following.mark);
    if (page >= maxPages) {
      throw shownAtCaller(
        new HttpPagesError(
          `${path} has more than ${maxPages} pages`,
          'Ask for less with a filter, stop reading earlier, or raise maxPages',
        ),
      );
    }
    step = following;
  }
}

interface Step {
  readonly path: string;
  readonly options: RequestOptions;
  readonly mark: string;
  readonly shown: string;
  readonly number: number;
}

function firstStep(path: string, options: RequestOptions, next: NextPage): Step {
  if (next.by !== 'page') return { path, options, mark: '', shown: '', number: 1 };
  const number = next.first ?? 1;
  const with1 = withParameter(options, next.parameter ?? 'page', number);
  return { path, options: with1, mark: String(number), shown: '', number };
}

function nextStep(
  { path, number }: Step,
  next: NextPage,
  count: number,
  body: unknown,
  response: HttpResponse,
  options: RequestOptions,
): Step | undefined {
  if (next.by === 'page') {
    if (count === 0 || (next.size !== undefined && count < next.size)) return undefined;
    const following = number + 1;
    const asked = withParameter(options, next.parameter ?? 'page', following);
    return { path, options: asked, mark: String(following), shown: `page ${following}`, number: following };
  }
  if (next.by === 'cursor') {
    const cursor = next.cursor(body, response);
    if (cursor === undefined || cursor === null || cursor === '') return undefined;
    const asked = withParameter(options, next.parameter ?? 'cursor', cursor);
    return {
      path,
      options: asked,
      mark: String(cursor),
      shown: `the cursor of ${String(cursor).length} characters`,
      number,
    };
  }
  const link = linkTo('next', response.header('link'));
  if (link === undefined) return undefined;
  if (!URL.canParse(link, response.url)) {
    throw new HttpPagesError(
      `${path} names "${link.replace(/[?#].*$/, '')}" as its next page, which is no URL`,
      'The Link header of the server is wrong',
    );
  }
  const url = new URL(link, response.url);
  // The link has its own query and its values are filled in.
  const { params: _, query: __, ...rest } = options;
  return { path: url.href, options: rest, mark: url.href, shown: url.pathname, number };
}

/** The target of the link with that relation. A comma or a semicolon may stand inside the brackets. */
export function linkTo(relation: string, header: string | undefined): string | undefined {
  for (const [, target, parameters = ''] of (header ?? '').matchAll(
    /<([^>]*)>((?:\s*;\s*[\w-]+\*?\s*=\s*(?:"[^"]*"|[^",;\s]+))*)/g,
  )) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^",;\s]+))/i.exec(parameters);
    if ((rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/).includes(relation)) return target;
  }
  return undefined;
}

function withParameter(options: RequestOptions, name: string, value: string | number): RequestOptions {
  const { query } = options;
  if (query === undefined) return { ...options, query: { [name]: value } };
  if (typeof query !== 'string' && !(query instanceof URLSearchParams)) {
    return { ...options, query: { ...(query as Record<string, QueryValue>), [name]: value } };
  }
  const copy = new URLSearchParams(query);
  copy.set(name, String(value));
  return { ...options, query: copy };
}

function itemsOf(body: unknown, response: HttpResponse): readonly never[] {
  const list = Array.isArray(body)
    ? body
    : ['items', 'data', 'results'].map(name => (body as Record<string, unknown> | null)?.[name]).find(Array.isArray);
  if (list !== undefined) return list as never[];
  throw new OptionError(
    `The pages of ${response.url.replace(/[?#].*$/, '')}`,
    ['are no lists and have no items, data or results'],
    'Give items: body => …, which takes the list out of a page',
  );
}
