/**
 * Carries calls over a request context such as Playwright's, so that they stand in the trace and in the HAR.
 *
 * It has no pool, no streams and no counts of connections, and costs several times as much a call. Knows the shape of such
 * a context only.
 */
import { buffer } from 'node:stream/consumers';
import { OptionError } from '@quality-hub/protocol';
import { HttpNetworkError, HttpTooLargeError } from '../errors.ts';
import { newCounts, type OriginCounts, statisticsOf } from './connection-counts.ts';
import type { Transport, WireAnswer, WireRequest } from './transport.ts';

/** What is used of an answer; Playwright's `APIResponse` has it. */
export interface ContextAnswer {
  status(): number;
  headersArray(): readonly { readonly name: string; readonly value: string }[];
  body(): Promise<Buffer>;
  dispose(): Promise<void>;
}

/** What is used of a request context; Playwright's `APIRequestContext` has it. */
export interface RequestContext {
  fetch(
    url: string,
    options: {
      readonly method: string;
      readonly headers: { [name: string]: string };
      readonly data?: Buffer | string;
      readonly failOnStatusCode: false;
      readonly maxRedirects: 0;
      readonly maxRetries: 0;
      readonly timeout: 0;
      readonly signal?: AbortSignal;
    },
  ): Promise<ContextAnswer>;
  dispose(): Promise<void>;
}

/**
 * Options of a new context that name everything which it would else take from the test that happened to be first:
 * Playwright gives a context without them that test's base, headers, sign-in and cookies.
 */
export interface ExplicitContextOptions {
  readonly baseURL?: never;
  readonly extraHTTPHeaders: { [name: string]: string };
  readonly httpCredentials?: never;
  readonly storageState?: never;
}

export interface ContextTransportOptions {
  /** Opens a context: `options => playwright.request.newContext(options)`. It is disposed with the transport. */
  readonly open?: (options: ExplicitContextOptions) => Promise<RequestContext>;
  /** A context that is there and somebody else's, such as `page.request`. */
  readonly context?: RequestContext;
}

/** The keys are there, which is what keeps others out; their type says that nobody has to read them. */
const EXPLICIT = {
  baseURL: undefined,
  extraHTTPHeaders: {},
  httpCredentials: undefined,
  storageState: undefined,
} as object as ExplicitContextOptions;

export function contextTransport({ open, context }: ContextTransportOptions): Transport {
  const counts = new Map<string, OriginCounts>();
  let opening: Promise<RequestContext> | undefined;
  const contextOf = (): Promise<RequestContext> => {
    if (context !== undefined) return Promise.resolve(context);
    opening ??= open?.(EXPLICIT);
    if (opening === undefined) throw new OptionError('contextTransport', ['needs open or context']);
    return opening;
  };
  return {
    name: 'request context',
    canStream: false,
    keepsCookies: true,
    send: async (request, signal) => {
      signal?.throwIfAborted();
      const found = counts.get(request.origin) ?? newCounts(request.origin);
      counts.set(request.origin, found);
      found.requests += 1;
      return sendThrough(await contextOf(), request, signal);
    },
    statistics: () => [...counts.values()].map(statisticsOf),
    // The context opens connections by itself, and does not tell of them.
    warmUp: async () => ({ opened: 0, failed: 0 }),
    close: async () => {
      await (await opening)?.dispose();
      opening = undefined;
    },
  };
}

async function sendThrough(
  context: RequestContext,
  { method, origin, path, headers, body, maxBodyBytes }: WireRequest,
  signal: AbortSignal | undefined,
): Promise<WireAnswer> {
  const data = typeof body === 'function' ? await buffer(body()) : body;
  let answer: ContextAnswer;
  try {
    // No time, no redirects and no retries of its own: those are ours.
    answer = await context.fetch(`${origin}${path}`, {
      method,
      headers: { ...headers },
      failOnStatusCode: false,
      maxRedirects: 0,
      maxRetries: 0,
      timeout: 0,
      ...(data === undefined ? {} : { data: typeof data === 'string' ? data : Buffer.from(data) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw asNetworkError(error, method, origin);
  }
  try {
    const whole = await answer.body();
    if (whole.length > maxBodyBytes) {
      throw new HttpTooLargeError(
        `The answer is longer than the ${maxBodyBytes} bytes that are kept in memory`,
        maxBodyBytes,
      );
    }
    return { status: answer.status(), headers: headersOf(answer), body: whole, facts: {} };
  } finally {
    // Playwright keeps every body until then.
    await answer.dispose();
  }
}

/** Several `Set-Cookie` stay apart. The encoding is left out: the context has undone it. */
function headersOf(answer: ContextAnswer): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const { name, value } of answer.headersArray()) {
    const key = name.toLowerCase();
    if (key === 'content-encoding') continue;
    const before = headers[key];
    headers[key] = before === undefined ? value : [before, value].flat();
  }
  return headers;
}

/** Playwright throws a message with a log of the call below it; its first line names the system's code. */
function asNetworkError(error: unknown, method: string, origin: string): unknown {
  if (!(error instanceof Error)) return error;
  const line = error.message.split('\n', 1)[0] ?? '';
  const networkCode =
    /\bE[A-Z][A-Z_]{3,}\b/.exec(line)?.[0] ?? (/socket hang up/.test(line) ? 'ECONNRESET' : undefined);
  if (networkCode === undefined) return error;
  return new HttpNetworkError(`${origin} gave no answer to ${method}: ${line}`, {
    networkCode,
    unsent: networkCode === 'ECONNREFUSED' || networkCode === 'ENOTFOUND' || networkCode === 'EAI_AGAIN',
    hint: 'Is the server up, and can this machine reach it',
    cause: error,
  });
}
