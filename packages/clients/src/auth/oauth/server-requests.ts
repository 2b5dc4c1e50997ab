/**
 * Carries oauth4webapi's requests: over the client's transport, so that certificates, names and counts are the client's; inside
 * a policy; and told as every call is, without bodies, which are made of secrets.
 */
import type { Policy } from '@quality-hub/resilience';
import type { Mask } from '@quality-hub/telemetry';
import { HttpResponse } from '../../http/answer/http-response.ts';
import { statusError } from '../../http/answer/status-error.ts';
import { HttpStatusError } from '../../http/errors.ts';
import type { CallRecord } from '../../http/record/call-record.ts';
import { buildTarget } from '../../http/request/build-path.ts';
import { RunningCall } from '../../http/running-call.ts';
import type { Transport, WireAnswer, WireRequest } from '../../http/transport/transport.ts';

export interface ServerRequestOptions {
  readonly name: string;
  readonly transport: Transport;
  readonly policy: Policy | undefined;
  readonly observe: ((call: CallRecord) => void) | undefined;
  readonly mask: Mask;
  readonly now: () => number;
}

/** What the library hands to a `fetch` of ours. */
export interface LibraryRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/** Says that a person has not confirmed yet: an answer, and no failure. @see RFC 8628, section 3.5 */
const NOT_YET = /"error"\s*:\s*"(?:authorization_pending|slow_down)"/;
const NO_BODY = new Set([204, 304]);

export async function askServer(
  url: string,
  { method, headers, body }: LibraryRequest,
  signal: AbortSignal,
  { name, transport, policy, observe, mask, now }: ServerRequestOptions,
): Promise<Response> {
  const target = buildTarget(undefined, url, undefined, undefined);
  const call = new RunningCall({ name, mask, observe, now, keptBodyBytes: 0, auth: undefined }, method, target);
  const text = body === undefined || body === null ? undefined : String(body);
  // Nothing is spent by asking twice; a code or a refresh token would be.
  const idempotent = method === 'GET' || /(?:^|&)grant_type=client_credentials(?:&|$)/.test(text ?? '');
  const doing = `${method} ${target.origin}${target.template}`;
  const request: WireRequest = {
    method,
    origin: target.origin,
    path: target.path,
    headers,
    stream: false,
    maxBodyBytes: 1_000_000,
    repeatable: method === 'GET',
    ...(text === undefined ? {} : { body: text }),
  };
  call.sentBytes = Buffer.byteLength(text ?? '');
  let answer: WireAnswer | undefined;
  const attempt = async (reach: AbortSignal): Promise<void> => {
    call.attempts += 1;
    call.request = request;
    call.answer = undefined;
    answer = await transport.send(request, reach);
    call.answer = answer;
    const came = answer.body as Buffer;
    // Metadata may stand in either of two places.
    const isAnswer = answer.status < 400 || (answer.status === 404 && method === 'GET');
    if (isAnswer || (answer.status === 400 && NOT_YET.test(came.toString('utf8')))) return;
    const response = new HttpResponse({ doing, url, redirected: false, mask, ...answer });
    throw statusError(doing, response, { expected: undefined, mask, now });
  };
  try {
    if (policy === undefined) await attempt(signal);
    else {
      await policy.execute(context => attempt(context.signal), {
        signal,
        doing,
        idempotent,
        target: `${target.origin} write`,
        onEvent: call.onEvent,
      });
    }
    call.end(undefined, false);
  } catch (error) {
    call.end(error, signal.aborted);
    // What a refusal means is the library's to say.
    if (!(error instanceof HttpStatusError)) throw error;
  }
  return asResponse(answer as WireAnswer);
}

function asResponse({ status, headers: came, body }: WireAnswer): Response {
  const headers = new Headers();
  for (const [name, value] of Object.entries(came)) {
    for (const each of [value ?? []].flat()) headers.append(name, each);
  }
  return new Response(NO_BODY.has(status) ? null : new Uint8Array(body as Buffer), { status, headers });
}
