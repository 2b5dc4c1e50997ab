/** What a client is made of. */
import { closestName, OptionError } from '@quality-hub/protocol';
import type { Policy } from '@quality-hub/resilience';
import { createMask, type Mask } from '@quality-hub/telemetry';
import type { Auth } from '../auth/auth.ts';
import type { HttpResponse } from './answer/http-response.ts';
import { type CookieSource, cookieJar } from './cookies/cookie-source.ts';
import { deadlinePolicy } from './deadline-policy.ts';
import type { CallRecord } from './record/call-record.ts';
import { type BaseUrl, readBaseUrl, targetsBelow } from './request/build-path.ts';
import type { Transport, WireBody } from './transport/transport.ts';
import type { ConnectionOptions } from './transport/undici-agent.ts';
import { undiciTransport } from './transport/undici-transport.ts';

/** A request on its way out, as interceptors see and change it. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: WireBody;
}

/** Stands around every attempt: changes the request, the answer, or both. */
export type Interceptor = (
  request: OutgoingRequest,
  next: (request: OutgoingRequest) => Promise<HttpResponse>,
) => Promise<HttpResponse>;

export interface HttpClientOptions {
  /** What reports and errors call it. @default 'api' */
  readonly name?: string;
  /** Paths of calls are below it. Without it, calls name absolute URLs. */
  readonly baseURL?: string | URL;
  /** Sent with each call to the client's own origin. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Signs in, to the client's own origin only. */
  readonly auth?: Auth;
  /** Deadline, retries, breaker, limits. @default a deadline alone */
  readonly policy?: Policy;
  /** Longest time of a call with all attempts, in milliseconds. @default 30_000 */
  readonly timeoutMs?: number;
  /** What is left of the test, in milliseconds; no call outlives it. */
  readonly remainingMs?: () => number | undefined;
  /** Headers that tie a call to its test, such as `traceparent`. Asked before each attempt. */
  readonly headersFor?: (url: string) => Readonly<Record<string, string>> | undefined;
  /** Asked before each attempt: what it throws ends the call, and nothing is sent. */
  readonly admit?: () => void;
  /** Hears of every call when it has ended. What it throws is ignored. */
  readonly observe?: (call: CallRecord) => void;
  /** `true`: a jar of its own. */
  readonly cookies?: CookieSource | true;
  /** The first is the outermost. */
  readonly interceptors?: readonly Interceptor[];
  /** @default undici, with `connection` */
  readonly transport?: Transport;
  /** Of the undici transport. */
  readonly connection?: ConnectionOptions;
  /** Takes secrets out of what is shown. @default one that knows secrets by their surroundings */
  readonly mask?: Mask;
  /** Longest body that is read into memory, in bytes. @default 64 MiB */
  readonly maxBodyBytes?: number;
  /** What a record keeps of each body, in bytes; 0 keeps nothing. @default 16 KiB */
  readonly keptBodyBytes?: number;
  /** @default Date.now */
  readonly now?: () => number;
  /** Waits between polls. @default real time */
  readonly sleep?: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

/** The options with their defaults: what calls run on. */
export interface ClientSettings {
  readonly name: string;
  readonly base: BaseUrl | undefined;
  /** Where a call goes. */
  readonly targetOf: ReturnType<typeof targetsBelow>;
  readonly headers: Readonly<Record<string, string>>;
  readonly auth: Auth | undefined;
  readonly policy: Policy;
  readonly timeoutMs: number;
  readonly remainingMs: (() => number | undefined) | undefined;
  readonly headersFor: ((url: string) => Readonly<Record<string, string>> | undefined) | undefined;
  readonly admit: (() => void) | undefined;
  readonly observe: ((call: CallRecord) => void) | undefined;
  readonly cookies: CookieSource | undefined;
  readonly interceptors: readonly Interceptor[];
  readonly transport: Transport;
  readonly mask: Mask;
  readonly maxBodyBytes: number;
  readonly keptBodyBytes: number;
  readonly now: () => number;
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
}

const NAMES = [
  'name',
  'baseURL',
  'headers',
  'auth',
  'policy',
  'timeoutMs',
  'remainingMs',
  'headersFor',
  'admit',
  'observe',
  'cookies',
  'interceptors',
  'transport',
  'connection',
  'mask',
  'maxBodyBytes',
  'keptBodyBytes',
  'now',
  'sleep',
] as const satisfies readonly (keyof HttpClientOptions)[];

/** @throws {OptionError} that lists every problem (`QH_OPTION`). */
export function readClientOptions(options: HttpClientOptions): ClientSettings {
  const problems: string[] = [];
  for (const name of Object.keys(options)) {
    if ((NAMES as readonly string[]).includes(name)) continue;
    const meant = closestName(name, NAMES);
    problems.push(`there is no option "${name}"${meant === undefined ? '' : `, did you mean "${meant}"?`}`);
  }
  for (const name of ['timeoutMs', 'maxBodyBytes', 'keptBodyBytes'] as const) {
    const value = options[name];
    if (value === undefined || (Number.isFinite(value) && value >= 0)) continue;
    problems.push(`${name} is ${value}, expected a number that is not negative`);
  }
  if (options.transport !== undefined && options.connection !== undefined) {
    problems.push('connection belongs to the undici transport; give it to the transport, or leave the transport away');
  }
  if (options.transport?.keepsCookies === true && options.cookies !== undefined) {
    problems.push(`transport ${options.transport.name} keeps cookies itself; leave cookies away`);
  }
  let base: BaseUrl | undefined;
  try {
    if (options.baseURL !== undefined) base = readBaseUrl(options.baseURL);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    problems.push(...error.problems.map(problem => `baseURL: ${problem}`));
  }
  if (problems.length > 0) throw new OptionError(`HTTP client "${options.name ?? 'api'}"`, problems);
  const { cookies } = options;
  return {
    name: options.name ?? 'api',
    base,
    targetOf: targetsBelow(base),
    headers: lowerCased(options.headers ?? {}),
    auth: options.auth,
    policy: options.policy ?? deadlinePolicy(),
    timeoutMs: options.timeoutMs ?? 30_000,
    remainingMs: options.remainingMs,
    headersFor: options.headersFor,
    admit: options.admit,
    observe: options.observe,
    cookies: cookies === true ? cookieJar() : cookies,
    interceptors: options.interceptors ?? [],
    transport: options.transport ?? undiciTransport(options.connection),
    mask: options.mask ?? createMask(),
    maxBodyBytes: options.maxBodyBytes ?? 64 * 1024 * 1024,
    keptBodyBytes: options.keptBodyBytes ?? 16 * 1024,
    now: options.now ?? Date.now,
    sleep: options.sleep ?? sleepReally,
  };
}

export function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const name in headers) result[name.toLowerCase()] = headers[name] ?? '';
  return result;
}

async function sleepReally(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { setTimeout: sleep } = await import('node:timers/promises');
  try {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
