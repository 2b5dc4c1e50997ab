/** Which secret an attempt did not get, or got in vain. */
import type { AttemptFacts, EvidenceRecord, SecretEvidence, SecretOutcome } from '@quality-hub/protocol';

const GOOD: ReadonlySet<SecretOutcome> = new Set(['ok', 'rotated', 'previous', 'stale', 'default']);

/** The secrets that were in trouble and did not get out of it while the attempt ran, the last one first. */
export function secretTroubles({ evidence }: Pick<AttemptFacts, 'evidence'>): readonly SecretEvidence[] {
  return evidence
    .flatMap(record =>
      isSecret(record) && !GOOD.has(record.evidence.outcome) && !gotLater(record, evidence) ? [record.evidence] : [],
    )
    .reverse();
}

type SecretRecord = EvidenceRecord & { readonly evidence: SecretEvidence };

function isSecret(record: EvidenceRecord): record is SecretRecord {
  return record.evidence.kind === 'secret';
}

/** Somebody got it in the end, for the same use. */
function gotLater({ evidence, at, seq }: SecretRecord, all: readonly EvidenceRecord[]): boolean {
  return all.some(
    later =>
      isSecret(later) &&
      later.evidence.name === evidence.name &&
      later.evidence.dependency === evidence.dependency &&
      // It is read again with every call: only another value says that it is well.
      (later.evidence.outcome === 'rotated' ||
        later.evidence.outcome === 'previous' ||
        (later.evidence.outcome === 'ok' && evidence.outcome !== 'rejected' && evidence.outcome !== 'expired')) &&
      (later.at > at || (later.at === at && later.seq > seq)),
  );
}
