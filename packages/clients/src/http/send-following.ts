/** Sends one request, signed and with cookies, and follows the redirects it meets. */
import type { AuthContext, SignedParts } from '../auth/auth.ts';
import { decodeStream, decodeWhole, encodingsOf } from './answer/decode-body.ts';
import type { ClientSettings } from './client-options.ts';
import { HttpRedirectError } from './errors.ts';
import type { RunningCall } from './running-call.ts';
import type { WireAnswer, WireRequest } from './transport/transport.ts';

export interface Followed {
  readonly answer: WireAnswer;
  readonly url: string;
  readonly redirected: boolean;
  /** What auth had added to the last request. */
  readonly signed: SignedParts | undefined;
}

export interface FollowOptions {
  readonly redirects: number;
  /** Where the client's auth, and headers that carry secrets, may go. */
  readonly homeOrigin: string;
  /** The call has brought an `Authorization` of its own. */
  readonly signs: boolean;
}

/** Statuses that name another place. @see RFC 9110, section 15.4 */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const NEVER_ABROAD = ['authorization', 'cookie', 'proxy-authorization'];
const OF_A_BODY = ['content-type', 'content-length', 'content-encoding', 'content-language'];

export async function sendFollowing(
  settings: ClientSettings,
  first: WireRequest,
  { redirects, homeOrigin, signs }: FollowOptions,
  call: RunningCall,
  signal: AbortSignal,
): Promise<Followed> {
  const { auth, cookies, transport } = settings;
  const context: AuthContext = { mask: settings.mask, signal };
  let request = first;
  for (let hops = 0; ; hops++) {
    let signed: SignedParts | undefined;
    if (cookies !== undefined) request = await withCookies(request, settings);
    if (auth !== undefined && signs && request.origin === homeOrigin) {
      signed = await auth.sign(request, context);
      request = {
        ...request,
        ...(signed.path === undefined ? {} : { path: signed.path }),
        headers: { ...request.headers, ...signed.headers },
      };
    }
    call.request = request;
    const raw = await transport.send(request, signal);
    const answer = raw.headers['content-encoding'] === undefined ? raw : await decoded(raw, request);
    call.answer = answer;
    if (cookies !== undefined) await keepCookies(settings, request, answer);
    const location = REDIRECTS.has(answer.status) ? single(answer.headers['location']) : undefined;
    if (location === undefined || redirects === 0) {
      return { answer, url: `${request.origin}${request.path}`, redirected: hops > 0, signed };
    }
    if (!Buffer.isBuffer(answer.body)) answer.body.destroy();
    if (hops >= redirects) {
      throw new HttpRedirectError(
        `${first.method} ${first.origin}${bare(first.path)} was redirected more than ${redirects} times, at last to ${bare(location)}`,
        'The server sends the client in a circle: often a cookie or a sign-in is missing',
      );
    }
    call.redirects = hops + 1;
    request = nextRequest(request, answer.status, location, first);
  }
}

/** What comes out of an encoding is what the caller reads; the header that named it stays. */
async function decoded(answer: WireAnswer, { stream, maxBodyBytes }: WireRequest): Promise<WireAnswer> {
  const encodings = encodingsOf(answer.headers);
  if (encodings.length === 0) return answer;
  const body = Buffer.isBuffer(answer.body)
    ? await decodeWhole(answer.body, encodings, maxBodyBytes)
    : stream
      ? await decodeStream(answer.body, encodings)
      : answer.body;
  return { ...answer, body };
}

function nextRequest(request: WireRequest, status: number, location: string, first: WireRequest): WireRequest {
  const from = `${request.origin}${request.path}`;
  if (!URL.canParse(location, from)) {
    throw new HttpRedirectError(
      `${bare(from)} redirects to "${bare(location)}", which is no URL`,
      'The Location header of the server is wrong',
    );
  }
  const to = new URL(location, from);
  if (to.protocol !== 'http:' && to.protocol !== 'https:') {
    throw new HttpRedirectError(
      `${bare(from)} redirects to ${to.protocol}, which is not followed`,
      'Set redirects: 0 and look at the Location header',
    );
  }
  const abroad = to.origin !== request.origin;
  // 303 asks for the other place with GET; 301 and 302 do so after POST, as all browsers do it.
  const asGet =
    (status === 303 && request.method !== 'HEAD') || ((status === 301 || status === 302) && request.method === 'POST');
  const dropped = new Set([...(abroad ? NEVER_ABROAD : ['cookie']), ...(asGet ? OF_A_BODY : [])]);
  // A cookie that the call itself named goes on to the same origin; those of the jar are looked up anew.
  const own = first.headers['cookie'];
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !dropped.has(name)));
  if (!abroad && own !== undefined) headers['cookie'] = own;
  const { body, ...rest } = request;
  return {
    ...rest,
    method: asGet ? 'GET' : request.method,
    origin: to.origin,
    path: `${to.pathname}${to.search}`,
    headers,
    ...(asGet || body === undefined ? {} : { body }),
  };
}

async function withCookies(request: WireRequest, { cookies }: ClientSettings): Promise<WireRequest> {
  const found = await cookies?.headerFor(`${request.origin}${request.path}`);
  if (found === undefined) return request;
  const own = request.headers['cookie'];
  return { ...request, headers: { ...request.headers, cookie: own === undefined ? found : `${own}; ${found}` } };
}

async function keepCookies({ cookies }: ClientSettings, request: WireRequest, answer: WireAnswer): Promise<void> {
  const set = answer.headers['set-cookie'];
  if (set === undefined) return;
  await cookies?.store(`${request.origin}${request.path}`, typeof set === 'string' ? [set] : set);
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

/** Without the query: it may hold a secret, and this goes into a message. */
function bare(url: string): string {
  return url.replace(/[?#].*$/, '');
}
