/** Turns what undici and Node say of a broken connection into one error with a code, a sentence and a hint. */
import { HttpNetworkError } from '../errors.ts';

const HINTS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nothing listens there: is the server started, and is the port right',
  ECONNRESET: 'The server, or something between, has cut the connection: look into its log at this time',
  EPIPE: 'The server has closed the connection while the request was sent',
  ENOTFOUND: 'The name does not exist: check the spelling of the host, and the resolver of this machine',
  EAI_AGAIN: 'The resolver gave no answer: name service of this machine is down or overloaded',
  ETIMEDOUT: 'Nothing answers at that address: a firewall, or a machine that is off',
  EHOSTUNREACH: 'There is no route to that machine from here',
  ENETUNREACH: 'There is no network to that machine from here',
  UND_ERR_CONNECT_TIMEOUT: 'Nothing answers at that address: a firewall, or a machine that is off',
  UND_ERR_SOCKET: 'The server, or something between, has closed the connection: look into its log at this time',
  UND_ERR_HEADERS_TIMEOUT: 'The server has taken the request and does not answer',
  UND_ERR_BODY_TIMEOUT: 'The server has begun its answer and does not end it',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'The body is shorter or longer than its Content-Length says',
  UND_ERR_CLOSED: 'The client was closed: make another one, or close it later',
  UND_ERR_DESTROYED: 'The client was closed: make another one, or close it later',
  HPE_INVALID_CONSTANT: 'What answers there does not speak HTTP, or speaks TLS',
};
const TLS_CODE = /CERT|SELF_SIGNED|ERR_TLS|ERR_SSL|UNABLE_TO_/;

/** Codes with which a kept connection shows that the other side had left. */
const CUT: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Codes with which connecting fails: no request can have been sent. */
const NOT_CONNECTED: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
]);

export function isConnectFailure(error: unknown): boolean {
  return NOT_CONNECTED.has(networkCodeOf(error));
}

/** True where a connection was cut before an answer came, as one is that the server had closed meanwhile. */
export function isCut(error: unknown): boolean {
  return CUT.has(networkCodeOf(error));
}

/** The name could not be looked up: nothing was sent. */
export function isLookupFailure(error: unknown): boolean {
  const code = networkCodeOf(error);
  return code === 'EAI_AGAIN' || code === 'ENOTFOUND';
}

export function networkCodeOf(error: unknown): string {
  const first = firstOf(error);
  const code = (first as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'UNKNOWN';
}

/** @param unsent Nothing had been written when it broke. */
export function networkError(
  error: unknown,
  place: { readonly method: string; readonly origin: string; readonly unsent: boolean },
): HttpNetworkError {
  const networkCode = networkCodeOf(error);
  const first = firstOf(error);
  const said = first instanceof Error && first.message !== '' ? first.message : String(first);
  const hint = TLS_CODE.test(networkCode)
    ? 'Give the authority that has signed it as tls.ca, or the right name as tls.servername; tls.verify: false is for throw-away servers'
    : (HINTS[networkCode] ?? 'Is the server up, and can this machine reach it');
  return new HttpNetworkError(`${place.origin} gave no answer to ${place.method}: ${said} (${networkCode})`, {
    networkCode,
    unsent: place.unsent,
    hint,
    cause: error,
  });
}

/** Where several addresses of one host were tried, Node throws all failures as one without a message of its own. */
function firstOf(error: unknown): unknown {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors[0];
  return error;
}
