/** The HTTP client: verbs, streams, pages, polls and downloads, all over one way to run a call. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { HttpResponse } from './answer/http-response.ts';
import { type ClientSettings, type HttpClientOptions, readClientOptions } from './client-options.ts';
import { type CookieContext, type CookieSource, contextCookies } from './cookies/cookie-source.ts';
import { type Downloaded, saveTo } from './download.ts';
import { type HttpCall, httpCall } from './http-call.ts';
import { type PageOptions, readPages } from './pages.ts';
import { type PollOptions, pollUntil } from './poll.ts';
import type { RequestOptions } from './request/request-options.ts';
import { runCall } from './run-call.ts';
import type { OriginStatistics, WarmUp } from './transport/transport.ts';

type SchemaOf = StandardSchemaV1 | undefined;
type OutputOf<Schema extends SchemaOf> = Schema extends StandardSchemaV1
  ? StandardSchemaV1.InferOutput<Schema>
  : unknown;
type Verb = <Schema extends SchemaOf = undefined>(
  path: string,
  options?: RequestOptions<Schema>,
) => HttpCall<OutputOf<Schema>>;

/**
 * Talks to one API.
 *
 * @throws all calls: {HttpStatusError} for an unexpected status, {HttpNetworkError} where no answer came,
 * {HttpSchemaError}, {HttpBodyError}, {HttpTooLargeError}, {HttpRedirectError}, {OptionError}, and what the policy throws.
 */
export interface HttpClient extends AsyncDisposable {
  readonly name: string;
  readonly get: Verb;
  readonly head: Verb;
  readonly post: Verb;
  readonly put: Verb;
  readonly patch: Verb;
  readonly delete: Verb;
  readonly options: Verb;
  request<Schema extends SchemaOf = undefined>(
    method: string,
    path: string,
    options?: RequestOptions<Schema>,
  ): HttpCall<OutputOf<Schema>>;
  /**
   * The answer as soon as its head is there; its body is read with `.stream()`. Retries end with the head.
   * Read it to its end or destroy it: it keeps a connection until then.
   */
  stream(path: string, options?: RequestOptions & { readonly method?: string }): Promise<HttpResponse>;
  /** Takes the body to a file without holding it in memory. Deadline and retries cover all of it. */
  download(path: string, file: string, options?: RequestOptions): Promise<Downloaded>;
  /** All items of a list that comes in pages. */
  pages<Item = unknown>(path: string, options: PageOptions<Item>): AsyncGenerator<Item, void>;
  /** Asks until `until` is content. */
  poll(path: string, options: PollOptions): Promise<HttpResponse>;
  /** The same client with the cookies of a browser context, or of a jar. The pool is shared. */
  as(cookies: CookieContext | CookieSource): HttpClient;
  /** The same client with other options; headers are added. The pool is shared, unless a transport is given. */
  extend(options: Omit<HttpClientOptions, 'connection'>): HttpClient;
  /** Opens connections to the base before they are needed. @param connections @default 1 */
  warmUp(connections?: number, signal?: AbortSignal): Promise<WarmUp>;
  /** Connections by origin, since the client was made. */
  statistics(): readonly OriginStatistics[];
  /** Waits for the calls that run, then closes the connections, of all clients that share them. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Makes a client. Nothing is opened, and undici is not loaded, before the first call.
 *
 * @throws {OptionError} that lists every problem of the options (`QH_OPTION`).
 */
export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  return clientOf(readClientOptions(options), options);
}

function clientOf(settings: ClientSettings, options: HttpClientOptions): HttpClient {
  const request = <Schema extends SchemaOf = undefined>(
    method: string,
    path: string,
    requestOptions: RequestOptions<Schema> = {},
  ): HttpCall<OutputOf<Schema>> =>
    httpCall(runCall(settings, method.toUpperCase(), path, requestOptions) as Promise<HttpResponse<OutputOf<Schema>>>);
  const verb =
    (method: string): Verb =>
    (path, requestOptions) =>
      request(method, path, requestOptions);
  const get = verb('GET');
  const close = (): Promise<void> => settings.transport.close();
  const extend = (more: HttpClientOptions): HttpClient => {
    const { connection: _, ...own } = options;
    const transport = more.transport ?? settings.transport;
    const merged = { ...own, ...more, headers: { ...own.headers, ...more.headers }, transport };
    // A jar of its own would be a second one with every extension: the first is kept.
    const cookies = more.cookies ?? settings.cookies;
    const extended = { ...merged, ...(cookies === undefined ? {} : { cookies }) };
    return clientOf(readClientOptions(extended), extended);
  };
  return {
    name: settings.name,
    get,
    head: verb('HEAD'),
    post: verb('POST'),
    put: verb('PUT'),
    patch: verb('PATCH'),
    delete: verb('DELETE'),
    options: verb('OPTIONS'),
    request,
    stream: (path, { method = 'GET', ...requestOptions } = {}) =>
      runCall(settings, method.toUpperCase(), path, requestOptions, { stream: true }),
    download: (path, file, requestOptions = {}) => download(settings, path, file, requestOptions),
    pages: (path, pageOptions) => readPages((page, more) => get(page, more), path, pageOptions),
    poll: (path, pollOptions) => pollUntil(settings, more => get(path, more), path, pollOptions),
    as: cookies => extend({ cookies: 'headerFor' in cookies ? cookies : contextCookies(cookies) }),
    extend,
    warmUp: async (connections = 1, signal) => {
      const { origin } = settings.targetOf('/', undefined, undefined);
      return settings.transport.warmUp(origin, connections, signal);
    },
    statistics: () => settings.transport.statistics(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function download(
  settings: ClientSettings,
  path: string,
  file: string,
  options: RequestOptions,
): Promise<Downloaded> {
  let sizeBytes: number | undefined;
  const response = await runCall(settings, 'GET', path, options, {
    stream: true,
    consume: async (answer, signal) => {
      sizeBytes = await saveTo(file, answer, signal);
    },
  });
  // What a policy's fallback gives has not been through the intake.
  sizeBytes ??= await saveTo(file, response, options.signal ?? new AbortController().signal);
  return { path: file, sizeBytes, contentType: response.header('content-type') };
}
