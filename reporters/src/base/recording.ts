/** Writes what happens in a run to its spool: an ended test at once, steps and output with the next write. */
import type {
  FullResult,
  Suite,
  TestCase,
  TestError,
  TestResult,
  TestStep,
  WorkerInfo,
} from '@playwright/test/reporter';
import {
  type AttemptRef,
  EVIDENCE_ATTACHMENT,
  type EventBody,
  type EvidenceBundle,
  type Leftovers,
  type StepFacts,
} from '@quality-hub/protocol';
import type { SpoolWriter } from '@quality-hub/telemetry';
import { attachmentBodies, type Normaliser } from './normalise.ts';
import { type OutputStream, OutputText } from './output-text.ts';

/** Tests named in one `test.planned` event. */
const PLANNED_CHUNK = 500;
/** What is buffered waits no longer than this. */
const FLUSH_MS = 100;
/** A full buffer does not wait: memory stays bounded when a test floods its output. */
const FLUSH_CHARS = 64 * 1024;

interface LiveAttempt {
  readonly ref: AttemptRef;
  steps: StepFacts[];
  /** Numbers are given when a step or its first child ends, so that a parent has one before it has ended itself. */
  readonly stepIds: Map<TestStep, number>;
}

interface PendingOutput {
  /** The attempt, or undefined for output of no test. */
  readonly result: TestResult | undefined;
  readonly ref: AttemptRef | undefined;
  readonly stream: OutputStream;
  text: string;
}

export interface RecordingOptions {
  readonly spool: SpoolWriter;
  readonly normaliser: Normaliser;
  /**
   * The tests run now: the start and the end of each are on disk at once, so that a killed run knows what was running. What
   * is replayed from blobs can be replayed again, and is written in large pieces.
   */
  readonly happening: boolean;
  /** Hears when a delayed write fails, whose events stay in memory and go with the next, or when evidence is unreadable. */
  readonly onProblem: (error: unknown) => void;
}

