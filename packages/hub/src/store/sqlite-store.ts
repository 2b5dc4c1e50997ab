/** The run store on `node:sqlite`. */

import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import type { EvidenceKind, PlannedTest, RunError } from '@quality-hub/protocol';
import type { Mask } from '@quality-hub/telemetry';
import type { Judged } from '../analysis/judged.ts';
import { BatchWriter } from './batch-writer.ts';
import { type MaskedRows, maskRows } from './mask-rows.ts';
import * as rows from './rows.ts';
import type {
  AppendResult,
  AttemptDetail,
  AttemptRow,
  ClusterRow,
  Delivery,
  EventBatch,
  EvidenceRow,
  PastAttempt,
  RunConclusion,
  RunRow,
  RunStore,
  StepsRow,
  WriterRow,
} from './run-store.ts';
import { type ConnectionOptions, SqliteConnection } from './sqlite-connection.ts';

/** How much of an attempt's output a verdict looks at. */
const OUTPUT_CHARS = 16 * 1024;

export class SqliteRunStore implements RunStore {
  readonly #connection: SqliteConnection;
  readonly #statements = new Map<string, StatementSync>();
  #writer: BatchWriter | undefined;

  /** @throws {StoreError} if the database cannot be used. */
  constructor(options: ConnectionOptions) {
    this.#connection = SqliteConnection.open(options);
  }

  async append(batch: EventBatch): Promise<AppendResult> {
    this.#writer ??= this.#connection.read(() => new BatchWriter(this.#connection.database));
    const writer = this.#writer;
    try {
      return this.#connection.write(() => writer.write(batch));
    } catch (error) {
      writer.reset();
      throw error;
    }
  }

  async offsetOf(folder: string, file: string): Promise<number> {
    const [row] = this.#all('SELECT offset FROM spool_files WHERE folder = ? AND file = ?', folder, file);
    return Number(row?.offset ?? 0);
  }

  async runs(limit: number): Promise<readonly RunRow[]> {
    return this.#all('SELECT * FROM runs ORDER BY started_at DESC, id DESC LIMIT ?', limit).map(rows.toRun);
  }

  async run(runId: string): Promise<RunRow | undefined> {
    return this.#all('SELECT * FROM runs WHERE run_id = ?', runId).map(rows.toRun)[0];
  }

  async unsettled(): Promise<readonly string[]> {
    const open = `SELECT run_id FROM runs WHERE changes <> concluded OR state IN ('planned', 'running')`;
    return this.#all(open).map(row => String(row.run_id));
  }

  async writers(runId: string): Promise<readonly WriterRow[]> {
    const writers = `SELECT w.*, c.last_seq AS closed_seq, c.at AS closed_at, c.reason AS closed_reason
      FROM writers w LEFT JOIN closed_writers c USING (run, writer) WHERE w.run = ? ORDER BY w.shard, w.writer`;
    return this.#ofRun(runId, writers).map(rows.toWriter);
  }

  async tests(runId: string): Promise<readonly string[]> {
    const known = `WITH this AS (SELECT ? AS run)
      SELECT i.test FROM identities i JOIN
        (SELECT test FROM tests JOIN this USING (run) UNION SELECT test FROM attempts JOIN this USING (run)) t
        ON i.id = t.test`;
    return this.#ofRun(runId, known).map(row => String(row.test));
  }

  async planned(runId: string, test: string): Promise<PlannedTest | undefined> {
    const planned = `SELECT i.test AS key, i.identity, t.* FROM identities i JOIN tests t ON t.test = i.id
      WHERE t.run = ? AND i.test = ?`;
    return this.#ofRun(runId, planned, test).map(rows.toPlanned)[0];
  }

  async attempts(runId: string): Promise<readonly AttemptRow[]> {
    const attempts = `SELECT a.id, i.test, retry, started_at, shard, writer, seq, status, expected_status, duration_ms, blocked
      FROM attempts a JOIN identities i ON i.id = a.test WHERE a.run = ?`;
    return this.#ofRun(runId, attempts).map(rows.toAttempt);
  }

