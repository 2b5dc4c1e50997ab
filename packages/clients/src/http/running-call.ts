/** Gathers what happens to one call, and makes its record at the end. */
import { performance } from 'node:perf_hooks';
import { isQualityHubError } from '@quality-hub/protocol';
import type { PolicyEvent } from '@quality-hub/resilience';
import type { ClientSettings } from './client-options.ts';
import { HttpNetworkError, HttpStatusError, HttpTimeoutError } from './errors.ts';
import { type CallOutcome, CallRecord, type RefusedBy } from './record/call-record.ts';
import { keepBody } from './record/kept-body.ts';
import type { Target } from './request/build-path.ts';
import type { WireAnswer, WireRequest } from './transport/transport.ts';

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

  /** The call has ended. Tells the client's observer, once. */
  end(ended: { readonly error?: unknown; readonly aborted?: boolean }): void {
    const { observe } = this.#settings;
    if (observe === undefined || this.#told) return;
    this.#told = true;
    // What a fallback gives is no answer of the server: the call itself has failed.
    const record = this.#record(ended.error ?? this.#fellBackFrom, ended.aborted === true);
    try {
      observe(record);
    } catch {
      // Whoever watches must not break what is watched.
    }
  }

  #record(error: unknown, aborted: boolean): CallRecord {
    const { name, keptBodyBytes, mask, auth } = this.#settings;
    const { request, answer } = this;
    const status = error === undefined ? answer?.status : error instanceof HttpStatusError ? error.status : undefined;
    const retryAfterMs = error instanceof HttpStatusError ? error.retryAfterMs : undefined;
    const errorCode = error === undefined ? undefined : codeOf(error);
    const traceId = traceIdOf(request?.headers['traceparent']);
    const body = Buffer.isBuffer(answer?.body) ? answer.body : undefined;
    const facts = {
      client: name,
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
      receivedBytes: body?.length ?? this.streamedBytes,
      transfer: answer?.facts ?? {},
      redirects: this.redirects,
      ...(status === undefined ? {} : { status }),
      ...(this.#refusedBy === undefined || error === undefined ? {} : { refusedBy: this.#refusedBy }),
      ...(errorCode === undefined ? {} : { errorCode }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(traceId === undefined ? {} : { traceId }),
    };
    const sent = request?.body;
    const keep = keptBodyBytes > 0;
    const parts = {
      url: request === undefined ? `${this.#target.origin}${this.#target.path}` : `${request.origin}${request.path}`,
      requestHeaders: request?.headers ?? {},
      ...(keep && sent !== undefined && typeof sent !== 'function'
        ? { requestBody: keepBody(sent, keptBodyBytes) }
        : {}),
      ...(answer === undefined ? {} : { responseHeaders: answer.headers }),
      ...(keep && body !== undefined ? { responseBody: keepBody(body, keptBodyBytes) } : {}),
    };
    const secretHeaders = auth?.secretHeaders === undefined ? undefined : new Set(auth.secretHeaders);
    return new CallRecord(facts, parts, { mask, limitBytes: keptBodyBytes, secretHeaders });
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
