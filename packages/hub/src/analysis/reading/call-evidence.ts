/** What the calls of resilient clients tell. */
import type { CallEvidence, EvidenceRecord } from '@quality-hub/protocol';

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
