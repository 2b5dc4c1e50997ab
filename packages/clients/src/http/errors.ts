/** Everything that an HTTP call can end with, other than an answer. */
import { QualityHubError } from '@quality-hub/protocol';
import type { Classification } from '@quality-hub/resilience';
import type { HttpResponse } from './answer/http-response.ts';

/** The server has answered with a status that the caller did not expect (`QH_HTTP_STATUS`). */
export class HttpStatusError extends QualityHubError {
  readonly status: number;
  readonly response: HttpResponse;
  /** From `Retry-After`, in milliseconds: the server asks not to come back earlier. */
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    facts: {
      readonly response: HttpResponse;
      readonly retryAfterMs: number | undefined;
      readonly hint: string;
    },
  ) {
    super(message, { code: 'QH_HTTP_STATUS', hint: facts.hint });
    this.status = facts.response.status;
    this.response = facts.response;
    this.retryAfterMs = facts.retryAfterMs;
    // An error that is printed or sent to another process must not carry the whole answer.
    Object.defineProperty(this, 'response', { enumerable: false });
  }
}

/** Trust, a closed client, and what speaks no HTTP do not change by themselves. */
const LASTING = /CERT|SELF_SIGNED|ERR_TLS|ERR_SSL|UNABLE_TO_|EPROTO|UND_ERR_(?:CLOSED|DESTROYED|INVALID_ARG)|HPE_/;

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

  /** Said here because a message of another transport has no code that anybody knows. */
  get classification(): Classification {
    const { networkCode: code, unsent } = this;
    const lasting = LASTING.test(code) ? 'permanent' : 'transient';
    return { lasting, blame: 'network', applied: unsent ? 'no' : 'maybe', answered: false, code };
  }
}

/** The call had no answer in its time (`QH_HTTP_TIMEOUT`). Thrown where no policy keeps the time. */
export class HttpTimeoutError extends QualityHubError {
  readonly timeoutMs: number;

  constructor(message: string, timeoutMs: number, hint: string) {
    super(message, { code: 'QH_HTTP_TIMEOUT', hint });
    this.timeoutMs = timeoutMs;
  }

  get classification(): Classification {
    return { lasting: 'transient', blame: 'dependency', applied: 'maybe', answered: false, code: this.code };
  }
}

/** The body is not what was announced or asked for: no JSON, cut short, of an unknown encoding (`QH_HTTP_BODY`). */
export class HttpBodyError extends QualityHubError {
  constructor(message: string, hint: string, cause?: unknown) {
    super(message, { code: 'QH_HTTP_BODY', hint, ...(cause === undefined ? {} : { cause }) });
  }

  get classification(): Classification {
    return wrongAnswer(this.code);
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

  get classification(): Classification {
    return wrongAnswer(this.code);
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

  /** The cause may well pass, but this body cannot be sent again. */
  get classification(): Classification {
    return { lasting: 'permanent', blame: 'caller', applied: 'maybe', answered: false, code: this.code };
  }
}

/** A redirect that cannot be followed: too many of them, no place named, another protocol (`QH_HTTP_REDIRECT`). */
export class HttpRedirectError extends QualityHubError {
  constructor(message: string, hint: string) {
    super(message, { code: 'QH_HTTP_REDIRECT', hint });
  }

  get classification(): Classification {
    return wrongAnswer(this.code);
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

  get classification(): Classification {
    return wrongAnswer(this.code);
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

/** The server has answered, and will answer the same again. */
function wrongAnswer(code: string): Classification {
  return { lasting: 'permanent', blame: 'dependency', applied: 'maybe', answered: true, code };
}
