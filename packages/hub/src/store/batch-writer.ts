/** Writes one batch of events into the tables. Runs inside a transaction of the connection. */

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { EventOf, EvidenceRecord, PlannedTest, RunEvent } from '@quality-hub/protocol';
import type { RejectedLine } from '../ingest/parse-line.ts';
import { Sequence } from '../ingest/sequence.ts';
import type { AppendResult, EventBatch } from './run-store.ts';
import { prepareWrites, type WriteStatements } from './write-statements.ts';

/** Annotation of a skip whose reason is an unmet need. */
const BLOCKED = 'qh:blocked';

interface WriterState {
  readonly run: number;
  readonly runId: string;
  readonly writer: string;
  readonly shard: number;
  readonly sequence: Sequence;
  lastAt: string;
  kept: number;
  rejected: number;
}

/** What this batch knows of an attempt; one row is written for all of its events. */
interface AttemptDraft {
  readonly run: number;
  readonly event: { readonly test: string; readonly retry: number; readonly startedAt: string };
  readonly shard: number;
  readonly writer: string;
  readonly seq: number;
  readonly children: ((id: number) => void)[];
  workerIndex?: number;
  parallelIndex?: number;
  ended?: EventOf<'test.ended'>;
}

export class BatchWriter {
  readonly #sql: WriteStatements;
  readonly #dataVersion: StatementSync;
  #seenVersion = -1;
  readonly #runs = new Map<string, number>();
  readonly #writers = new Map<string, WriterState>();
  readonly #evidence = new Map<string, Sequence>();

  constructor(database: DatabaseSync) {
    this.#sql = prepareWrites(database);
    this.#dataVersion = database.prepare('PRAGMA data_version');
  }

  /** Forgets what it remembers of the database: after a failed transaction that is no longer true. */
  reset(): void {
    this.#runs.clear();
    this.#writers.clear();
    this.#evidence.clear();
  }

