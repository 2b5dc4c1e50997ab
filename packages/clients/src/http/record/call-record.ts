/** One finished call with all its attempts: what evidence, reports and metrics are made of. */
import type { CallEvidence } from '@quality-hub/protocol';
import type { PolicyEvent } from '@quality-hub/resilience';
import type { Mask } from '@quality-hub/telemetry';
import type { AnswerHeaders, HttpHeaders, TransferFacts } from '../transport/transport.ts';
import { bodyText, type KeptBody } from './kept-body.ts';
import { shownHeaders } from './mask-headers.ts';
import { curlOf } from './to-curl.ts';
import { type HarEntry, harEntryOf } from './to-har.ts';

export type CallOutcome = CallEvidence['outcome'];
export type RefusedBy = Extract<PolicyEvent, { type: 'refused' }>['by'];

/** How long the call waited, for what, in milliseconds. */
export interface CallWaits {
  readonly retry: number;
  readonly rateLimit: number;
  readonly bulkhead: number;
  /** For a free connection, in the last attempt. */
  readonly pool: number;
}

export interface CallFacts {
  /** Name of the client. */
  readonly client: string;
  readonly method: string;
  readonly origin: string;
  /** The path's template: no values, no query. */
  readonly path: string;
  readonly outcome: CallOutcome;
  readonly status?: number;
  readonly attempts: number;
  readonly waits: CallWaits;
  readonly refusedBy?: RefusedBy;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly sentBytes: number;
  readonly receivedBytes: number;
  readonly transfer: TransferFacts;
  readonly redirects: number;
  readonly traceId?: string;
  readonly errorCode?: string;
  readonly retryAfterMs?: number;
}

/** What was sent and what came, unmasked. Kept in private fields: printing a record shows none of it. */
export interface ExchangeParts {
  readonly url: string;
  readonly requestHeaders: HttpHeaders;
  readonly requestBody?: KeptBody;
  readonly responseHeaders?: AnswerHeaders;
  readonly responseBody?: KeptBody;
}

/** What was sent and what came, masked and cut. */
export interface ShownExchange {
  readonly url: string;
  readonly requestHeaders: readonly { readonly name: string; readonly value: string }[];
  readonly requestBody?: string;
  readonly responseHeaders?: readonly { readonly name: string; readonly value: string }[];
  readonly responseBody?: string;
}

export interface RevealOptions {
  /** Shows secrets: for your own terminal, not for a report. @default false */
  readonly reveal?: boolean;
}

export class CallRecord {
  readonly facts: CallFacts;
  readonly #parts: ExchangeParts;
  readonly #mask: Mask;
  readonly #limitBytes: number;
  readonly #secretHeaders: ReadonlySet<string> | undefined;

  constructor(
    facts: CallFacts,
    parts: ExchangeParts,
    showing: {
      readonly mask: Mask;
      readonly limitBytes: number;
      readonly secretHeaders: ReadonlySet<string> | undefined;
    },
  ) {
    this.facts = facts;
    this.#parts = parts;
    this.#mask = showing.mask;
    this.#limitBytes = showing.limitBytes;
    this.#secretHeaders = showing.secretHeaders;
  }

  /** The call as evidence: no headers, no bodies, no query. */
  evidence(): CallEvidence {
    const { facts } = this;
    const { waits, transfer, status, errorCode, refusedBy, retryAfterMs, traceId } = facts;
    const evidence: { -readonly [Key in keyof CallEvidence]: CallEvidence[Key] } = {
      kind: 'call',
      dependency: facts.client,
      operation: `${facts.method} ${facts.path}`,
      outcome: facts.outcome,
      attempts: facts.attempts,
      durationMs: Math.round(facts.durationMs),
      origin: facts.origin,
      sentBytes: facts.sentBytes,
      receivedBytes: facts.receivedBytes,
    };
    const waitedMs = waits.retry + waits.rateLimit + waits.bulkhead + waits.pool;
    if (status !== undefined) evidence.status = status;
    if (errorCode !== undefined) evidence.errorCode = errorCode;
    if (waitedMs >= 1) evidence.waitedMs = Math.round(waitedMs);
    if (refusedBy !== undefined) evidence.refusedBy = refusedBy;
    if (transfer.reused !== undefined) evidence.reusedConnection = transfer.reused;
    if (transfer.connectMs !== undefined) evidence.connectMs = Math.round(transfer.connectMs);
    if (transfer.firstByteMs !== undefined) evidence.firstByteMs = Math.round(transfer.firstByteMs);
    if (retryAfterMs !== undefined) evidence.retryAfterMs = retryAfterMs;
    if (traceId !== undefined) evidence.traceId = traceId;
    return evidence;
  }

  /** What was sent at last and what came, masked and cut; with `reveal`, as it was. */
  exchange({ reveal = false }: RevealOptions = {}): ShownExchange {
    const mask = reveal ? undefined : this.#mask;
    const { url, requestHeaders, requestBody, responseHeaders, responseBody } = this.#parts;
    const showing = { mask, limitBytes: this.#limitBytes };
    const body = (kept: KeptBody | undefined, headers: AnswerHeaders | undefined): string | undefined =>
      kept === undefined ? undefined : bodyText(kept, first(headers?.['content-type']), showing);
    const sent = body(requestBody, requestHeaders);
    const came = body(responseBody, responseHeaders);
    return {
      url: mask === undefined ? url : mask.text(url),
      requestHeaders: shownHeaders(requestHeaders, mask, this.#secretHeaders),
      ...(sent === undefined ? {} : { requestBody: sent }),
      ...(responseHeaders === undefined
        ? {}
        : { responseHeaders: shownHeaders(responseHeaders, mask, this.#secretHeaders) }),
      ...(came === undefined ? {} : { responseBody: came }),
    };
  }

  /** The call as a command for a shell; secrets are masked unless `reveal` asks for them. */
  toCurl(options?: RevealOptions): string {
    return curlOf(this.facts, this.exchange(options));
  }

  /** The call as an entry of a HAR file. @see HAR 1.2 */
  toHar(options?: RevealOptions): HarEntry {
    return harEntryOf(this.facts, this.exchange(options));
  }
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}
