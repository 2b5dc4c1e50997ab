/** Trace ids in the form that back ends understand. */
import { randomBytes } from 'node:crypto';

export interface Traceparent {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** Value of the `traceparent` header: version 00, sampled. */
  readonly header: string;
}

/**
 * A new trace with one span in it.
 * @see W3C Trace Context, section 3.2
 */
export function newTraceparent(): Traceparent {
  const traceId = randomBytes(16).toString('hex');
  const spanId = randomBytes(8).toString('hex');
  return { traceId, spanId, header: `00-${traceId}-${spanId}-01` };
}
