/** The prepared statements of ingest. Parameters have no numbers: Node 22 cannot bind `?1`. */
import type { DatabaseSync, StatementSync } from 'node:sqlite';

const STATEMENTS = {
  run: 'SELECT id FROM runs WHERE run_id = ?',
  newRun: 'INSERT INTO runs (run_id, started_at) VALUES (?, ?) ON CONFLICT DO NOTHING',
  runStarted: `UPDATE runs SET project = told.project, shards = max(runs.shards, told.shards),
    started_at = iif(runs.facts IS NULL, told.started_at, min(runs.started_at, told.started_at)),
    facts = coalesce(runs.facts, told.facts)
    FROM (SELECT ? AS project, ? AS shards, ? AS started_at, ? AS facts) AS told WHERE id = ?`,
  changed: 'UPDATE runs SET changes = changes + 1 WHERE id = ?',
  writer: 'SELECT next_seq, missing, last_at, kept, rejected FROM writers WHERE run = ? AND writer = ?',
  newWriter: `INSERT INTO writers (run, writer, shard, role, last_at, next_seq, missing, kept, rejected)
    VALUES (?, ?, ?, ?, ?, 1, '[]', 0, 0)`,
  saveWriter: `UPDATE writers SET next_seq = ?, missing = ?, last_at = ?, kept = ?, rejected = ? WHERE run = ? AND writer = ?`,
  reporterProcess: `UPDATE writers SET role = 'reporter', mode = ?, host = ?, pid = ? WHERE run = ? AND writer = ?`,
  workerProcess: `UPDATE writers SET role = 'worker', pid = ? WHERE run = ? AND writer = ?`,
  writerEnded: `UPDATE writers SET ended_status = ?, ended_started_at = ?, ended_duration_ms = ? WHERE run = ? AND writer = ?`,
  writerClosed: `INSERT INTO closed_writers (run, writer, last_seq, at, reason) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET last_seq = excluded.last_seq, at = excluded.at, reason = excluded.reason
    WHERE excluded.last_seq > last_seq`,
  knownTest: 'SELECT id, identity FROM identities WHERE test = ?',
  newTest: 'INSERT INTO identities (test, identity) VALUES (?, ?)',
  nameTest: 'UPDATE identities SET identity = ? WHERE id = ?',
  test: `INSERT INTO tests (run, test, file, line, col, tags, annotations, retries, timeout_ms, expected_status)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
  attempt: `INSERT INTO attempts (run, test, retry, started_at, shard, writer, seq, worker_index, parallel_index,
      status, expected_status, duration_ms, errors, annotations, blocked)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
      worker_index = coalesce(attempts.worker_index, excluded.worker_index),
      parallel_index = coalesce(attempts.parallel_index, excluded.parallel_index),
      expected_status = iif(attempts.status IS NULL, excluded.expected_status, attempts.expected_status),
      duration_ms = iif(attempts.status IS NULL, excluded.duration_ms, attempts.duration_ms),
      errors = iif(attempts.status IS NULL, excluded.errors, attempts.errors),
      annotations = iif(attempts.status IS NULL, excluded.annotations, attempts.annotations),
      blocked = iif(attempts.status IS NULL, excluded.blocked, attempts.blocked),
      status = coalesce(attempts.status, excluded.status)
    RETURNING id, writer`,
  steps: 'INSERT INTO steps (run, attempt, steps) VALUES (?, ?, ?)',
  output: 'INSERT INTO output (run, attempt, at, stream, text) VALUES (?, ?, ?, ?, ?)',
  attachment: 'INSERT INTO attachments (run, attempt, name, content_type, path, size_bytes) VALUES (?, ?, ?, ?, ?, ?)',
  evidence: 'INSERT INTO evidence (run, test, retry, shard, started_at, records) VALUES (?, ?, ?, ?, ?, ?)',
  evidenceSequence: 'SELECT next_seq, missing FROM evidence_writers WHERE run = ? AND writer = ?',
  saveEvidence: `INSERT INTO evidence_writers (run, writer, next_seq, missing) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET next_seq = excluded.next_seq, missing = excluded.missing`,
  runError: `INSERT INTO run_errors (run, at, worker_index, error)
    SELECT new.* FROM (SELECT ? AS run, ? AS at, ? AS worker_index, ? AS error) AS new
    WHERE NOT EXISTS (SELECT 1 FROM run_errors AS known WHERE known.run = new.run AND known.error = new.error)`,
  unknown: 'INSERT INTO unknown_events (run, writer, seq, kind, line) VALUES (?, ?, ?, ?, ?)',
  reject: `INSERT INTO rejected_lines (folder, file, reason, lines) VALUES (?, ?, ?, 1)
    ON CONFLICT DO UPDATE SET lines = lines + 1`,
  forgetRejected: 'DELETE FROM rejected_lines WHERE folder = ? AND file = ?',
  offsetOf: 'SELECT offset FROM spool_files WHERE folder = ? AND file = ?',
  offset: `INSERT INTO spool_files (folder, file, offset) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET offset = excluded.offset`,
} as const;

export type WriteStatements = Readonly<Record<keyof typeof STATEMENTS, StatementSync>>;

export function prepareWrites(database: DatabaseSync): WriteStatements {
  const prepared = Object.entries(STATEMENTS).map(([name, sql]) => [name, database.prepare(sql)] as const);
  return Object.fromEntries(prepared) as WriteStatements;
}
