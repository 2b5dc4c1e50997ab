/** Run events: everything that happens in a run, one line each, in the words of this product. */
import type { EvidenceRecord } from './evidence.ts';
import type { TestIdentity } from './identity.ts';

/** Version of the events that this code writes. Older ones are read through {@link upgradeEvent}. */
export const PROTOCOL_VERSION = 2;

/** Around every event. `(writer, seq)` names an event for ever; `seq` starts at 1 and has no gaps. */
export interface Envelope {
  readonly v: typeof PROTOCOL_VERSION;
  readonly runId: string;
  /** Number of the shard, from 1; 1 where the run is not sharded. */
  readonly shard: number;
  /** The process that wrote it: `r-…` a reporter, `w-…` a worker, `f-…` a command that closed the run. */
  readonly writer: string;
  readonly seq: number;
  readonly at: string;
}

export type TestStatus = 'passed' | 'failed' | 'timedOut' | 'skipped' | 'interrupted';
export type RunStatus = 'passed' | 'failed' | 'timedout' | 'interrupted';

export interface SourceLocation {
  /** Path from `rootDir`, with forward slashes. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** An error, masked and without terminal colours. */
export interface RunError {
  readonly message: string;
  readonly stack?: string;
  readonly snippet?: string;
  readonly location?: SourceLocation;
  readonly cause?: RunError;
}

export interface Annotation {
  readonly type: string;
  readonly description?: string;
}

export interface ProjectFacts {
  readonly name: string;
  readonly retries: number;
  readonly timeoutMs: number;
  readonly dependencies: readonly string[];
}

/** A reporter has begun to write: a whole run, one shard of it, or the replay of blobs. */
export interface RunStartedEvent {
  readonly kind: 'run.started';
  /** Name of the hub project. */
  readonly project: string;
  readonly mode: 'test' | 'merge';
  /** How many shards the run has; 1 where it is not sharded. */
  readonly shards: number;
  readonly startedAt: string;
  readonly workers: number;
  readonly projects: readonly ProjectFacts[];
  readonly rootDir: string;
  /** Folders of the tests' output, absolute. */
  readonly outputDirs?: readonly string[];
  readonly playwrightVersion: string;
  readonly nodeVersion: string;
  readonly platform: string;
  /** Where the process that writes lives: a reader on the same host can ask whether it is still alive. */
  readonly host: string;
  readonly pid: number;
  readonly failOnFlakyTests: boolean;
  readonly shuffleSeed?: string;
  readonly ci?: { readonly name: string; readonly buildUrl?: string };
  readonly commit?: { readonly hash: string; readonly branch?: string };
}

export interface PlannedTest {
  /** Identity key. */
  readonly test: string;
  readonly identity: TestIdentity;
  readonly location: SourceLocation;
  readonly tags: readonly string[];
  readonly annotations: readonly Annotation[];
  readonly retries: number;
  readonly timeoutMs: number;
  readonly expectedStatus: TestStatus;
}

/** Tests that this writer will run; in chunks of at most 500. */
export interface TestPlannedEvent {
  readonly kind: 'test.planned';
  readonly tests: readonly PlannedTest[];
}

/** A worker process has begun; written to its journal. */
export interface WorkerStartedEvent {
  readonly kind: 'worker.started';
  readonly workerIndex: number;
  readonly parallelIndex: number;
  readonly pid: number;
}

/** Names one attempt. `startedAt` tells two attempts with the same retry apart, as merged setup projects have. */
export interface AttemptRef {
  /** Identity key. */
  readonly test: string;
  /** 0 for the first attempt. */
  readonly retry: number;
  readonly startedAt: string;
}

export interface TestStartedEvent extends AttemptRef {
  readonly kind: 'test.started';
  readonly workerIndex: number;
  readonly parallelIndex: number;
}

export interface StepFacts {
  /** Number of the step in its attempt, from 1, in order of their beginning. */
  readonly id: number;
  /** `id` of the step around it. */
  readonly parent?: number;
  readonly title: string;
  readonly subtitle?: string;
  readonly category: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly location?: SourceLocation;
  readonly error?: string;
}

/** Steps that have ended since the last such event of this attempt. */
export interface TestStepsEvent extends AttemptRef {
  readonly kind: 'test.steps';
  readonly steps: readonly StepFacts[];
}

/** Output of a test, or of the run where no test is named. */
export interface OutputEvent extends Partial<AttemptRef> {
  readonly kind: 'output';
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/**
 * What fixtures saw. In a reporter's spool `startedAt` names the attempt exactly; in a worker's journal it is absent,
 * and run, shard, test and retry name it.
 */
export interface EvidenceEvent {
  readonly kind: 'evidence';
  readonly test: string;
  readonly retry: number;
  readonly startedAt?: string;
  readonly records: readonly EvidenceRecord[];
}

/** A file or a body that belongs to an attempt. The content stays where it is. */
export interface AttachmentEvent extends AttemptRef {
  readonly kind: 'attachment';
  readonly name: string;
  readonly contentType: string;
  /** Path of the file as the runner knew it; absent for a body that only exists in memory. */
  readonly path?: string;
  readonly sizeBytes?: number;
}

export interface TestEndedEvent extends AttemptRef {
  readonly kind: 'test.ended';
  readonly status: TestStatus;
  readonly expectedStatus: TestStatus;
  readonly durationMs: number;
  readonly workerIndex: number;
  readonly parallelIndex: number;
  readonly errors: readonly RunError[];
  readonly annotations: readonly Annotation[];
}

/** An error outside of any test: a file that does not load, a worker's teardown, a global setup. */
export interface RunErrorEvent {
  readonly kind: 'error';
  readonly error: RunError;
  readonly workerIndex?: number;
}

/** The writer has come to its end. Without this event a writer was killed. */
export interface RunEndedEvent {
  readonly kind: 'run.ended';
  readonly status: RunStatus;
  readonly startedAt: string;
  readonly durationMs: number;
  /** What tests of this run and of earlier ones have created and nobody has removed; absent where nothing is. */
  readonly leftovers?: Leftovers;
}

export interface Leftovers {
  readonly count: number;
  /** Those whose removal was tried, and failed. */
  readonly failed: number;
  /** Age of the oldest. */
  readonly oldestMs: number;
}

/** A writer that will write no more. */
export interface ClosedWriter {
  readonly writer: string;
  /** Number of its last event that was known then. Should it have written more, it is not closed. */
  readonly lastSeq: number;
  /** How that is known, in a sentence without a full stop. */
  readonly reason: string;
}

/**
 * Somebody stated that the run is over although writers have not come to their end: `quality-hub finalize`. A shard that has
 * not been seen by then will not be waited for.
 */
export interface RunClosedEvent {
  readonly kind: 'run.closed';
  readonly writers: readonly ClosedWriter[];
}

/** The writer is alive; every 5 s. */
export interface HeartbeatEvent {
  readonly kind: 'heartbeat';
}

/** An event without its envelope: what a source has to say. */
export type EventBody =
  | RunStartedEvent
  | TestPlannedEvent
  | WorkerStartedEvent
  | TestStartedEvent
  | TestStepsEvent
  | OutputEvent
  | EvidenceEvent
  | AttachmentEvent
  | TestEndedEvent
  | RunErrorEvent
  | RunEndedEvent
  | RunClosedEvent
  | HeartbeatEvent;

export type EventKind = EventBody['kind'];
export type RunEvent = Envelope & EventBody;
/** The event of one kind: `EventOf<'test.ended'>`. */
export type EventOf<K extends EventKind> = Envelope & Extract<EventBody, { kind: K }>;
