/** Asks again and again until an answer says that the work is done. */
import { retryAfterMs } from '@quality-hub/resilience';
import type { HttpResponse } from './answer/http-response.ts';
import { shownAtCaller } from './caller.ts';
import type { ClientSettings } from './client-options.ts';
import { HttpPollError } from './errors.ts';
import type { RequestOptions } from './request/request-options.ts';

export interface PollOptions extends RequestOptions {
  /** True ends the polling. Given the body as JSON where it is JSON, else as text. */
  readonly until: (body: unknown, response: HttpResponse) => boolean;
  /** Between the end of one try and the begin of the next, in milliseconds; a longer `Retry-After` goes first. @default 250 */
  readonly everyMs?: number;
  /** Longest time of all tries together, in milliseconds. @default 30_000, and never more than the test has left */
  readonly withinMs?: number;
}

const LONGEST_EXCERPT = 200;

/** @throws {HttpPollError} with the last answer, when the time is over (`QH_HTTP_POLL`); what the call throws, at once. */
export async function pollUntil(
  settings: ClientSettings,
  get: (options: RequestOptions) => Promise<HttpResponse>,
  path: string,
  options: PollOptions,
): Promise<HttpResponse> {
  const { until, everyMs = 250, withinMs = 30_000, ...request } = options;
  const startedAt = settings.now();
  const limitMs = Math.min(withinMs, settings.remainingMs?.() ?? Number.POSITIVE_INFINITY);
  for (let tries = 1; ; tries++) {
    const leftMs = Math.max(1, limitMs - (settings.now() - startedAt));
    const response = await get({ ...request, timeoutMs: Math.min(request.timeoutMs ?? settings.timeoutMs, leftMs) });
    const body = await bodyOf(response);
    if (until(body, response)) return response;
    const waitMs = Math.max(everyMs, retryAfterMs(response.header('retry-after'), settings.now()) ?? 0);
    const spentMs = settings.now() - startedAt;
    if (spentMs + waitMs >= limitMs) {
      const said = settings.mask
        .text(await response.text())
        .replace(/\s+/g, ' ')
        .slice(0, LONGEST_EXCERPT);
      throw shownAtCaller(
        new HttpPollError(
          `GET ${path} was not what was waited for within ${Math.round(limitMs)} ms, in ${tries} tries; at last ${response.status}: ${said}`,
        ),
      );
    }
    await settings.sleep(waitMs, request.signal);
  }
}

async function bodyOf(response: HttpResponse): Promise<unknown> {
  const text = await response.text();
  if (!/json/i.test(response.header('content-type') ?? '')) return text;
  return response.parse(text);
}