export class Recording {
  readonly #spool: SpoolWriter;
  readonly #normaliser: Normaliser;
  readonly #happening: boolean;
  readonly #onProblem: (error: unknown) => void;
  readonly #live = new Map<TestResult, LiveAttempt>();
  readonly #outputText = new OutputText();
  #output: PendingOutput | undefined;
  #whenNoneRuns: (() => void) | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor({ spool, normaliser, happening, onProblem }: RecordingOptions) {
    this.#spool = spool;
    this.#normaliser = normaliser;
    this.#happening = happening;
    this.#onProblem = onProblem;
    // One timer for the whole run: setting one for each event costs more than looking at an empty buffer.
    this.#timer = setInterval(() => this.#flushSafely(), FLUSH_MS).unref();
  }

  get events(): number {
    return this.#spool.lastSeq;
  }

  /** Events that could not be brought to disk. */
  get unwritten(): number {
    return this.#spool.unwritten;
  }

  /** Adds an event; it is on disk within 100 ms. */
  add(body: EventBody): void {
    this.#spool.append(body);
  }

  /** Writes everything now. */
  flush(): void {
    this.#endPending();
    this.#spool.flush();
  }

  plan(suite: Suite): void {
    const tests = suite.allTests();
    for (let from = 0; from < tests.length; from += PLANNED_CHUNK) {
      const chunk = tests.slice(from, from + PLANNED_CHUNK);
      this.#spool.append({ kind: 'test.planned', tests: chunk.map(test => this.#normaliser.planned(test)) });
      if (this.#spool.bufferedChars > FLUSH_CHARS) this.#flushSafely();
    }
    for (const test of tests) this.#normaliser.maskTest(test);
  }

  testBegan(test: TestCase, result: TestResult): void {
    const live = this.#attempt(test, result);
    // In a replay its end follows, which tells all of it.
    if (!this.#happening) return;
    this.#started(live.ref, result);
    this.flush();
  }

  stepEnded(test: TestCase, result: TestResult, step: TestStep): void {
    const live = this.#attempt(test, result);
    const parent = step.parent && stepId(live, step.parent);
    live.steps.push(this.#normaliser.step(step, stepId(live, step), parent));
  }

  output(stream: OutputStream, chunk: string | Buffer, test?: TestCase | void, result?: TestResult | void): void {
    const owner = result ?? undefined;
    const text = this.#outputText.of(owner, stream, chunk);
    if (text === '') return;
    if (this.#output?.stream === stream && this.#output.result === owner) this.#output.text += text;
    else {
      this.#endOutput();
      const ref = test && result ? (this.#live.get(result)?.ref ?? this.#ref(test, result)) : undefined;
      this.#output = { result: owner, ref, stream, text };
    }
    this.#flushFull();
  }

  /** The record of an ended test is on disk when this returns; of one that is replayed, it is there before long. */
  testEnded(test: TestCase, result: TestResult): void {
    const live = this.#attempt(test, result);
    for (const [stream, text] of this.#outputText.end(result)) this.output(stream, text, test, result);
    this.#endOutput();
    this.#endSteps(live);
    this.#live.delete(result);
    this.#evidence(live.ref, result);
    this.#attachments(live.ref, result);
    this.#spool.append({
      kind: 'test.ended',
      ...live.ref,
      status: result.status,
      expectedStatus: test.expectedStatus,
      durationMs: Math.max(0, result.duration),
      workerIndex: result.workerIndex,
      parallelIndex: result.parallelIndex,
      errors: result.errors.map(error => this.#normaliser.error(error, test)),
      annotations: this.#normaliser.annotations(result.annotations ?? test.annotations),
    });
    if (this.#happening) this.flush();
    else this.#flushFull();
    if (this.#live.size === 0) this.#whenNoneRuns?.();
  }

  /**
   * Waits for the ends of the tests that still run, `timeoutMs` at most: at `globalTimeout` Playwright ends the run before
   * its workers have stopped. A replay has nothing to wait for.
   */
  async lastEnds(timeoutMs: number): Promise<void> {
    if (!this.#happening || this.#live.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenNoneRuns = resolve;
    const timer = setTimeout(resolve, timeoutMs);
    await promise;
    clearTimeout(timer);
  }

  error(error: TestError, worker: WorkerInfo | undefined): void {
    const workerIndex = worker?.workerIndex;
    this.#spool.append({
      kind: 'error',
      error: this.#normaliser.error(error),
      ...(workerIndex === undefined ? {} : { workerIndex }),
    });
    this.flush();
  }

  runEnded(result: FullResult, leftovers?: Leftovers): void {
    for (const [stream, text] of this.#outputText.end(undefined)) this.output(stream, text);
    this.#endPending();
    if (!this.#happening) for (const [attempt, { ref }] of this.#live) this.#started(ref, attempt);
    this.#spool.append({
      kind: 'run.ended',
      status: result.status,
      startedAt: result.startTime.toISOString(),
      durationMs: Math.max(0, Math.round(result.duration)),
      ...(leftovers === undefined ? {} : { leftovers }),
    });
    this.flush();
  }

  /** Writes what is left and closes the file. */
  close(): void {
    clearInterval(this.#timer);
    this.#spool.close();
  }

  #started(ref: AttemptRef, { workerIndex, parallelIndex }: TestResult): void {
    this.#spool.append({ kind: 'test.started', ...ref, workerIndex, parallelIndex });
  }

  #flushFull(): void {
    if ((this.#output?.text.length ?? 0) + this.#spool.bufferedChars > FLUSH_CHARS) this.flush();
  }

  #flushSafely(): void {
    try {
      this.flush();
    } catch (error) {
      this.#onProblem(error);
    }
  }

  #attempt(test: TestCase, result: TestResult): LiveAttempt {
    let live = this.#live.get(result);
    if (live === undefined) {
      live = { ref: this.#ref(test, result), steps: [], stepIds: new Map() };
      this.#live.set(result, live);
    }
    return live;
  }

  #ref(test: TestCase, result: TestResult): AttemptRef {
    return {
      test: this.#normaliser.key(test),
      retry: result.retry,
      startedAt: this.#normaliser.instant(result.startTime),
    };
  }

  /** Makes events of the output and the steps that have been gathered. */
  #endPending(): void {
    this.#endOutput();
    for (const live of this.#live.values()) this.#endSteps(live);
  }

  #endOutput(): void {
    const output = this.#output;
    if (output === undefined) return;
    this.#output = undefined;
    const { ref, stream, text } = output;
    this.#spool.append({ kind: 'output', ...ref, stream, text: this.#normaliser.text(text) });
  }

  #endSteps(live: LiveAttempt): void {
    if (live.steps.length === 0) return;
    this.#spool.append({ kind: 'test.steps', ...live.ref, steps: live.steps });
    live.steps = [];
  }

  /** A bundle that cannot be read costs the evidence, never the test. */
  #evidence(ref: AttemptRef, result: TestResult): void {
    for (const body of attachmentBodies(result, EVIDENCE_ATTACHMENT)) {
      try {
        const { records } = this.#normaliser.deep(JSON.parse(body) as EvidenceBundle);
        if (records.length > 0) this.#spool.append({ kind: 'evidence', ...ref, records });
      } catch (error) {
        this.#onProblem(error);
      }
    }
  }

  #attachments(ref: AttemptRef, result: TestResult): void {
    for (const { name, contentType, path, body } of result.attachments) {
      if (name === EVIDENCE_ATTACHMENT) continue;
      this.#spool.append({
        kind: 'attachment',
        ...ref,
        name: this.#normaliser.text(name),
        contentType,
        ...(path === undefined ? {} : { path }),
        ...(body === undefined ? {} : { sizeBytes: body.length }),
      });
    }
  }
}

function stepId(live: LiveAttempt, step: TestStep): number {
  let id = live.stepIds.get(step);
  if (id === undefined) {
    id = live.stepIds.size + 1;
    live.stepIds.set(step, id);
  }
  return id;
}
