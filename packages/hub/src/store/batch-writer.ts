/** Writes one batch of events into the tables. Runs inside a transaction of the connection. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { AttemptRef, EventOf, PlannedTest, RunEvent } from '@quality-hub/protocol';
import { NumberedStreams } from './numbered-streams.ts';
import type { AppendResult, EventBatch } from './run-store.ts';
import { TestNumbers } from './test-numbers.ts';
import { prepareWrites, type WriteStatements } from './write-statements.ts';

/** Annotation of a skip whose reason is an unmet need. */
const BLOCKED = 'qh:blocked';
const STEPS = '"steps":';

/** What a batch knows of an attempt: one row is written for all of its events. */
interface AttemptDraft {
  readonly run: number;
  readonly ref: AttemptRef;
  readonly shard: number;
  readonly writer: string;
  readonly seq: number;
  /** What hangs on the attempt; written when its row has a number. */
  readonly children: ((attempt: number) => void)[];
  workerIndex?: number;
  parallelIndex?: number;
  ended?: EventOf<'test.ended'>;
}

type Drafts = Map<string, AttemptDraft>;

export class BatchWriter {
  readonly #sql: WriteStatements;
  readonly #streams: NumberedStreams;
  readonly #tests: TestNumbers;
  readonly #dataVersion: StatementSync;
  #seenVersion = -1;

  constructor(database: DatabaseSync) {
    this.#sql = prepareWrites(database);
    this.#streams = new NumberedStreams(this.#sql);
    this.#tests = new TestNumbers(this.#sql);
    this.#dataVersion = database.prepare('PRAGMA data_version');
  }

  /** Forgets what it remembers of the database: after a failed transaction that is no longer true. */
  reset(): void {
    this.#streams.forget();
    this.#tests.forget();
  }

  write({ folder, file, from, offset, restart, lines }: EventBatch): AppendResult {
    this.#forgetIfOthersWrote();
    const storedOffset = Number(this.#sql.offsetOf.get(folder, file)?.offset ?? 0);
    if (restart) this.#sql.forgetRejected.run(folder, file);
    else if (storedOffset !== from) return { kept: 0, duplicates: 0, rejected: 0, runIds: [], storedOffset };
    const drafts: Drafts = new Map();
    const counts = { kept: 0, duplicates: 0, rejected: 0 };
    /** Unreadable lines since the last good one: the numbers that are missing right after them were theirs. */
    let unreadable = 0;
    for (const line of lines) {
      if (line.type === 'rejected') {
        counts.rejected++;
        this.#sql.reject.run(folder, file, line.reason);
        unreadable = this.#streams.takeRejected(line, unreadable);
        continue;
      }
      const { event } = line;
      const state = this.#streams.writer(event);
      const isNew = this.#streams.take(state, event, unreadable);
      unreadable = 0;
      counts[isNew ? 'kept' : 'duplicates']++;
      if (!isNew) continue;
      if (line.type === 'aside') this.#sql.unknown.run(state.run, event.writer, event.seq, event.kind, line.line);
      else this.#store(line.event, line.line, state.run, drafts);
    }
    for (const draft of drafts.values()) this.#writeAttempt(draft);
    this.#sql.offset.run(folder, file, offset);
    return { ...counts, runIds: this.#streams.save(), storedOffset: offset };
  }

  /** Another connection has committed since: what is remembered here may be old. */
  #forgetIfOthersWrote(): void {
    const version = Number(this.#dataVersion.get()?.data_version);
    if (version !== this.#seenVersion) this.#streams.forget();
    this.#seenVersion = version;
  }

  #store(event: RunEvent, line: string | undefined, run: number, drafts: Drafts): void {
    switch (event.kind) {
      case 'run.started':
        this.#runStarted(event, run);
        break;
      case 'test.planned':
        for (const test of event.tests) this.#planned(test, run);
        break;
      case 'worker.started':
        this.#sql.workerProcess.run(event.pid, run, event.writer);
        break;
      case 'run.ended':
        this.#sql.writerEnded.run(event.status, event.startedAt, event.durationMs, run, event.writer);
        break;
      case 'run.closed':
        for (const { writer, lastSeq, reason } of event.writers) {
          this.#sql.writerClosed.run(run, writer, lastSeq, event.at, reason);
        }
        break;
      case 'error':
        this.#sql.runError.run(run, event.at, event.workerIndex ?? null, JSON.stringify(event.error));
        break;
      case 'evidence':
        this.#evidence(event, run);
        break;
      case 'output':
        this.#output(event, run, drafts);
        break;
      case 'test.started':
      case 'test.ended': {
        const draft = draftOf(drafts, run, event, event);
        draft.workerIndex = event.workerIndex;
        draft.parallelIndex = event.parallelIndex;
        if (event.kind === 'test.ended') draft.ended ??= event;
        break;
      }
      case 'test.steps':
        draftOf(drafts, run, event, event).children.push(attempt => {
          this.#sql.steps.run(run, attempt, stepsJson(event, line));
        });
        break;
      case 'attachment':
        draftOf(drafts, run, event, event).children.push(attempt => {
          const { name, contentType, path = null, sizeBytes = null } = event;
          this.#sql.attachment.run(run, attempt, name, contentType, path, sizeBytes);
        });
        break;
      case 'heartbeat':
        break;
    }
  }

  #runStarted(event: EventOf<'run.started'>, run: number): void {
    const { v: _v, runId: _runId, seq: _seq, kind: _kind, ...facts } = event;
    this.#sql.runStarted.run(event.project, event.shards, event.startedAt, JSON.stringify(facts), run);
    this.#sql.reporterProcess.run(event.mode, event.host, event.pid, run, event.writer);
  }

  #planned(planned: PlannedTest, run: number): void {
    const { test, identity, location, tags, annotations, retries, timeoutMs, expectedStatus } = planned;
    const { file, line, column } = location;
    const number = this.#tests.named(test, JSON.stringify(identity));
    const lists = [tags, annotations].map(list => (list.length === 0 ? '[]' : JSON.stringify(list)));
    this.#sql.test.run(run, number, file, line, column, ...lists, retries, timeoutMs, expectedStatus);
  }

