/**
 * Remembers which numbers of which writer are stored, for events and for evidence, so that each counts once.
 *
 * Keeps between two batches what it has read from the database; `forget` it when somebody else may have written there.
 */
import type { RejectedLine } from '../ingest/parse-line.ts';
import { Sequence } from '../ingest/sequence.ts';
import type { WriterRow } from './run-store.ts';
import type { WriteStatements } from './write-statements.ts';

export interface WriterState {
  /** The run's number in the database. */
  readonly run: number;
  readonly runId: string;
  readonly writer: string;
  readonly sequence: Sequence;
  lastAt: string;
  kept: number;
  rejected: number;
}

interface EvidenceStream {
  readonly run: number;
  readonly writer: string;
  readonly sequence: Sequence;
}

export interface WriterEnvelope {
  readonly runId: string;
  readonly writer: string;
  readonly shard: number;
  readonly at: string;
}

export class NumberedStreams {
  readonly #sql: WriteStatements;
  readonly #runs = new Map<string, number>();
  readonly #writers = new Map<string, WriterState>();
  readonly #evidence = new Map<string, EvidenceStream>();
  readonly #changedWriters = new Set<WriterState>();
  readonly #changedEvidence = new Set<EvidenceStream>();

  constructor(sql: WriteStatements) {
    this.#sql = sql;
  }

  forget(): void {
    this.#runs.clear();
    this.#writers.clear();
    this.#evidence.clear();
    this.#changedWriters.clear();
    this.#changedEvidence.clear();
  }

  /** The writer of an event; made when it is new. */
  writer({ runId, writer, shard, at }: WriterEnvelope): WriterState {
    const key = `${runId}\n${writer}`;
    const cached = this.#writers.get(key);
    if (cached) return cached;
    const run = this.#run(runId, at);
    const row = this.#sql.writer.get(run, writer);
    if (!row) this.#sql.newWriter.run(run, writer, shard, roleOf(writer), at);
    const state: WriterState = {
      run,
      runId,
      writer,
      sequence: loadSequence(row),
      lastAt: row ? String(row.last_at) : at,
      kept: Number(row?.kept ?? 0),
      rejected: Number(row?.rejected ?? 0),
    };
    this.#writers.set(key, state);
    return state;
  }

  /**
   * Notes that an event has arrived; false when it had before. `unreadable` lines stood right before it in its file: as
   * many of the numbers missing there were theirs.
   */
  take(state: WriterState, { seq, at }: { readonly seq: number; readonly at: string }, unreadable: number): boolean {
    this.#attribute(state, seq, unreadable);
    if (!state.sequence.take(seq)) return false;
    this.#changedWriters.add(state);
    state.kept++;
    if (at > state.lastAt) state.lastAt = at;
    return true;
  }

  /** Notes the number of a refused line, so that it is no gap. Returns how many lines have not told theirs yet. */
  takeRejected({ writer, seq, value }: RejectedLine, unreadable: number): number {
    const state = writer === undefined ? undefined : this.#knownWriter(writer, value);
    if (!state || seq === undefined) return unreadable + 1;
    this.#attribute(state, seq, unreadable);
    if (state.sequence.take(seq)) state.rejected++;
    this.#changedWriters.add(state);
    return 0;
  }

  /** Notes that a record of evidence has arrived; false when it had before. */
  takeEvidence(run: number, writer: string, seq: number): boolean {
    const key = `${run}/${writer}`;
    let stream = this.#evidence.get(key);
    if (!stream) {
      stream = { run, writer, sequence: loadSequence(this.#sql.evidenceSequence.get(run, writer)) };
      this.#evidence.set(key, stream);
    }
    if (!stream.sequence.take(seq)) return false;
    this.#changedEvidence.add(stream);
    return true;
  }

  /** Writes what has changed since the last time, and returns the runs that it belongs to. */
  save(): readonly string[] {
    const runs = new Map<number, string>();
    for (const { run, runId, writer, sequence, lastAt, kept, rejected } of this.#changedWriters) {
      const { next, missing } = sequence.state();
      this.#sql.saveWriter.run(next, JSON.stringify(missing), lastAt, kept, rejected, run, writer);
      runs.set(run, runId);
    }
    for (const { run, writer, sequence } of this.#changedEvidence) {
      const { next, missing } = sequence.state();
      this.#sql.saveEvidence.run(run, writer, next, JSON.stringify(missing));
    }
    for (const run of runs.keys()) this.#sql.changed.run(run);
    this.#changedWriters.clear();
    this.#changedEvidence.clear();
    return [...runs.values()];
  }

  #attribute(state: WriterState, seq: number, unreadable: number): void {
    for (let left = unreadable; left > 0 && state.sequence.next < seq; left--) {
      state.sequence.take(state.sequence.next);
      state.rejected++;
    }
  }

  #knownWriter(writer: string, value: unknown): WriterState | undefined {
    const known = [...this.#writers.values()].find(state => state.writer === writer);
    if (known) return known;
    const { runId, shard, at } = (value ?? {}) as Record<string, unknown>;
    if (typeof runId !== 'string' || typeof shard !== 'number' || typeof at !== 'string') return undefined;
    return this.writer({ runId, writer, shard, at });
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
}

function roleOf(writer: string): WriterRow['role'] {
  if (writer.startsWith('w-')) return 'worker';
  return writer.startsWith('f-') ? 'closer' : 'reporter';
}

function loadSequence(row: Record<string, unknown> | undefined): Sequence {
  return row ? new Sequence({ next: Number(row.next_seq), missing: JSON.parse(String(row.missing)) }) : new Sequence();
}
