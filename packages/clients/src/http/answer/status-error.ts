/** Decides whether a status was expected, and makes the error where it was not. */
import { retryAfterMs } from '@quality-hub/resilience';
import type { Mask } from '@quality-hub/telemetry';
import { HttpStatusError } from '../errors.ts';
import type { ExpectedStatus } from '../request/request-options.ts';
import type { HttpResponse } from './http-response.ts';

const LONGEST_EXCERPT = 300;

export function isExpected(status: number, expected: ExpectedStatus | undefined): boolean {
  if (expected === undefined) return status >= 200 && status < 300;
  if (typeof expected === 'number') return status === expected;
  if (typeof expected === 'string') return Math.floor(status / 100) === Number(expected[0]);
  return expected.some(each => isExpected(status, each));
}

export function statusError(
  doing: string,
  response: HttpResponse,
  {
    expected,
    mask,
    now,
  }: { readonly expected: ExpectedStatus | undefined; readonly mask: Mask; readonly now: () => number },
): HttpStatusError {
  const wanted = expected === undefined ? '2xx' : [expected].flat().join(' or ');
  const excerpt = excerptOf(response, mask);
  const said = excerpt === '' ? '' : `: ${excerpt}`;
  const waitMs = retryAfterMs(response.header('retry-after'), now());
  return new HttpStatusError(`${doing} gave ${response.status}, expected ${wanted}${said}`, {
    response,
    retryAfterMs: waitMs,
    hint: hintFor(response.status, waitMs),
  });
}

/** How the body begins, masked before it is cut, in one line. */
function excerptOf(response: HttpResponse, mask: Mask): string {
  const body = response.wholeBody;
  const type = response.header('content-type') ?? '';
  if (body === undefined || body.length === 0 || !/json|text|xml|^$/.test(type)) return '';
  const text = mask.text(body.subarray(0, 16_384).toString('utf8')).replace(/\s+/g, ' ').trim();
  return text.length > LONGEST_EXCERPT ? `${text.slice(0, LONGEST_EXCERPT)}…` : text;
}

function hintFor(status: number, waitMs: number | undefined): string {
  if (status === 401) return 'The server does not know who calls: are the credentials right, and not expired';
  if (status === 403) return 'The server knows who calls and refuses: is this allowed to the account';
  if (status === 404)
    return 'Nothing is there: compare baseURL and path with what the server offers, or create the thing first';
  if (status === 409) return 'Something else is there or has changed it: do two tests use the same thing';
  if (status === 429) {
    return `The server asks for fewer calls${waitMs === undefined ? '' : `, and to wait ${waitMs} ms`}: give the client a rateLimit policy`;
  }
  if (status >= 500) return 'The server has failed: its own log says why; with a retry policy, what may be repeated is';
  if (status >= 300 && status < 400)
    return 'It is a redirect that was not followed: raise redirects, or expect this status';
  return 'Compare what was sent with what the server expects; expectStatus names other statuses that are right';
}