  write(batch: EventBatch): AppendResult {
    this.#forgetIfOthersWrote();
    const stored = Number(this.#sql.offsetOf.get(batch.folder, batch.file)?.offset ?? 0);
    if (batch.restart) this.#sql.forgetRejected.run(batch.folder, batch.file);
    else if (stored !== batch.from) return { kept: 0, duplicates: 0, rejected: 0, runIds: [], storedOffset: stored };
    const touched = new Set<WriterState>();
    const touchedEvidence = new Map<string, { run: number; writer: string }>();
    const drafts = new Map<string, AttemptDraft>();
    let kept = 0;
    let duplicates = 0;
    let rejected = 0;
    /** Unreadable lines since the last good one: the numbers that are missing right after them were theirs. */
    let unreadable = 0;
    for (const line of batch.lines) {
      if (line.type === 'rejected') {
        rejected++;
        this.#sql.reject.run(batch.folder, batch.file, line.reason);
        unreadable = this.#takeRejected(line, touched, unreadable);
        continue;
      }
      const state = this.#writer(line.event);
      touched.add(state);
      unreadable = attribute(state, line.event.seq, unreadable);
      if (!state.sequence.take(line.event.seq)) {
        duplicates++;
        continue;
      }
      kept++;
      state.kept++;
      if (line.event.at > state.lastAt) state.lastAt = line.event.at;
      if (line.type === 'aside')
        this.#sql.unknown.run(state.run, state.writer, line.event.seq, line.event.kind, line.line);
      else this.#store(line.event, state, drafts, touchedEvidence);
    }
    for (const draft of drafts.values()) this.#writeAttempt(draft);
    this.#saveSequences(touched, touchedEvidence);
    this.#sql.offset.run(batch.folder, batch.file, batch.offset);
    return {
      kept,
      duplicates,
      rejected,
      runIds: [...new Set([...touched].map(state => state.runId))],
      storedOffset: batch.offset,
    };
  }

  /** Another connection has committed since: its sequences and runs are not the ones remembered here. */
  #forgetIfOthersWrote(): void {
    const version = Number(this.#dataVersion.get()?.data_version);
    if (version !== this.#seenVersion) this.reset();
    this.#seenVersion = version;
  }

  #store(
    event: RunEvent,
    state: WriterState,
    drafts: Map<string, AttemptDraft>,
    evidence: Map<string, { run: number; writer: string }>,
  ): void {
    const { run } = state;
    switch (event.kind) {
      case 'run.started':
        this.#runStarted(event, run);
        return;
      case 'test.planned':
        for (const test of event.tests) this.#planned(test, run);
        return;
      case 'worker.started':
        this.#sql.workerProcess.run(event.pid, run, event.writer);
        return;
      case 'run.ended':
        this.#sql.writerEnded.run(event.status, event.startedAt, event.durationMs, run, event.writer);
        return;
      case 'error':
        this.#sql.runError.run(run, event.at, event.workerIndex ?? null, JSON.stringify(event.error));
        return;
      case 'evidence':
        this.#storeEvidence(event, run, evidence);
        return;
      case 'output':
        if (event.test === undefined || event.retry === undefined || event.startedAt === undefined) {
          this.#sql.output.run(run, null, event.at, event.stream, event.text);
        } else {
          const { test, retry, startedAt, at, stream, text } = event;
          const draft = draftOf(drafts, run, event, { test, retry, startedAt });
          draft.children.push(id => this.#sql.output.run(run, id, at, stream, text));
        }
        return;
      case 'test.started':
      case 'test.ended': {
        const draft = draftOf(drafts, run, event, event);
        draft.workerIndex = event.workerIndex;
        draft.parallelIndex = event.parallelIndex;
        if (event.kind === 'test.ended') draft.ended ??= event;
        return;
      }
      case 'test.steps':
        draftOf(drafts, run, event, event).children.push(id =>
          this.#sql.steps.run(run, id, JSON.stringify(event.steps)),
        );
        return;
      case 'attachment': {
        const { name, contentType, path, sizeBytes } = event;
        const draft = draftOf(drafts, run, event, event);
        draft.children.push(id =>
          this.#sql.attachment.run(run, id, name, contentType, path ?? null, sizeBytes ?? null),
        );
        return;
      }
      case 'heartbeat':
        return;
    }
  }

  #runStarted(event: EventOf<'run.started'>, run: number): void {
    const { v: _v, runId: _runId, seq: _seq, kind: _kind, ...facts } = event;
    this.#sql.runStarted.run(event.project, event.shards, event.startedAt, JSON.stringify(facts), run);
    this.#sql.reporterProcess.run(event.mode, event.host, event.pid, run, event.writer);
  }

  #planned(planned: PlannedTest, run: number): void {
    const { test, identity, location, tags, annotations, retries, timeoutMs, expectedStatus } = planned;
    this.#sql.identity.run(test, JSON.stringify(identity));
    this.#sql.test.run(
      run,
      test,
      location.file,
      location.line,
      location.column,
      tags.length === 0 ? '[]' : JSON.stringify(tags),
      annotations.length === 0 ? '[]' : JSON.stringify(annotations),
      retries,
      timeoutMs,
      expectedStatus,
    );
  }

  #storeEvidence(event: EventOf<'evidence'>, run: number, touched: Map<string, { run: number; writer: string }>): void {
    const fresh: EvidenceRecord[] = [];
    for (const record of event.records) {
      const key = `${run}/${record.writer}`;
      let sequence = this.#evidence.get(key);
      if (!sequence) {
        sequence = loadSequence(this.#sql.evidenceSequence.get(run, record.writer));
        this.#evidence.set(key, sequence);
      }
      if (!sequence.take(record.seq)) continue;
      fresh.push(record);
      touched.set(key, { run, writer: record.writer });
    }
    if (fresh.length === 0) return;
    this.#sql.evidence.run(run, event.test, event.retry, event.shard, event.startedAt ?? null, JSON.stringify(fresh));
  }

  #writeAttempt({ run, event, shard, writer, seq, children, workerIndex, parallelIndex, ended }: AttemptDraft): void {
    const blocked = ended?.annotations.some(({ type }) => type === BLOCKED) ?? false;
    const row = this.#sql.attempt.get(
      run,
      event.test,
      event.retry,
      event.startedAt,
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
      blocked ? 1 : 0,
    );
    const id = Number(row?.id);
    for (const child of children) child(id);
  }

  /** Notes the number of a refused line, so that it is no gap. Returns how many lines have not told theirs. */
  #takeRejected({ writer, seq, value }: RejectedLine, touched: Set<WriterState>, unreadable: number): number {
    if (writer === undefined || seq === undefined) return unreadable + 1;
    const known = [...this.#writers.values()].find(state => state.writer === writer) ?? this.#writerOf(value, writer);
    if (!known) return unreadable + 1;
    touched.add(known);
    const left = attribute(known, seq, unreadable);
    if (known.sequence.take(seq)) known.rejected++;
    return left;
  }

  #writerOf(value: unknown, writer: string): WriterState | undefined {
    const { runId, shard, at } = (value ?? {}) as Record<string, unknown>;
    if (typeof runId !== 'string' || typeof shard !== 'number' || typeof at !== 'string') return undefined;
    return this.#writer({ runId, writer, shard, at });
  }

  #writer(event: {
    readonly runId: string;
    readonly writer: string;
    readonly shard: number;
    readonly at: string;
  }): WriterState {
    const key = `${event.runId}\n${event.writer}`;
    const cached = this.#writers.get(key);
    if (cached) return cached;
    const run = this.#run(event.runId, event.at);
    const row = this.#sql.writer.get(run, event.writer);
    if (!row)
      this.#sql.newWriter.run(
        run,
        event.writer,
        event.shard,
        event.writer.startsWith('w-') ? 'worker' : 'reporter',
        event.at,
      );
    const state: WriterState = {
      run,
      runId: event.runId,
      writer: event.writer,
      shard: event.shard,
      sequence: loadSequence(row),
      lastAt: row ? String(row.last_at) : event.at,
      kept: Number(row?.kept ?? 0),
      rejected: Number(row?.rejected ?? 0),
    };
    this.#writers.set(key, state);
    return state;
  }

  #run(runId: string, at: string): number {
    let run = this.#runs.get(runId);
    if (run === undefined) {
      this.#sql.newRun.run(runId, at);
      run = Number(this.#sql.run.get(runId)?.id);
      this.#runs.set(runId, run);
    }
    return run;
  }

  #saveSequences(writers: Set<WriterState>, evidence: Map<string, { run: number; writer: string }>): void {
    const runs = new Set<number>();
    for (const { run, writer, sequence, lastAt, kept, rejected } of writers) {
      const { next, missing } = sequence.state();
      this.#sql.saveWriter.run(next, JSON.stringify(missing), lastAt, kept, rejected, run, writer);
      runs.add(run);
    }
    for (const [key, { run, writer }] of evidence) {
      const { next, missing } = (this.#evidence.get(key) ?? new Sequence()).state();
      this.#sql.saveEvidence.run(run, writer, next, JSON.stringify(missing));
    }
    for (const run of runs) this.#sql.changed.run(run);
  }
}

function draftOf(
  drafts: Map<string, AttemptDraft>,
  run: number,
  { shard, writer, seq }: RunEvent,
  event: AttemptDraft['event'],
): AttemptDraft {
  const key = `${run}/${event.test}/${event.retry}/${event.startedAt}`;
  let draft = drafts.get(key);
  if (!draft) {
    draft = { run, event, shard, writer, seq, children: [] };
    drafts.set(key, draft);
  }
  return draft;
}

/** Gives the numbers missing before `seq` to the unreadable lines that stood there; returns how many are left over. */
function attribute(state: WriterState, seq: number, unreadable: number): number {
  for (; unreadable > 0 && state.sequence.next < seq; unreadable--) {
    state.sequence.take(state.sequence.next);
    state.rejected++;
  }
  return 0;
}

function loadSequence(row: Record<string, unknown> | undefined): Sequence {
  return row ? new Sequence({ next: Number(row.next_seq), missing: JSON.parse(String(row.missing)) }) : new Sequence();
}