  #evidence({ test, retry, shard, startedAt, records }: EventOf<'evidence'>, run: number): void {
    const fresh = records.filter(({ writer, seq }) => this.#streams.takeEvidence(run, writer, seq));
    if (fresh.length === 0) return;
    this.#sql.evidence.run(run, this.#tests.of(test), retry, shard, startedAt ?? null, JSON.stringify(fresh));
  }

  #output(event: EventOf<'output'>, run: number, drafts: Drafts): void {
    const { test, retry, startedAt, at, stream, text } = event;
    if (test === undefined || retry === undefined || startedAt === undefined) {
      this.#sql.output.run(run, null, at, stream, text);
      return;
    }
    draftOf(drafts, run, event, { test, retry, startedAt }).children.push(attempt => {
      this.#sql.output.run(run, attempt, at, stream, text);
    });
  }

  #writeAttempt({ run, ref, shard, writer, seq, children, workerIndex, parallelIndex, ended }: AttemptDraft): void {
    const row = this.#sql.attempt.get(
      run,
      this.#tests.of(ref.test),
      ref.retry,
      ref.startedAt,
      shard,
      writer,
      seq,
      workerIndex ?? null,
      parallelIndex ?? null,
      ended?.status ?? null,
      ended?.expectedStatus ?? null,
      ended?.durationMs ?? null,
      ended && ended.errors.length > 0 ? JSON.stringify(ended.errors) : null,
      ended && ended.annotations.length > 0 ? JSON.stringify(ended.annotations) : null,
      ended?.annotations.some(({ type }) => type === BLOCKED) ? 1 : 0,
    );
    // The same attempt, once from its runner and once from a blob: what hangs on it is that of the first.
    if (row?.writer !== writer) return;
    const attempt = Number(row?.id);
    for (const child of children) child(attempt);
  }
}

function draftOf(drafts: Drafts, run: number, { shard, writer, seq }: RunEvent, ref: AttemptRef): AttemptDraft {
  const key = `${run}/${ref.test}/${ref.retry}/${ref.startedAt}`;
  let draft = drafts.get(key);
  if (!draft) {
    draft = { run, ref, shard, writer, seq, children: [] };
    drafts.set(key, draft);
  }
  return draft;
}

/**
 * Steps as JSON. Half of all that a run says is steps: they are cut from the line that they came in, where they are the last
 * field, as our writers have it. No text before them can look like their name: its quotes are escaped.
 */
function stepsJson(event: EventOf<'test.steps'>, line: string | undefined): string {
  const from = line === undefined || Object.keys(event).at(-1) !== 'steps' ? -1 : line.indexOf(STEPS);
  if (line === undefined || from < 0) return JSON.stringify(event.steps);
  return line.slice(from + STEPS.length, line.lastIndexOf('}'));
}
