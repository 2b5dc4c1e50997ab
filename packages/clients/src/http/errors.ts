/** Everything that an HTTP call can end with, other than an answer. */
import { QualityHubError } from '@quality-hub/protocol';
import type { HttpResponse } from './answer/http-response.ts';
import type { RateLimitFacts } from './answer/retry-after.ts';

/** The server has answered with a status that the caller did not expect (`QH_HTTP_STATUS`). */
export class HttpStatusError extends QualityHubError {
  readonly status: number;
  readonly response: HttpResponse;
  /** From `Retry-After`, in milliseconds: the server asks not to come back earlier. */
  readonly retryAfterMs: number | undefined;
  /** From `RateLimit`, `RateLimit-*` or `X-RateLimit-*`. */
  readonly rateLimit: RateLimitFacts | undefined;

  constructor(
    message: string,
    facts: {
      readonly response: HttpResponse;
      readonly retryAfterMs: number | undefined;
      readonly rateLimit: RateLimitFacts | undefined;
      readonly hint: string;
    },
  ) {
    super(message, { code: 'QH_HTTP_STATUS', hint: facts.hint });
    this.status = facts.response.status;
    this.response = facts.response;
    this.retryAfterMs = facts.retryAfterMs;
    this.rateLimit = facts.rateLimit;
    // An error that is printed or sent to another process must not carry the whole answer.
    Object.defineProperty(this, 'response', { enumerable: false });
  }
}

/** No answer came: the name was not found, the connection refused, reset or cut, TLS failed (`QH_HTTP_NETWORK`). */
export class HttpNetworkError extends QualityHubError {
  /** Of the system or of undici: `ECONNREFUSED`, `EAI_AGAIN`, `UND_ERR_SOCKET` … */
  readonly networkCode: string;
  /** Nothing has reached the server: it is safe to send again, whatever the method. */
  readonly unsent: boolean;

  constructor(
    message: string,
    facts: { readonly networkCode: string; readonly unsent: boolean; readonly hint: string; readonly cause: unknown },
  ) {
    super(message, { code: 'QH_HTTP_NETWORK', hint: facts.hint, cause: facts.cause });
    this.networkCode = facts.networkCode;
    this.unsent = facts.unsent;
  }
}

/** The call had no answer in its time (`QH_HTTP_TIMEOUT`). Thrown where no policy keeps the time. */
export class HttpTimeoutError extends QualityHubError {
  readonly timeoutMs: number;

  constructor(message: string, timeoutMs: number, hint: string) {
    super(message, { code: 'QH_HTTP_TIMEOUT', hint });
    this.timeoutMs = timeoutMs;
  }
}

/** The body is not what was announced or asked for: no JSON, cut short, of an unknown encoding (`QH_HTTP_BODY`). */
export class HttpBodyError extends QualityHubError {
  constructor(message: string, hint: string, cause?: unknown) {
    super(message, { code: 'QH_HTTP_BODY', hint, ...(cause === undefined ? {} : { cause }) });
  }
}

/** The body is longer than the client keeps in memory (`QH_HTTP_TOO_LARGE`). */
export class HttpTooLargeError extends QualityHubError {
  readonly limitBytes: number;

  constructor(message: string, limitBytes: number) {
    super(message, {
      code: 'QH_HTTP_TOO_LARGE',
      hint: 'Use client.download() or client.stream() for it, or raise maxBodyBytes',
    });
    this.limitBytes = limitBytes;
  }
}

/** A stream was to be sent a second time, which streams cannot be (`QH_HTTP_BODY_USED`). */
export class HttpBodyUsedError extends QualityHubError {
  constructor(message: string, cause?: unknown) {
    super(message, {
      code: 'QH_HTTP_BODY_USED',
      hint: 'Give a function that opens the stream (`body: () => createReadStream(path)`), so that each attempt has its own',
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

/** A redirect that cannot be followed: too many of them, no place named, another protocol (`QH_HTTP_REDIRECT`). */
export class HttpRedirectError extends QualityHubError {
  constructor(message: string, hint: string) {
    super(message, { code: 'QH_HTTP_REDIRECT', hint });
  }
}

/** One place where an answer is not what the schema says. */
export interface SchemaProblem {
  /** `items[2].price`; empty for the whole. */
  readonly path: string;
  readonly message: string;
  /** What stands there, masked and cut. */
  readonly value: string;
}

/** The answer is not what its schema says (`QH_HTTP_SCHEMA`). */
export class HttpSchemaError extends QualityHubError {
  readonly problems: readonly SchemaProblem[];

  constructor(message: string, problems: readonly SchemaProblem[]) {
    super(message, {
      code: 'QH_HTTP_SCHEMA',
      hint: 'The API has changed, or the schema is wrong: compare both with the value above',
    });
    this.problems = problems;
  }
}

/** Pages led back to one that was read before, or there were more than the limit (`QH_HTTP_PAGES`). */
export class HttpPagesError extends QualityHubError {
  constructor(message: string, hint: string) {
    super(message, { code: 'QH_HTTP_PAGES', hint });
  }
}

/** What was waited for did not come in its time (`QH_HTTP_POLL`). */
export class HttpPollError extends QualityHubError {
  constructor(message: string, cause?: unknown) {
    super(message, {
      code: 'QH_HTTP_POLL',
      hint: 'Give it more time with timeoutMs, or look at the last answer: it says how far the work had come',
      ...(cause === undefined ? {} : { cause }),
    });
  }
}
