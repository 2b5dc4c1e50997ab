/** What an answer says about its limits. @see draft-ietf-httpapi-ratelimit-headers (03 and 10), RFC 9110 section 10.2.3 */

export interface LimitFacts {
  /** Be left alone for so long, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Calls that may still be made until the window starts anew. */
  readonly remaining?: number;
  /** Until then, in milliseconds from now. */
  readonly resetMs?: number;
}

type HeaderReader = (name: string) => string | null | undefined;

/** Seconds from 1970 that cannot be meant as a length: the year 2001. */
const EPOCH_SECONDS = 1e9;

/** `Retry-After`: seconds, or a date. Undefined where it is neither. In milliseconds, never negative. */
export function retryAfterMs(value: string | null | undefined, wallNow: number): number | undefined {
  if (value === null || value === undefined || value.trim() === '') return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - wallNow);
}

/**
 * Reads `Retry-After`, `RateLimit` (`"name";r=5;t=30`), `RateLimit-Remaining` with `RateLimit-Reset` (seconds from now) and
 * their `X-` forms, whose reset is a length or an instant in seconds or milliseconds since 1970.
 */
export function readLimitHeaders(get: HeaderReader, wallNow: number): LimitFacts {
  const facts: { -readonly [Key in keyof LimitFacts]: LimitFacts[Key] } = {};
  const after = retryAfterMs(get('retry-after'), wallNow);
  if (after !== undefined) facts.retryAfterMs = after;
  const structured = get('ratelimit');
  const remaining = parameter(structured, 'r') ?? number(get('ratelimit-remaining') ?? get('x-ratelimit-remaining'));
  const reset = parameter(structured, 't') ?? number(get('ratelimit-reset') ?? get('x-ratelimit-reset'));
  if (remaining !== undefined) facts.remaining = remaining;
  if (reset !== undefined) facts.resetMs = lengthMs(reset, wallNow);
  return facts;
}

/** Of several policies in one header the first counts: servers put the closest there. */
function parameter(header: string | null | undefined, name: string): number | undefined {
  const found = new RegExp(`;\\s*${name}=(\\d+)`).exec(header?.split(',')[0] ?? '');
  return found ? Number(found[1]) : undefined;
}

function number(value: string | null | undefined): number | undefined {
  const found = /^\s*(\d+(?:\.\d+)?)/.exec(value ?? '');
  return found ? Number(found[1]) : undefined;
}

function lengthMs(reset: number, wallNow: number): number {
  if (reset >= EPOCH_SECONDS * 1000) return Math.max(0, reset - wallNow);
  if (reset >= EPOCH_SECONDS) return Math.max(0, reset * 1000 - wallNow);
  return reset * 1000;
}
