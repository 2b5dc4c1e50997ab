/** Reads what a server says about coming back: `Retry-After`, `RateLimit`, `RateLimit-*`, `X-RateLimit-*`. */
import type { AnswerHeaders } from '../transport/transport.ts';

export interface RateLimitFacts {
  readonly limit?: number;
  readonly remaining?: number;
  /** Until there are new ones, in milliseconds. */
  readonly resetMs?: number;
}

/** An instant in seconds is at least this; what is smaller is a length. 2001 and later. */
const EARLIEST_INSTANT_S = 1_000_000_000;

/** @see RFC 9110, section 10.2.3: seconds, or a date. A date that has passed is 0. */
export function retryAfterMs(headers: AnswerHeaders, now: () => number): number | undefined {
  const text = single(headers['retry-after'])?.trim();
  if (text === undefined) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now());
}

/**
 * @see draft-ietf-httpapi-ratelimit-headers: `RateLimit: "name";r=1;t=30` with `RateLimit-Policy: "name";q=100`, and
 * the earlier `RateLimit-Limit`, `-Remaining`, `-Reset`. `X-RateLimit-Reset` is seconds with some, an instant with others.
 */
export function rateLimitOf(headers: AnswerHeaders, now: () => number): RateLimitFacts | undefined {
  const structured = single(headers['ratelimit']);
  const policy = single(headers['ratelimit-policy']);
  const remaining = parameter(structured, /(?:^|[;,\s])(?:r|remaining)=(\d+)/) ?? number(headers, 'remaining');
  const limit =
    parameter(structured, /(?:^|[;,\s])limit=(\d+)/) ?? parameter(policy, /;\s*q=(\d+)/) ?? number(headers, 'limit');
  const reset = parameter(structured, /(?:^|[;,\s])(?:t|reset)=(\d+)/) ?? number(headers, 'reset');
  if (remaining === undefined && limit === undefined && reset === undefined) return undefined;
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(reset === undefined ? {} : { resetMs: resetMs(reset, now) }),
  };
}

function resetMs(reset: number, now: () => number): number {
  return reset >= EARLIEST_INSTANT_S ? Math.max(0, Math.round(reset * 1000 - now())) : Math.round(reset * 1000);
}

function number(headers: AnswerHeaders, what: 'limit' | 'remaining' | 'reset'): number | undefined {
  const text =
    single(headers[`ratelimit-${what}`]) ??
    single(headers[`x-ratelimit-${what}`]) ??
    single(headers[`x-rate-limit-${what}`]);
  return parameter(text, /^\s*(\d+(?:\.\d+)?)/);
}

function parameter(text: string | undefined, pattern: RegExp): number | undefined {
  const found = text === undefined ? undefined : pattern.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}
