/**
 * Finds refusals that are not the secret's fault: the same service took the same secret, in the same version, at other places of
 * the run afterwards.
 */
import type { AttemptFacts, CallEvidence, EvidenceRecord, TakenElsewhere } from '@quality-hub/protocol';
import type { EvidenceRow } from '../store/run-store.ts';
import { placeOfCall } from './reading/taken-elsewhere.ts';

/** One call with the secrets that it was signed with. */
interface SignedCall {
  readonly call: CallEvidence;
  readonly at: string;
  /** Names and versions, as one text. */
  readonly signedWith: string;
  readonly secrets: readonly string[];
}

/** Anybody is let in there, whatever he shows. */
const OPEN =
  /\/(?:health\w*|live\w*|ready\w*|ping|status|version|metrics|public|log-?in|sign-?in|oauth\w*|token)(?:\/|$)/i;
/** For each place that refuses there have to be so many that do not: a secret that is over is refused nearly everywhere. */
const TAKEN_FOR_EACH_REFUSED = 2;

/** @param rows Secrets and calls of the run: read only where an attempt was refused. */
export function withTakenSecrets(attempts: AttemptFacts[], rows: () => Iterable<EvidenceRow>): AttemptFacts[] {
  const isAsked = attempts.some(({ evidence }) => evidence.some(({ evidence: one }) => isRefused(one)));
  if (!isAsked) return attempts;
  const calls = bundles(rows()).flatMap(signedCalls);
  return attempts.map(facts => {
    const takenElsewhere = signedCalls(facts.evidence).flatMap(own => takenAfter(own, calls));
    return takenElsewhere.length === 0 ? facts : { ...facts, takenElsewhere };
  });
}

function takenAfter(refused: SignedCall, calls: readonly SignedCall[]): TakenElsewhere[] {
  const { call, at, signedWith, secrets } = refused;
  if (!isRefused(call)) return [];
  const same = calls.filter(one => one.call.dependency === call.dependency && one.signedWith === signedWith);
  const place = placeOfCall(call);
  // 401 and 403 say different things: whom a place forbids something, it knows.
  const refusals = same.filter(one => isRefused(one.call) && one.call.status === call.status);
  const refusing = new Set(refusals.map(one => placeOfCall(one.call)));
  const taken = same.filter(one => one.call.outcome === 'ok' && one.at > at && !OPEN.test(one.call.operation));
  const takenAt = [...new Set(taken.map(one => placeOfCall(one.call)))].filter(each => !refusing.has(each)).sort();
  if (takenAt.length < TAKEN_FOR_EACH_REFUSED * refusing.size) return [];
  return [{ dependency: call.dependency, secrets, place, status: call.status as number, takenAt }];
}

function isRefused(evidence: EvidenceRecord['evidence']): evidence is CallEvidence {
  return evidence.kind === 'call' && (evidence.status === 401 || evidence.status === 403) && evidence.outcome !== 'ok';
}

/** Evidence of one attempt may have come in several pieces. */
function bundles(rows: Iterable<EvidenceRow>): (readonly EvidenceRecord[])[] {
  const byAttempt = new Map<string, EvidenceRecord[]>();
  for (const { test, retry, shard, records } of rows) {
    const key = `${test} ${retry} ${shard}`;
    const known = byAttempt.get(key);
    if (known) known.push(...records);
    else byAttempt.set(key, [...records]);
  }
  return [...byAttempt.values()];
}

/** The calls of one attempt that were signed with secrets, in the order of time. */
function signedCalls(records: readonly EvidenceRecord[]): SignedCall[] {
  const sorted = [...records].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.seq - b.seq));
  const held = new Map<string, Map<string, string>>();
  const calls: SignedCall[] = [];
  for (const { at, evidence } of sorted) {
    if (evidence.kind === 'secret' && evidence.dependency !== undefined) {
      const { name, dependency, outcome, version = '' } = evidence;
      const own = held.get(dependency) ?? new Map<string, string>();
      held.set(dependency, own);
      // Without versions nobody can tell a new value from the one that was refused.
      const isOther = outcome === 'rotated' || outcome === 'previous' || outcome === 'stale';
      own.set(name, isOther && version === '' ? `${outcome} ${at}` : version);
    }
    if (evidence.kind !== 'call') continue;
    const own = held.get(evidence.dependency);
    if (own === undefined) continue;
    const secrets = [...own.keys()].sort();
    const signedWith = secrets.map(name => `${name}@${own.get(name)}`).join(' ');
    calls.push({ call: evidence, at, secrets, signedWith });
  }
  return calls;
}
