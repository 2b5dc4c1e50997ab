/** Writes a call as an entry of a HAR file. @see http://www.softwareishard.com/blog/har-12-spec/ */
import type { CallFacts, CallRecord, RevealOptions, ShownExchange } from './call-record.ts';

interface NameValue {
  readonly name: string;
  readonly value: string;
}

export interface HarEntry {
  readonly startedDateTime: string;
  readonly time: number;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly httpVersion: string;
    readonly cookies: readonly NameValue[];
    readonly headers: readonly NameValue[];
    readonly queryString: readonly NameValue[];
    readonly postData?: { readonly mimeType: string; readonly text: string };
    readonly headersSize: number;
    readonly bodySize: number;
  };
  readonly response: {
    /** 0 where no answer came. */
    readonly status: number;
    readonly statusText: string;
    readonly httpVersion: string;
    readonly cookies: readonly NameValue[];
    readonly headers: readonly NameValue[];
    readonly content: { readonly size: number; readonly mimeType: string; readonly text?: string };
    readonly redirectURL: string;
    readonly headersSize: number;
    readonly bodySize: number;
  };
  readonly cache: Readonly<Record<string, never>>;
  readonly timings: {
    readonly blocked: number;
    readonly connect: number;
    readonly send: number;
    readonly wait: number;
    readonly receive: number;
  };
  readonly comment?: string;
}

export interface Har {
  readonly log: {
    readonly version: '1.2';
    readonly creator: { readonly name: string; readonly version: string };
    readonly entries: readonly HarEntry[];
  };
}

/** A whole HAR file of the calls, in their order. */
export function harOf(records: readonly CallRecord[], options?: RevealOptions): Har {
  const entries = records.map(record => record.toHar(options));
  return { log: { version: '1.2', creator: { name: 'quality-hub', version: '1' }, entries } };
}

export function harEntryOf(facts: CallFacts, exchange: ShownExchange): HarEntry {
  const { url, requestHeaders, requestBody, responseHeaders = [], responseBody } = exchange;
  const mimeType = headerOf(responseHeaders, 'content-type') ?? '';
  const { poolWaitMs = 0, connectMs, firstByteMs } = facts.transfer;
  const blocked = facts.waits.retry + facts.waits.rateLimit + facts.waits.bulkhead + poolWaitMs;
  const wait = firstByteMs ?? 0;
  return {
    startedDateTime: facts.startedAt,
    time: facts.durationMs,
    request: {
      method: facts.method,
      url,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: requestHeaders,
      queryString: queryOf(url),
      ...(requestBody === undefined
        ? {}
        : { postData: { mimeType: headerOf(requestHeaders, 'content-type') ?? '', text: requestBody } }),
      headersSize: -1,
      bodySize: facts.sentBytes,
    },
    response: {
      status: facts.status ?? 0,
      statusText: '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: responseHeaders,
      content: { size: facts.receivedBytes, mimeType, ...(responseBody === undefined ? {} : { text: responseBody }) },
      redirectURL: headerOf(responseHeaders, 'location') ?? '',
      headersSize: -1,
      bodySize: facts.receivedBytes,
    },
    cache: {},
    timings: {
      blocked,
      connect: connectMs ?? -1,
      send: 0,
      wait,
      receive: Math.max(0, facts.durationMs - blocked - (connectMs ?? 0) - wait),
    },
    ...(facts.errorCode === undefined ? {} : { comment: facts.errorCode }),
  };
}

function headerOf(headers: readonly NameValue[], wanted: string): string | undefined {
  return headers.find(({ name }) => name === wanted)?.value;
}

function queryOf(url: string): readonly NameValue[] {
  const mark = url.indexOf('?');
  return mark < 0 ? [] : [...new URLSearchParams(url.slice(mark))].map(([name, value]) => ({ name, value }));
}
