/** What the engine asks of a store: to take events once, and to give back what it knows of a run. */
import type {
  Annotation,
  EvidenceKind,
  EvidenceRecord,
  PlannedTest,
  RunError,
  RunStartedEvent,
  RunStatus,
  StepFacts,
  TestStatus,
  Verdict,
} from '@quality-hub/protocol';
import type { Mask } from '@quality-hub/telemetry';
import type { Judged } from '../analysis/judged.ts';
import type { ParsedLine } from '../ingest/parse-line.ts';
import type { RunCounts, RunState } from '../life/run-life.ts';
import type { MaskedRows } from './mask-rows.ts';

/** Lines of one spool file, in their order. */
export interface EventBatch {
  /** Name of the run's folder under the spools. */
  readonly folder: string;
  readonly file: string;
  /** Byte of the first line of this batch. */
  readonly from: number;
  /** Byte behind the last line of this batch. */
  readonly offset: number;
  /** The file has become shorter than what was stored of it: it is another file now, read from its beginning. */
  readonly restart?: boolean;
  readonly lines: readonly ParsedLine[];
}

export interface AppendResult {
  readonly kept: number;
  readonly duplicates: number;
  readonly rejected: number;
  /**
   * Byte up to which the file is stored now. Another one than the batch's own when somebody else has stored lines of
   * the file in the meantime: then nothing of the batch is taken, and the caller goes on from there.
   */
  readonly storedOffset: number;
  /** Runs that were told something new. */
  readonly runIds: readonly string[];
}

/** One process that wrote events of a run. */
export interface WriterRow {
  readonly writer: string;
  readonly shard: number;
  /** Reporters tell of the life of a run, workers only add evidence; a closer states that a run is over. */
  readonly role: 'reporter' | 'worker' | 'closer';
  readonly mode: 'test' | 'merge' | undefined;
  readonly host: string | undefined;
  readonly pid: number | undefined;
  readonly lastAt: string;
  /** Number of the last event that has arrived. */
  readonly lastSeq: number;
  /** Somebody has stated that it would write no more after its event `lastSeq`. */
  readonly closed: { readonly lastSeq: number; readonly at: string; readonly reason: string } | undefined;
  readonly ended: { readonly status: RunStatus; readonly startedAt: string; readonly durationMs: number } | undefined;
}

export interface RunRow {
  readonly runId: string;
  readonly project: string;
  readonly shards: number;
  readonly startedAt: string;
  readonly facts: RunStartedEvent | undefined;
  readonly state: RunState;
  readonly status: RunStatus | undefined;
  readonly durationMs: number | undefined;
  readonly counts: RunCounts | undefined;
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  /** It has ended and was concluded after its last event: `state` and `counts` will not change by themselves. */
  readonly isSettled: boolean;
}

/** The little that the life of a run needs of an attempt. */
export interface AttemptRow {
  readonly id: number;
  readonly test: string;
  readonly retry: number;
  readonly startedAt: string;
  readonly shard: number;
  readonly writer: string;
  readonly seq: number;
  readonly status: TestStatus | undefined;
  readonly expectedStatus: TestStatus | undefined;
  readonly durationMs: number | undefined;
  /** It carries the annotation `qh:blocked`. */
  readonly blocked: boolean;
}

/** One attempt in the history of a test. */
export interface PastAttempt {
  readonly runId: string;
  readonly retry: number;
  readonly startedAt: string;
  /** Absent while it runs, and for ever if its runner died. */
  readonly status: TestStatus | undefined;
  readonly expectedStatus: TestStatus | undefined;
  readonly durationMs: number | undefined;
}

/** The rest of an attempt: only failing ones are asked for it. */
export interface AttemptDetail {
  readonly errors: readonly RunError[];
  readonly annotations: readonly Annotation[];
  readonly steps: readonly StepFacts[];
  readonly evidence: readonly EvidenceRecord[];
  readonly output: string;
}

export interface EvidenceRow {
  readonly test: string;
  readonly retry: number;
  readonly shard: number;
  readonly startedAt: string | undefined;
  readonly records: readonly EvidenceRecord[];
}

/** Some of the steps of an attempt: those that one event told of. */
export interface StepsRow {
  readonly test: string;
  readonly steps: readonly StepFacts[];
}

export interface ClusterRow {
  readonly id: string;
  readonly title: string;
  readonly verdict: Verdict;
  readonly remedy: string;
  readonly attempts: number;
  readonly tests: number;
}

/** What the engine has concluded from the events of a run. */
export interface RunConclusion {
  readonly state: RunState;
  readonly status: RunStatus | undefined;
  readonly durationMs: number | undefined;
  readonly counts: RunCounts;
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  readonly judged: readonly Judged[];
  readonly clusters: readonly ClusterRow[];
}

/** Exact numbers of what has arrived: `events = kept + gaps + rejected lines that still told their number`. */
export interface Delivery {
  /** Events that the writers are known to have written. */
  readonly events: number;
  /** Events that are stored. */
  readonly kept: number;
  /** Numbers below the highest known one that have never arrived. */
  readonly gaps: number;
  /** Lines that were no event. */
  readonly rejected: number;
  /** The same lines by reason. */
  readonly rejectedReasons: readonly { readonly reason: string; readonly lines: number }[];
}

export interface RunStore {
  /** Stores a batch in one transaction; what had arrived before is left out. */
  append(batch: EventBatch): Promise<AppendResult>;
  /** Byte up to which a spool file is stored; 0 for an unknown file. */
  offsetOf(folder: string, file: string): Promise<number>;
  /** Runs, newest first. */
  runs(limit: number): Promise<readonly RunRow[]>;
  run(runId: string): Promise<RunRow | undefined>;
  /** Runs that are not known to have ended, or have heard something since they were concluded. */
  unsettled(): Promise<readonly string[]>;
  writers(runId: string): Promise<readonly WriterRow[]>;
  /** Keys of the tests that were planned or started. */
  tests(runId: string): Promise<readonly string[]>;
  /** Undefined where only attempts are known: the plan's event has not arrived. */
  planned(runId: string, test: string): Promise<PlannedTest | undefined>;
  attempts(runId: string): Promise<readonly AttemptRow[]>;
  /** Attempts of one test in all runs, those of the newest runs first. */
  history(test: string, limit: number): Promise<readonly PastAttempt[]>;
  attemptDetail(runId: string, attempt: AttemptRow): Promise<AttemptDetail>;
  /** All evidence of a run, one attempt's bundle after the other; or only the bundles that hold one of some kinds. */
  evidence(runId: string, kinds?: readonly EvidenceKind[]): Iterable<EvidenceRow>;
  /** Steps of a run, bundle by bundle, as far as they mention a text. */
  stepsMentioning(runId: string, text: string): Iterable<StepsRow>;
  errors(runId: string): Promise<readonly RunError[]>;
  conclude(runId: string, conclusion: RunConclusion): Promise<void>;
  judged(runId: string): Promise<readonly Judged[]>;
  clusters(runId: string): Promise<readonly ClusterRow[]>;
  delivery(runId: string, folder: string): Promise<Delivery>;
  /** Takes values out of all that is stored of a run, and out of the file itself. */
  mask(runId: string, mask: Mask): Promise<MaskedRows>;
  close(): Promise<void>;
}
