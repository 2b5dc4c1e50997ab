/** What the calls of resilient clients tell. */
import type { CallEvidence, EvidenceRecord, TrafficEvidence } from '@quality-hub/protocol';

/** True where the same was done again and went well: the attempt did not fail for it. */
export function wentWellLater(
  { dependency, operation }: CallEvidence,
  { at, seq }: EvidenceRecord,
  evidence: readonly EvidenceRecord[],
): boolean {
  return evidence.some(
    later =>
      later.evidence.kind === 'call' &&
      later.evidence.outcome === 'ok' &&
      later.evidence.dependency === dependency &&
      later.evidence.operation === operation &&
      (later.at > at || (later.at === at && later.seq > seq)),
  );
}

/** True for what was never sent, because its holder had lost a lock: that tells nothing of who would have been asked. */
export function isHeldBack({ errorCode }: { readonly errorCode?: string | undefined }): boolean {
  return errorCode === 'QH_LOCK_LOST';
}

/** What such codes say of a connection, in the words that the rules for traffic know. */
const FAILURE_WORDS: Readonly<Record<string, string>> = {
  QH_TIMEOUT: 'timeout',
  QH_DEADLINE: 'timeout',
  QH_HTTP_TIMEOUT: 'timeout',
};

/**
 * An HTTP call as the traffic that it was: an answer is an answer, whoever asked. Undefined for what was never sent, or was
 * given up by the test itself, and for calls of other kinds.
 */
export function exchangeOfCall(call: CallEvidence): TrafficEvidence | undefined {
  const { origin, operation, outcome, status, errorCode, durationMs, retryAfterMs } = call;
  const [method, path] = operation.split(' ', 2);
  if (origin === undefined || method === undefined || path === undefined) return undefined;
  if (outcome === 'refused' || outcome === 'aborted' || isHeldBack(call)) return undefined;
  const failure = status === undefined ? (FAILURE_WORDS[errorCode ?? ''] ?? errorCode ?? outcome) : undefined;
  return {
    kind: 'traffic',
    source: 'request',
    method,
    url: origin + path,
    durationMs,
    ...(status === undefined ? {} : { status }),
    ...(failure === undefined ? {} : { failure }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
