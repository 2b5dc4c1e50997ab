/** Codes of Node's sockets, of DNS, of TLS and of undici. */
import { BROKEN, CUT, NOT_REACHED, OWN_MISTAKE, type Row, SILENT, UNTRUSTED } from './classification.ts';

/** @see https://nodejs.org/api/errors.html#common-system-errors and undici's `lib/core/errors.js` */
const CODES: Readonly<Record<string, Row>> = {
  ECONNREFUSED: NOT_REACHED,
  EHOSTUNREACH: NOT_REACHED,
  EHOSTDOWN: NOT_REACHED,
  ENETUNREACH: NOT_REACHED,
  ENETDOWN: NOT_REACHED,
  EADDRNOTAVAIL: NOT_REACHED,
  EAI_AGAIN: NOT_REACHED,
  EAI_FAIL: NOT_REACHED,
  // A name that a start-up makes may come a moment later, and DNS servers say so of names that they cannot look up now.
  ENOTFOUND: NOT_REACHED,
  ECONNRESET: CUT,
  ECONNABORTED: CUT,
  EPIPE: CUT,
  ETIMEDOUT: CUT,
  ENETRESET: CUT,
  ENOTCONN: CUT,
  ERR_STREAM_PREMATURE_CLOSE: CUT,
  ERR_HTTP2_STREAM_ERROR: CUT,
  ERR_HTTP2_SESSION_ERROR: CUT,
  ERR_HTTP2_GOAWAY_SESSION: CUT,
  EPROTO: UNTRUSTED,
  UND_ERR_CONNECT_TIMEOUT: NOT_REACHED,
  UND_ERR_HEADERS_TIMEOUT: SILENT,
  UND_ERR_BODY_TIMEOUT: SILENT,
  UND_ERR_SOCKET: CUT,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: BROKEN,
  UND_ERR_RES_EXCEEDED_MAX_SIZE: BROKEN,
  UND_ERR_HEADERS_OVERFLOW: BROKEN,
  UND_ERR_PRX_TLS: UNTRUSTED,
  UND_ERR_ABORTED: OWN_MISTAKE,
  UND_ERR_INVALID_ARG: OWN_MISTAKE,
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: OWN_MISTAKE,
  UND_ERR_DESTROYED: OWN_MISTAKE,
  UND_ERR_CLOSED: OWN_MISTAKE,
  UND_ERR_NOT_SUPPORTED: OWN_MISTAKE,
  // Our own process has no more handles: trying again soon makes it worse, and nothing has been sent.
  EMFILE: OWN_MISTAKE,
  ENFILE: OWN_MISTAKE,
  ABORT_ERR: OWN_MISTAKE,
  ERR_CANCELED: OWN_MISTAKE,
  ERR_INVALID_URL: OWN_MISTAKE,
};

/** OpenSSL's and Node's words for a certificate that is not trusted. */
const TLS =
  /^(?:ERR_TLS_|ERR_SSL_|CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_(?:GET|VERIFY|DECRYPT|DECODE)_|ERROR_IN_CERT_|HOSTNAME_MISMATCH|INVALID_CA|PATH_LENGTH_EXCEEDED|CRL_)/;

export function networkRow(code: string): Row | undefined {
  if (Object.hasOwn(CODES, code)) return CODES[code];
  // llhttp: what came was no HTTP.
  if (code.startsWith('HPE_')) return BROKEN;
  return TLS.test(code) ? UNTRUSTED : undefined;
}
