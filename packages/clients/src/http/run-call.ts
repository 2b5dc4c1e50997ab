/** Runs one call from its options to its answer: the one place where policy, auth, cookies, transport and records meet. */
import { randomUUID } from 'node:crypto';
import { UnsupportedError } from '@quality-hub/protocol';
import type { CallContext, CallOptions } from '@quality-hub/resilience';
import type { SignedParts } from '../auth/auth.ts';
import { checkSchema } from './answer/check-schema.ts';
import { ACCEPT_ENCODING } from './answer/decode-body.ts';
import { HttpResponse } from './answer/http-response.ts';
import { isExpected, statusError } from './answer/status-error.ts';
import { shownAtCaller } from './caller.ts';
import { type ClientSettings, lowerCased, type OutgoingRequest } from './client-options.ts';
import { HttpStatusError } from './errors.ts';
import { type BuiltBody, buildBody } from './request/build-body.ts';
import type { Target } from './request/build-path.ts';
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

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

export async function runCall(
  settings: ClientSettings,
  method: string,
  path: string,
  options: RequestOptions,
  intake: Intake = WHOLE,
): Promise<HttpResponse> {
  const { signal } = options;
  let call: RunningCall | undefined;
  try {
    checkCall(settings, `${method} ${path}`, options, intake);
    const target = settings.targetOf(path, options.params, options.query);
    const doing = `${method} ${target.origin}${target.template}`;
    const building = buildBody(doing, options);
    const built = building instanceof Promise ? await building : building;
    const started = new RunningCall(settings, method, target);
    call = started;
    if (built !== undefined) started.sentBytes = bodyBytes(built);
    const request = requestOf(settings, method, target, options, built, intake);
    const around: Mutable<CallOptions> = {
      deadlineMs: deadlineOf(settings, options),
      idempotent: request.repeatable,
      target: `${target.origin} ${READS.has(method) ? 'read' : 'write'}`,
      doing,
      onEvent: started.onEvent,
    };
    if (signal !== undefined) around.signal = signal;
    if (options.priority !== undefined) around.priority = options.priority;
    const given: unknown = await settings.policy.execute(
      context => attempt(settings, request, options, started, doing, context, intake),
      around,
    );
    const response = given instanceof HttpResponse ? given : standIn(given, doing, target, settings);
    if (options.schema !== undefined && response.ok) {
      response.keepChecked(
        await checkSchema(doing, options.schema, response.parse(await response.text()), settings.mask),
      );
    }
    if (intake.stream && intake.consume === undefined) endWithStream(started, response, signal);
    else started.end(undefined, false);
    return response;
  } catch (error) {
    call?.end(error, signal?.aborted === true);
    if (options.throws === false && error instanceof HttpStatusError) return error.response;
    throw shownAtCaller(error);
  }
}

function checkCall({ transport }: ClientSettings, named: string, options: RequestOptions, { stream }: Intake): void {
  checkRequestOptions(named, options);
  if (!stream || transport.canStream) return;
  throw new UnsupportedError(
    `Transport ${transport.name} cannot stream the answer of ${named}`,
    'Use the undici transport for it',
  );
}

function requestOf(
  settings: ClientSettings,
  method: string,
  target: Target,
  options: RequestOptions,
  built: BuiltBody | undefined,
  { stream }: Intake,
): WireRequest {
  const headers = callHeaders(settings, target, options, built);
  const mayRepeat = options.idempotent ?? (IDEMPOTENT.has(method) || 'idempotency-key' in headers);
  const request = {
    method,
    origin: target.origin,
    path: target.path,
    headers,
    stream,
    maxBodyBytes: options.maxBodyBytes ?? settings.maxBodyBytes,
    repeatable: mayRepeat && built?.once !== true,
  };
  return built === undefined ? request : { ...request, body: built.body };
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
    settings.admit?.();
    const traced = withTrace(settings, request);
    const follow = {
      redirects: options.redirects ?? 10,
      homeOrigin: settings.base?.origin ?? request.origin,
      signs: !('authorization' in request.headers),
    };
    let signed: Followed['signed'];
    const taken = (followed: Followed): HttpResponse => {
      signed = followed.signed;
      return responseOf(doing, followed, settings, call);
    };
    const send = async (wire: WireRequest): Promise<HttpResponse> =>
      taken(await sendFollowing(settings, wire, follow, call, reach));
    const through = settings.interceptors.length === 0 ? send : intercepted(settings, send, traced);
    // Without interceptors one promise less, of the many that a call is made of.
    let response =
      through === send ? taken(await sendFollowing(settings, traced, follow, call, reach)) : await through(traced);
    const { auth, mask } = settings;
    const refused: SignedParts[] = [];
    while (response.status === 401 && signed !== undefined && auth?.renew !== undefined) {
      if (refused.length >= (auth.renewals ?? 1)) break;
      if (!(await auth.renew(signed, { mask, signal: reach, refused }))) break;
      refused.push(signed);
      response = await through(traced);
    }
    context.noteHeaders?.(name => response.header(name));
    if (!isExpected(response.status, options.expectStatus)) {
      if (intake.stream) await response.readShort();
      throw statusError(doing, response, { expected: options.expectStatus, mask: settings.mask, now: settings.now });
    }
    if (intake.consume !== undefined) await intake.consume(response, signal);
    life?.outlive(response);
    return response;
  } catch (error) {
    life?.end();
    throw error;
  }
}

function responseOf(
  doing: string,
  { answer, url, redirected }: Followed,
  { mask }: ClientSettings,
  call: RunningCall,
): HttpResponse {
  const { status, headers, body } = answer;
  const metered = Buffer.isBuffer(body) ? body : meter(body, call);
  return new HttpResponse({ doing, url, status, headers, body: metered, redirected, mask });
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
    else headers[name.toLowerCase()] = typeof value === 'string' ? value : value.reveal();
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
