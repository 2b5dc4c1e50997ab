/** The attempt called a dependency while it was down for the whole run: the outage is the cause, whatever the call said. */
import type { CallEvidence, EvidenceRecord, Finding, Outage, VerdictRule } from '@quality-hub/protocol';
import { isDuring } from '../outages.ts';
import { isHeldBack, wentWellLater } from '../reading/call-evidence.ts';

export const calledDuringOutage: VerdictRule = {
  name: 'called-during-outage',
  judge({ evidence, outages = [] }) {
    let found: Finding | undefined;
    for (const record of evidence) {
      const call = failedCall(record);
      const outage = call && outages.find(one => one.dependency === call.dependency && isDuring(one, record.at));
      if (call && outage && !wentWellLater(call, record, evidence)) found = finding(call, outage);
    }
    return found;
  },
};

/** A call that its open breaker did not let out: the caller found out at once, and so does the reader. */
export const callRefused: VerdictRule = {
  name: 'call-refused',
  judge({ evidence }) {
    for (const record of evidence) {
      const call = failedCall(record);
      if (call?.outcome !== 'refused' || wentWellLater(call, record, evidence)) continue;
      const { dependency, operation } = call;
      if (/QUOTA|RATE|BULKHEAD/.test(call.errorCode ?? '')) continue;
      return {
        rule: 'call-refused',
        verdict: 'environment',
        weight01: 0.9,
        reason: `${operation} was not sent to ${dependency}: its breaker was open, because calls before had failed`,
        remedy: remedyFor(dependency),
        subject: downSubject(dependency),
      };
    }
    return undefined;
  },
};

/** What failures of one outage have in common, however they found out: they are one cause. */
export function downSubject(dependency: string): string {
  return `${dependency} is down`;
}

export function remedyFor(dependency: string): string {
  return `Bring ${dependency} back, then run the tests that failed or were blocked again`;
}

function failedCall({ evidence }: EvidenceRecord): CallEvidence | undefined {
  if (evidence.kind !== 'call') return undefined;
  if (evidence.outcome === 'ok' || evidence.outcome === 'aborted' || isHeldBack(evidence)) return undefined;
  return evidence;
}

function finding({ dependency, operation, outcome, status, errorCode }: CallEvidence, outage: Outage): Finding {
  const said = { failed: 'failed', timeout: 'had no answer in time', refused: 'was not sent' }[
    outcome as 'failed' | 'timeout' | 'refused'
  ];
  const why = status ?? errorCode;
  const end = outage.to === undefined ? 'to the end of the run' : `to ${timeOf(outage.to)}`;
  return {
    rule: 'called-during-outage',
    verdict: 'environment',
    // Above what any single call says of itself.
    weight01: 0.97,
    reason: `${dependency} was down from ${timeOf(outage.from)} ${end} (${outage.reason}), and ${operation} ${said}${why === undefined ? '' : ` (${why})`}`,
    remedy: remedyFor(dependency),
    subject: downSubject(dependency),
  };
}

/** `10:00:05Z`: the log of a back end has the same. */
function timeOf(at: string): string {
  return `${at.slice(11, 19)}Z`;
}
