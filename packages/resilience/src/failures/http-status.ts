/** HTTP status codes. @see RFC 9110, section 15; RFC 6585 */
import {
  BAD_DATA,
  BROKEN,
  BUSY,
  type Classification,
  CONFLICT,
  DENIED,
  fromRow,
  type Row,
  WRONG_CALL,
} from './classification.ts';

/** It has failed on the way: perhaps after the work was done. */
const FAILED: Row = ['transient', 'dependency', 'maybe', true];

const STATUSES: Readonly<Record<number, Row>> = {
  401: DENIED,
  403: DENIED,
  404: BAD_DATA,
  407: DENIED,
  // The server had waited for a request that did not come whole.
  408: BUSY,
  409: BAD_DATA,
  410: BAD_DATA,
  412: BAD_DATA,
  421: BUSY,
  422: BAD_DATA,
  423: CONFLICT,
  425: BUSY,
  429: BUSY,
  501: BROKEN,
  505: BROKEN,
  511: DENIED,
};

/** What a status of 400 or more says; undefined below. */
export function classifyStatus(status: number): Classification | undefined {
  if (!Number.isInteger(status) || status < 400 || status > 599) return undefined;
  const row = STATUSES[status] ?? (status >= 500 ? FAILED : WRONG_CALL);
  const told = fromRow(row, `HTTP ${status}`);
  return status === 429 ? { ...told, throttled: true } : told;
}