  async history(test: string, limit: number): Promise<readonly PastAttempt[]> {
    // Newest runs first, and in each of them one look into the index: no index of its own has to be kept for this.
    const past = `SELECT r.run_id, a.retry, a.started_at, a.status, a.expected_status, a.duration_ms
      FROM runs r CROSS JOIN attempts a
      WHERE a.run = r.id AND a.test = (SELECT id FROM identities WHERE test = ?)
      ORDER BY r.started_at DESC LIMIT ?`;
    return this.#connection.read(() => {
      const statement = this.#prepare(past);
      // Rows as arrays: objects with names would cost as much as finding them.
      statement.setReturnArrays(true);
      return (statement.all(test, limit) as unknown as SQLOutputValue[][]).map(rows.toPastAttempt);
    });
  }

  async attemptDetail(runId: string, { id, retry, startedAt, shard }: AttemptRow): Promise<AttemptDetail> {
    const [row] = this.#all('SELECT errors, annotations FROM attempts WHERE id = ?', id);
    const steps = this.#all('SELECT steps FROM steps WHERE attempt = ? ORDER BY rowid', id);
    // A journal does not know the attempt's start; there the shard has to tell attempts of one test apart.
    const evidence = `SELECT records FROM evidence WHERE run = ? AND test = (SELECT test FROM attempts WHERE id = ?) AND retry = ?
      AND (started_at = ? OR (started_at IS NULL AND shard = ?)) ORDER BY id`;
    const found = this.#ofRun(runId, evidence, id, retry, startedAt, shard);
    const texts = this.#all('SELECT text FROM output WHERE attempt = ? ORDER BY at, rowid', id);
    return {
      errors: rows.list(row?.errors),
      annotations: rows.list(row?.annotations),
      steps: steps.flatMap(({ steps: json }) => rows.list(json)),
      evidence: found
        .flatMap(({ records }) => rows.list<AttemptDetail['evidence'][number]>(records))
        .sort((a, b) => rows.byText(a.at, b.at) || a.seq - b.seq),
      output: texts
        .map(({ text }) => String(text))
        .join('')
        .slice(-OUTPUT_CHARS),
    };
  }

  *evidence(runId: string, kinds: readonly EvidenceKind[] = []): Iterable<EvidenceRow> {
    const holds = kinds.map(() => 'instr(records, ?) > 0').join(' OR ') || 'true';
    const statement = this.#prepare(`SELECT i.test, retry, shard, started_at, records FROM evidence e
      JOIN identities i ON i.id = e.test WHERE run = (SELECT id FROM runs WHERE run_id = ?) AND (${holds})`);
    const marks = kinds.map(kind => `"kind":"${kind}"`);
    for (const row of statement.iterate(runId, ...marks)) yield rows.toEvidence(row);
  }

  *stepsMentioning(runId: string, text: string): Iterable<StepsRow> {
    const statement = this.#prepare(`SELECT i.test, s.steps FROM steps s JOIN attempts a ON a.id = s.attempt
      JOIN identities i ON i.id = a.test
      WHERE a.run = (SELECT id FROM runs WHERE run_id = ?) AND instr(s.steps, ?) > 0`);
    for (const row of statement.iterate(runId, text)) yield { test: String(row.test), steps: rows.list(row.steps) };
  }

  async errors(runId: string): Promise<readonly RunError[]> {
    return this.#ofRun(runId, 'SELECT error FROM run_errors WHERE run = ? ORDER BY at').map(row =>
      JSON.parse(String(row.error)),
    );
  }

  async conclude(
    runId: string,
    { state, status, durationMs, counts, verdicts, judged, clusters }: RunConclusion,
  ): Promise<void> {
    this.#connection.write(() => {
      const run = this.#all('SELECT id FROM runs WHERE run_id = ?', runId)[0]?.id as number | undefined;
      if (run === undefined) return;
      const update = `UPDATE runs SET state = ?, status = ?, duration_ms = ?, counts = ?, verdicts = ?, concluded = changes WHERE id = ?`;
      this.#prepare(update).run(
        state,
        status ?? null,
        durationMs ?? null,
        JSON.stringify(counts),
        JSON.stringify(verdicts),
        run,
      );
      this.#prepare('DELETE FROM judgements WHERE run = ?').run(run);
      this.#prepare('DELETE FROM clusters WHERE run = ?').run(run);
      const judgement = this.#prepare(
        'INSERT INTO judgements SELECT ?, id, ?, ?, ?, ?, ?, ?, ? FROM identities WHERE test = ?',
      );
      for (const { test, retry, startedAt, judgement: j, fingerprint, cluster } of judged) {
        judgement.run(
          run,
          retry,
          startedAt,
          j.verdict,
          j.confidence01,
          JSON.stringify(j.findings),
          fingerprint,
          cluster,
          test,
        );
      }
      const insert = this.#prepare('INSERT INTO clusters VALUES (?, ?, ?, ?, ?, ?, ?)');
      for (const c of clusters) insert.run(run, c.id, c.title, c.verdict, c.remedy, c.attempts, c.tests);
    });
  }

  async judged(runId: string): Promise<readonly Judged[]> {
    const judged = 'SELECT j.*, i.test FROM judgements j JOIN identities i ON i.id = j.test WHERE run = ?';
    return this.#ofRun(runId, judged).map(rows.toJudged);
  }

  async clusters(runId: string): Promise<readonly ClusterRow[]> {
    const ranked = 'SELECT * FROM clusters WHERE run = ? ORDER BY tests DESC, attempts DESC, id';
    return this.#ofRun(runId, ranked).map(rows.toCluster);
  }

  async delivery(runId: string, folder: string): Promise<Delivery> {
    const rejectedReasons = this.#all(
      'SELECT reason, sum(lines) AS lines FROM rejected_lines WHERE folder = ? GROUP BY reason ORDER BY lines DESC, reason',
      folder,
    ).map(({ reason, lines }) => ({ reason: String(reason), lines: Number(lines) }));
    let events = 0;
    let kept = 0;
    let numbered = 0;
    for (const row of this.#ofRun(runId, 'SELECT next_seq, kept, rejected FROM writers WHERE run = ?')) {
      events += Number(row.next_seq) - 1;
      kept += Number(row.kept);
      numbered += Number(row.rejected);
    }
    const rejected = rejectedReasons.reduce((sum, { lines }) => sum + lines, 0);
    return { events, kept, gaps: events - kept - numbered, rejected, rejectedReasons };
  }

  async mask(runId: string, mask: Mask): Promise<MaskedRows> {
    const [row] = this.#all('SELECT id FROM runs WHERE run_id = ?', runId);
    return maskRows(this.#connection, row && Number(row.id), mask);
  }

  async close(): Promise<void> {
    this.#connection.close();
  }

  /** Rows of a statement whose first parameter is the run's internal number. */
  #ofRun(runId: string, sql: string, ...values: SQLInputValue[]): Record<string, unknown>[] {
    const run = this.#all('SELECT id FROM runs WHERE run_id = ?', runId)[0]?.id;
    return typeof run === 'number' ? this.#all(sql, run, ...values) : [];
  }

  #all(sql: string, ...values: SQLInputValue[]): Record<string, unknown>[] {
    return this.#connection.read(() => this.#prepare(sql).all(...values));
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#connection.database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
