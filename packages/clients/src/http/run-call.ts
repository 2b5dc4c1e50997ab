/** Runs one call from its options to its answer: the one place where policy, auth, cookies, transport and records meet. */
import { randomUUID } from 'node:crypto';
import { UnsupportedError } from '@quality-hub/protocol';
import type { CallContext } from '@quality-hub/resilience';
import { checkSchema } from './answer/check-schema.ts';
import { ACCEPT_ENCODING } from './answer/decode-body.ts';
import { HttpResponse } from './answer/http-response.ts';
import { isExpected, statusError } from './answer/status-error.ts';
import { atCallSite, type CallSite } from './call-site.ts';
import { type ClientSettings, lowerCased, type OutgoingRequest } from './client-options.ts';
import { HttpStatusError } from './errors.ts';
import { type BuiltBody, buildBody } from './request/build-body.ts';
import { buildTarget, type Target } from './request/build-path.ts';
import { checkRequestOptions, type RequestOptions } from './request/request-options.ts';
import { RunningCall } from './running-call.ts';
import { type Followed, sendFollowing } from './send-following.ts';
import { endWithStream, meter, StreamLife } from './streamed-answer.ts';
import type { WireRequest } from './transport/transport.ts';

/** @see RFC 9110, section 9.2.2 */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);
const READS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** How the body of the answer is taken. */
export interface Intake {
  readonly stream: boolean;
  /** Reads the stream inside the attempt, so that deadline and retries cover it too. */
  readonly consume?: (response: HttpResponse, signal: AbortSignal) => Promise<void>;
}

const WHOLE: Intake = { stream: false };

/** @param site Where errors are shown. */
export async function runCall(
  settings: ClientSettings,
  method: string,
  path: string,
  options: RequestOptions,
  site: CallSite,
  intake: Intake = WHOLE,
): Promise<HttpResponse> {
  try {
    return await run(settings, method, path, options, intake);
  } catch (error) {
    throw atCallSite(error, site);
  }
}

async function run(
  settings: ClientSettings,
  method: string,
  path: string,
  options: RequestOptions,
  intake: Intake,
): Promise<HttpResponse> {
  const named = `${method} ${path}`;
  checkRequestOptions(named, options);
  if (intake.stream && !settings.transport.canStream) {
    throw new UnsupportedError(
      `Transport ${settings.transport.name} cannot stream the answer of ${named}`,
      'Use the undici transport for it',
    );
  }
  const target = buildTarget(settings.base, path, options.params, options.query);
  const doing = `${method} ${target.origin}${target.template}`;
  const building = buildBody(doing, options);
  const built = building instanceof Promise ? await building : building;
  const call = new RunningCall(settings, method, target);
  if (built !== undefined) call.sentBytes = bodyBytes(built);
  const headers = callHeaders(settings, target, options, built);
  const idempotent =
    (options.idempotent ?? (IDEMPOTENT.has(method) || 'idempotency-key' in headers)) && built?.once !== true;
  const request: WireRequest = {
    method,
    origin: target.origin,
    path: target.path,
    headers,
    stream: intake.stream,
    maxBodyBytes: options.maxBodyBytes ?? settings.maxBodyBytes,
    repeatable: idempotent,
    ...(built === undefined ? {} : { body: built.body }),
  };
  const { signal } = options;
  try {
    const given: unknown = await settings.policy.execute(
      context => attempt(settings, request, options, call, doing, context, intake),
      {
        deadlineMs: deadlineOf(settings, options),
        idempotent,
        target: `${target.origin} ${READS.has(method) ? 'read' : 'write'}`,
        doing,
        onEvent: call.onEvent,
        ...(signal === undefined ? {} : { signal }),
        ...(options.priority === undefined ? {} : { priority: options.priority }),
      },
    );
    const response = given instanceof HttpResponse ? given : standIn(given, doing, target, settings);
    if (options.schema !== undefined && response.ok) {
      response.keepChecked(
        await checkSchema(doing, options.schema, response.parse(await response.text()), settings.mask),
      );
    }
    if (intake.stream && intake.consume === undefined) endWithStream(call, response, signal);
    else call.end({});
    return response;
  } catch (error) {
    call.end({ error, aborted: signal?.aborted === true });
    if (options.throws === false && error instanceof HttpStatusError) return error.response;
    throw error;
  }
}

