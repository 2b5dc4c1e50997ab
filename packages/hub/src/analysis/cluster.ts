/**
 * Puts failing attempts together that have one cause.
 *
 * First by subject: failures that strongly speak of the same thing in trouble (the same origin that refuses) are one
 * cluster, whatever their messages say. The rest by leader: an attempt joins the first cluster whose leader has the same
 * family, or the same error class and locator and a message that shares 70 % of its pairs of words. No chains of
 * likeness: only the leader is compared.
 */
import { type AttemptFacts, digest, type Finding, type Judgement, type Verdict } from '@quality-hub/protocol';
import type { ClusterRow } from '../store/run-store.ts';
import { type Fingerprint, fingerprintOf } from './fingerprint.ts';
import { remedyOf } from './judge.ts';
import type { Judged } from './judged.ts';
import { firstLine, locatorOf, plain, tellingError } from './reading/error-text.ts';

/** A subject counts when its finding alone is this strong. */
const STRONG = 0.55;
const ALIKE = 0.7;

export interface JudgedAttempt {
  readonly facts: AttemptFacts;
  readonly judgement: Judgement;
}

export interface Clustering {
  readonly judged: readonly Judged[];
  readonly clusters: readonly ClusterRow[];
}

interface Cluster {
  readonly id: string;
  readonly subject: string | undefined;
  readonly leader: JudgedAttempt;
  readonly fingerprint: Fingerprint;
  readonly pairs: ReadonlySet<string>;
  readonly members: JudgedAttempt[];
}

export function cluster(attempts: readonly JudgedAttempt[]): Clustering {
  const clusters = new Map<string, Cluster>();
  const byClass = new Map<string, Cluster[]>();
  const judged: Judged[] = [];
  for (const attempt of attempts) {
    const fingerprint = fingerprintOf(attempt.facts);
    const subject = subjectOf(attempt.judgement);
    const found = subject
      ? clusters.get(idOf(subject.subject))
      : findAlike(fingerprint, byClass.get(fingerprint.errorClass) ?? []);
    const home = found ?? open(attempt, fingerprint, subject);
    if (!found) {
      clusters.set(home.id, home);
      if (!subject) byClass.set(fingerprint.errorClass, [...(byClass.get(fingerprint.errorClass) ?? []), home]);
    }
    home.members.push(attempt);
    const { test, retry, startedAt } = attempt.facts;
    judged.push({
      test,
      retry,
      startedAt,
      judgement: attempt.judgement,
      fingerprint: fingerprint.exact,
      cluster: home.id,
    });
  }
  return {
    judged,
    clusters: [...clusters.values()].map(rowOf).sort((a, b) => b.tests - a.tests || b.attempts - a.attempts),
  };
}

type Subject = Finding & { readonly subject: string };

/** Verdicts about a thing in trouble are one cause per thing; a product or a test can be wrong in many ways at one place. */
function subjectOf({ verdict, findings }: Judgement): Subject | undefined {
  if (verdict === 'product' || verdict === 'test' || verdict === 'unknown') return undefined;
  return findings.find(
    (finding): finding is Subject =>
      finding.verdict === verdict && finding.subject !== undefined && finding.weight01 >= STRONG,
  );
}

function open(leader: JudgedAttempt, fingerprint: Fingerprint, subject: Subject | undefined): Cluster {
  const id = subject ? idOf(subject.subject) : digest(`family|${fingerprint.family}`, 12);
  return { id, subject: subject?.subject, leader, fingerprint, pairs: pairsOf(fingerprint.text), members: [] };
}

/** Several rules may speak of one thing in trouble: an open breaker, a refused call and a probe of the same dependency. */
function idOf(subject: string): string {
  return digest(`subject|${subject}`, 12);
}

function findAlike({ family, locator, text }: Fingerprint, leaders: readonly Cluster[]): Cluster | undefined {
  const pairs = pairsOf(text);
  return leaders.find(
    leader =>
      leader.fingerprint.family === family ||
      (leader.fingerprint.locator === locator && likeness(leader.pairs, pairs) >= ALIKE),
  );
}

/** Pairs of neighbouring words of the first lines: what comes after them is a call log. */
function pairsOf(text: string): ReadonlySet<string> {
  const words = text.split(/\n\s*Call [Ll]og/)[0]?.match(/[\w<>]+/g) ?? [];
  return new Set(words.map((word, index) => `${words[index - 1] ?? ''} ${word}`));
}

/** Jaccard index: shared pairs among all pairs. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const pair of b) if (a.has(pair)) shared++;
  return shared / (a.size + b.size - shared || 1);
}

function rowOf({ id, subject, leader, members }: Cluster): ClusterRow {
  const verdict = vote(members);
  const speaker =
    members
      .filter(({ judgement }) => judgement.verdict === verdict)
      .sort((a, b) => b.judgement.confidence01 - a.judgement.confidence01)[0] ?? leader;
  return {
    id,
    title: subject ?? titleOf(leader.facts),
    verdict,
    remedy: remedyOf(speaker.judgement),
    attempts: members.length,
    tests: new Set(members.map(({ facts }) => facts.test)).size,
  };
}

/** Each member votes with its confidence; a member that does not know has a small voice. */
function vote(members: readonly JudgedAttempt[]): Verdict {
  const votes = new Map<Verdict, number>();
  for (const { judgement } of members)
    votes.set(judgement.verdict, (votes.get(judgement.verdict) ?? 0) + Math.max(0.1, judgement.confidence01));
  return [...votes].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'unknown';
}

/** The first line, with what it was about: `expect(locator).toHaveText failed: getByRole('heading')`. */
function titleOf(facts: AttemptFacts): string {
  if (facts.status === 'lost') return 'The runner ended before the test did';
  const line = firstLine(facts)
    .replace(/^Error: /, '')
    .replace(/ \/\/ .*$|[.:]$/g, '');
  const message = plain(tellingError(facts)?.message ?? '');
  const locator = locatorOf(message);
  const values = /^Expected(?: \w+)?: +(.+)\n(?:.*\n)??Received(?: \w+)?: +(.+)$/m.exec(message);
  const detail = [locator, values ? `expected ${values[1]}, received ${values[2]}` : undefined]
    .filter(part => part !== undefined)
    .join(', ');
  const title = line === '' ? (facts.status === 'passed' ? 'Passed, but was expected to fail' : facts.status) : line;
  return `${title}${detail === '' ? '' : `: ${detail}`}`.slice(0, 160);
}
