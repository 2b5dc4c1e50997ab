/** Verdicts: why an attempt failed, and the contract of the rules that find out. */

import type { RunError, RunStatus, SourceLocation, StepFacts, TestStatus } from './events.ts';
import type { EvidenceRecord, TrafficEvidence } from './evidence.ts';
import type { TestIdentity } from './identity.ts';
import type { Leak } from './leak.ts';

export const VERDICTS = [
  'product',
  'environment',
  'data',
  'credential',
  'test',
  'interference',
  'resource',
  'unknown',
] as const;

/** Who has to act: the product's team, the environment's, the data's … `unknown` is an honest answer. */
export type Verdict = (typeof VERDICTS)[number];

/** One reason to believe in one verdict. */
export interface Finding {
  /** Name of the rule, such as `dependency-refused`. */
  readonly rule: string;
  readonly verdict: Exclude<Verdict, 'unknown'>;
  /** How strongly this alone speaks for the verdict, from 0 to 1. */
  readonly weight01: number;
  /** What was seen, in words a reader of the report understands. */
  readonly reason: string;
  /** What to do about it, as one sentence. */
  readonly remedy: string;
  /** What the finding is about (an origin and path, a table, a file), for clustering: failures with one subject are one cause. */
  readonly subject?: string;
}

export interface Judgement {
  readonly verdict: Verdict;
  /** From 0 to 1. */
  readonly confidence01: number;
  /** All findings, those of the verdict first, strongest first. */
  readonly findings: readonly Finding[];
}

/** A successful write of another attempt of the same run: what may have used up what this attempt needed. */
export interface NeighbourWrite {
  readonly test: string;
  readonly title: string;
  readonly at: string;
  readonly traffic: TrafficEvidence;
}

/** A time in which a dependency was down, as breakers and health probes of all workers of the run saw it. */
export interface Outage {
  /** Name of the client, database or probe. */
  readonly dependency: string;
  /** The first call that failed, or the first sign of it. */
  readonly from: string;
  /** Absent where it was still down when the run ended. */
  readonly to?: string;
  readonly reason: string;
}

/** A service refused an attempt at one place, and took the same secrets, in the same versions, at others afterwards. */
export interface TakenElsewhere {
  /** Name of the client. */
  readonly dependency: string;
  /** Names of the secrets that the call was signed with. */
  readonly secrets: readonly string[];
  /** What was refused: `GET /orders/:id`. */
  readonly place: string;
  /** 401 or 403. */
  readonly status: number;
  /** Places that took them afterwards, at least two for each that refused them in the run. */
  readonly takenAt: readonly string[];
}

/** All that is known of one attempt when it is judged. */
/** Something that a test has left: a thing that stays open, or a record that could not be removed. */
export interface LeftBehind {
  /** Identity key of the test. */
  readonly test: string;
  readonly title: string;
  readonly at: string;
  readonly leak?: Leak;
  /** In words: its kind first. */
  readonly record?: string;
  /** Why the record is still there. */
  readonly detail?: string;
}

export interface AttemptFacts {
  readonly identity: TestIdentity;
  readonly test: string;
  readonly retry: number;
  readonly status: TestStatus | 'lost';
  readonly expectedStatus: TestStatus;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly timeoutMs: number;
  readonly errors: readonly RunError[];
  readonly steps: readonly StepFacts[];
  readonly evidence: readonly EvidenceRecord[];
  /** The last output of the test, at most 16 KiB. */
  readonly output: string;
  readonly location: SourceLocation;
  readonly tags: readonly string[];
  /** Status of the other attempts of this test in this run, by retry. */
  readonly otherAttempts: readonly { readonly retry: number; readonly status: TestStatus | 'lost' }[];
  /** Writes of other tests to the places at which this attempt was refused, or read something else than it expected. */
  readonly neighbourWrites: readonly NeighbourWrite[];
  /** Outages of the run, of any dependency. */
  readonly outages?: readonly Outage[];
  /** Refusals of this attempt that its secrets are not the reason of. */
  readonly takenElsewhere?: readonly TakenElsewhere[];
  /** What tests of the run had left behind before, where this attempt may have tripped over it. */
  readonly leftBehind?: readonly LeftBehind[];
  /** How it is known that the runner of a lost attempt is gone, where somebody has said so. */
  readonly lostBecause?: string;
  /** Status of the run, where it has ended. */
  readonly runStatus?: RunStatus;
}

/** Looks at one attempt and says what it makes of it, or nothing. Pure, total, never throws. */
export interface VerdictRule {
  readonly name: string;
  judge(attempt: AttemptFacts): Finding | undefined;
}