async function attempt(
  settings: ClientSettings,
  request: WireRequest,
  options: RequestOptions,
  call: RunningCall,
  doing: string,
  context: CallContext,
  intake: Intake,
): Promise<HttpResponse> {
  call.attempts += 1;
  call.answer = undefined;
  const { signal } = context;
  const life = intake.stream && intake.consume === undefined ? new StreamLife(signal, options.signal) : undefined;
  const reach = life?.signal ?? signal;
  try {
    const traced = withTrace(settings, request);
    const homeOrigin = settings.base?.origin ?? request.origin;
    const follow = {
      redirects: options.redirects ?? 10,
      homeOrigin,
      signs: !('authorization' in request.headers),
    };
    let signed: Followed['signed'];
    const send = async (wire: WireRequest): Promise<HttpResponse> => {
      const { answer, url, redirected, signed: by } = await sendFollowing(settings, wire, follow, call, reach);
      signed = by;
      const { status, headers, body } = answer;
      const metered = Buffer.isBuffer(body) ? body : meter(body, call);
      return new HttpResponse({ doing, url, status, headers, body: metered, redirected, mask: settings.mask });
    };
    const through = settings.interceptors.length === 0 ? send : intercepted(settings, send, traced);
    let response = await through(traced);
    // Once: whoever is refused with new credentials as well is refused.
    if (response.status === 401 && signed !== undefined && settings.auth?.renew !== undefined) {
      if (await settings.auth.renew(signed, { mask: settings.mask, signal: reach })) response = await through(traced);
    }
    context.noteHeaders?.(name => response.header(name));
    if (!isExpected(response.status, options.expectStatus)) {
      if (intake.stream) await response.readShort();
      throw statusError(doing, response, { expected: options.expectStatus, mask: settings.mask, now: settings.now });
    }
    await intake.consume?.(response, signal);
    life?.outlive(response);
    return response;
  } catch (error) {
    life?.end();
    throw error;
  }
}

/** What a policy's fallback gives instead of an answer, as one. */
function standIn(value: unknown, doing: string, { origin, path }: Target, { mask }: ClientSettings): HttpResponse {
  const body = Buffer.from(JSON.stringify(value ?? null));
  const headers = { 'content-type': 'application/json' };
  return new HttpResponse({ doing, url: `${origin}${path}`, status: 200, headers, body, redirected: false, mask });
}

function intercepted(
  { interceptors }: ClientSettings,
  send: (wire: WireRequest) => Promise<HttpResponse>,
  template: WireRequest,
): (wire: WireRequest) => Promise<HttpResponse> {
  const last = (request: OutgoingRequest): Promise<HttpResponse> => {
    const url = new URL(request.url);
    const { body: _, ...rest } = template;
    return send({
      ...rest,
      method: request.method,
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      headers: lowerCased(request.headers),
      ...(request.body === undefined ? {} : { body: request.body }),
    });
  };
  const chain = interceptors.reduceRight<(request: OutgoingRequest) => Promise<HttpResponse>>(
    (next, interceptor) => request => interceptor(request, next),
    last,
  );
  return async ({ method, origin, path, headers, body }) =>
    chain({ method, url: `${origin}${path}`, headers, ...(body === undefined ? {} : { body }) });
}

/** Headers of the client go to its own origin only: they may hold keys. */
function callHeaders(
  { headers: general, base }: ClientSettings,
  target: Target,
  { headers: own, idempotencyKey }: RequestOptions,
  built: BuiltBody | undefined,
): Record<string, string> {
  const headers: Record<string, string> = { accept: '*/*', 'accept-encoding': ACCEPT_ENCODING };
  if (built?.contentType !== undefined) headers['content-type'] = built.contentType;
  if (built?.sizeBytes !== undefined && typeof built.body === 'function')
    headers['content-length'] = String(built.sizeBytes);
  if (base === undefined || base.origin === target.origin)
    for (const name in general) headers[name] = general[name] ?? '';
  if (idempotencyKey !== undefined)
    headers['idempotency-key'] = idempotencyKey === true ? randomUUID() : idempotencyKey;
  for (const name in own) {
    const value = own[name];
    if (value === undefined) delete headers[name.toLowerCase()];
    else headers[name.toLowerCase()] = value;
  }
  return headers;
}

function withTrace({ headersFor }: ClientSettings, request: WireRequest): WireRequest {
  const more = headersFor?.(`${request.origin}${request.path}`);
  return more === undefined ? request : { ...request, headers: { ...lowerCased(more), ...request.headers } };
}

function deadlineOf({ timeoutMs, remainingMs }: ClientSettings, options: RequestOptions): number {
  const wanted = options.timeoutMs ?? timeoutMs;
  const remaining = remainingMs?.();
  return remaining === undefined ? wanted : Math.max(0, Math.min(wanted, remaining));
}

function bodyBytes({ body, sizeBytes }: BuiltBody): number {
  if (typeof body === 'string') return Buffer.byteLength(body);
  return typeof body === 'function' ? (sizeBytes ?? 0) : body.byteLength;
}
