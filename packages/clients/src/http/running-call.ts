/** Gathers what happens to one call, and makes its record at the end. */
import { performance } from 'node:perf_hooks';
import { isQualityHubError } from '@quality-hub/protocol';
import type { PolicyEvent } from '@quality-hub/resilience';
import type { ClientSettings } from './client-options.ts';
import { HttpNetworkError, HttpStatusError, HttpTimeoutError } from './errors.ts';
import {
  type CallFacts,
  type CallOutcome,
  CallRecord,
  type ExchangeParts,
  type RefusedBy,
} from './record/call-record.ts';
import { keepBody } from './record/kept-body.ts';
import type { Target } from './request/build-path.ts';
import type { WireAnswer, WireRequest } from './transport/transport.ts';

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

const NO_HEADERS = Object.freeze({});

/** What a record is made with. */
type RecordSettings = Pick<ClientSettings, 'name' | 'keptBodyBytes' | 'mask' | 'auth' | 'observe' | 'now'>;

export class RunningCall {
  attempts = 0;
  redirects = 0;
  /** Of the last attempt. */
  request: WireRequest | undefined;
  answer: WireAnswer | undefined;
  sentBytes = 0;
  /** Counted where the body is a stream. */
  streamedBytes = 0;
  readonly #settings: RecordSettings;
  readonly #method: string;
  readonly #target: Target;
  readonly #startedAt: number;
  readonly #began = performance.now();
  #retryMs = 0;
  #rateLimitMs = 0;
  #bulkheadMs = 0;
  #refusedBy: RefusedBy | undefined;
  #timedOut = false;
  #fellBackFrom: unknown;
  #told = false;

  constructor(settings: RecordSettings, method: string, target: Target) {
    this.#settings = settings;
    this.#method = method;
    this.#target = target;
    this.#startedAt = settings.now();
  }

  readonly onEvent = (event: PolicyEvent): void => {
    if (event.type === 'refused') this.#refusedBy = event.by;
    else if (event.type === 'fallback') this.#fellBackFrom = event.error;
    else if (event.type === 'attempt') this.#timedOut = event.outcome === 'timeout';
    else if (event.type !== 'wait') return;
    else if (event.for === 'retry') this.#retryMs += event.waitMs;
    else if (event.for === 'rate-limit') this.#rateLimitMs += event.waitMs;
    else this.#bulkheadMs += event.waitMs;
  };

  /** The call has ended, with `error` or well. Tells the client's observer, once. */
  end(error: unknown, aborted: boolean): void {
    const { observe } = this.#settings;
    if (observe === undefined || this.#told) return;
    this.#told = true;
    // What a fallback gives is no answer of the server: the call itself has failed.
    const record = this.#record(error ?? this.#fellBackFrom, aborted);
    try {
      observe(record);
    } catch {
      // Whoever watches must not break what is watched.
    }
  }

  #record(error: unknown, aborted: boolean): CallRecord {
    const { keptBodyBytes, mask, auth } = this.#settings;
    const { request, answer } = this;
    const sent = request?.body;
    const body = Buffer.isBuffer(answer?.body) ? answer.body : undefined;
    const parts: Mutable<ExchangeParts> = {
      url: request === undefined ? `${this.#target.origin}${this.#target.path}` : `${request.origin}${request.path}`,
      requestHeaders: request?.headers ?? NO_HEADERS,
    };
    if (answer !== undefined) parts.responseHeaders = answer.headers;
    if (keptBodyBytes > 0) {
      if (sent !== undefined && typeof sent !== 'function') parts.requestBody = keepBody(sent, keptBodyBytes);
      if (body !== undefined) parts.responseBody = keepBody(body, keptBodyBytes);
    }
    const secretHeaders = auth?.secretHeaders === undefined ? undefined : new Set(auth.secretHeaders);
    const facts = this.#facts(error, aborted, body?.length ?? this.streamedBytes);
    return new CallRecord(facts, parts, { mask, limitBytes: keptBodyBytes, secretHeaders });
  }

  /** Properties that may be absent are added one by one: spreading each of them costs every call a microsecond. */
  #facts(error: unknown, aborted: boolean, receivedBytes: number): CallFacts {
    const { request, answer } = this;
    const failed = error instanceof HttpStatusError ? error : undefined;
    const status = error === undefined ? answer?.status : failed?.status;
    const traceId = traceIdOf(request?.headers['traceparent']);
    const facts: Mutable<CallFacts> = {
      client: this.#settings.name,
      method: this.#method,
      origin: this.#target.origin,
      path: this.#target.template,
      outcome: this.#outcomeOf(error, aborted),
      attempts: this.attempts,
      waits: {
        retry: this.#retryMs,
        rateLimit: this.#rateLimitMs,
        bulkhead: this.#bulkheadMs,
        pool: answer?.facts.poolWaitMs ?? 0,
      },
      startedAt: new Date(this.#startedAt).toISOString(),
      durationMs: performance.now() - this.#began,
      sentBytes: this.sentBytes,
      receivedBytes,
      transfer: answer?.facts ?? {},
      redirects: this.redirects,
    };
    if (status !== undefined) facts.status = status;
    if (this.#refusedBy !== undefined && error !== undefined) facts.refusedBy = this.#refusedBy;
    if (error !== undefined) facts.errorCode = codeOf(error);
    if (failed?.retryAfterMs !== undefined) facts.retryAfterMs = failed.retryAfterMs;
    if (traceId !== undefined) facts.traceId = traceId;
    return facts;
  }

  #outcomeOf(error: unknown, aborted: boolean): CallOutcome {
    if (error === undefined) return 'ok';
    if (aborted) return 'aborted';
    // Without an attempt nobody was asked; a budget that was spent only ended the retries.
    if (this.attempts === 0 && this.#refusedBy !== undefined && this.#refusedBy !== 'deadline') return 'refused';
    if (this.#timedOut || this.#refusedBy === 'deadline' || error instanceof HttpTimeoutError) return 'timeout';
    return 'failed';
  }
}

function codeOf(error: unknown): string {
  if (error instanceof HttpNetworkError) return error.networkCode;
  if (isQualityHubError(error)) return error.code;
  const { code, name } = error as { code?: unknown; name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : 'UNKNOWN';
}

/** @see W3C Trace Context, section 3.2 */
function traceIdOf(traceparent: string | undefined): string | undefined {
  const parts = traceparent?.split('-');
  return parts?.length === 4 ? parts[1] : undefined;
}
