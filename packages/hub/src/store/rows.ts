/** From rows of the tables to the words of the store's port. */
import type { PlannedTest, RunStatus, TestStatus, Verdict } from '@quality-hub/protocol';
import type { Judged } from '../analysis/judged.ts';
import type { RunState } from '../life/run-life.ts';
import type { AttemptRow, ClusterRow, EvidenceRow, PastAttempt, RunRow, WriterRow } from './run-store.ts';

type Row = Record<string, unknown>;

export function toRun(row: Row): RunRow {
  return {
    runId: String(row.run_id),
    project: String(row.project),
    shards: Number(row.shards),
    startedAt: String(row.started_at),
    facts: json(row.facts),
    state: row.state as RunState,
    status: maybe(row.status) as RunStatus | undefined,
    durationMs: maybe(row.duration_ms) as number | undefined,
    counts: json(row.counts),
    verdicts: json(row.verdicts) ?? {},
    isSettled: row.changes === row.concluded && row.state !== 'planned' && row.state !== 'running',
  };
}

export function toWriter(row: Row): WriterRow {
  return {
    writer: String(row.writer),
    shard: Number(row.shard),
    role: row.role as WriterRow['role'],
    mode: maybe(row.mode) as WriterRow['mode'],
    host: maybe(row.host) as string | undefined,
    pid: maybe(row.pid) as number | undefined,
    lastAt: String(row.last_at),
    lastSeq: Number(row.next_seq) - 1,
    closed:
      row.closed_seq === null
        ? undefined
        : { lastSeq: Number(row.closed_seq), at: String(row.closed_at), reason: String(row.closed_reason) },
    ended:
      row.ended_status === null
        ? undefined
        : {
            status: row.ended_status as RunStatus,
            startedAt: String(row.ended_started_at),
            durationMs: Number(row.ended_duration_ms),
          },
  };
}

export function toPlanned(row: Row): PlannedTest {
  return {
    test: String(row.key),
    identity: JSON.parse(String(row.identity)),
    location: { file: String(row.file), line: Number(row.line), column: Number(row.col) },
    tags: list(row.tags),
    annotations: list(row.annotations),
    retries: Number(row.retries),
    timeoutMs: Number(row.timeout_ms),
    expectedStatus: row.expected_status as TestStatus,
  };
}

export function toAttempt(row: Row): AttemptRow {
  return {
    id: Number(row.id),
    test: String(row.test),
    retry: Number(row.retry),
    startedAt: String(row.started_at),
    shard: Number(row.shard),
    writer: String(row.writer),
    seq: Number(row.seq),
    status: maybe(row.status) as TestStatus | undefined,
    expectedStatus: maybe(row.expected_status) as TestStatus | undefined,
    durationMs: maybe(row.duration_ms) as number | undefined,
    blocked: row.blocked === 1,
  };
}

/** In the order of the columns of its query. */
export function toPastAttempt([
  runId,
  retry,
  startedAt,
  status,
  expectedStatus,
  durationMs,
]: readonly unknown[]): PastAttempt {
  return {
    runId: String(runId),
    retry: Number(retry),
    startedAt: String(startedAt),
    status: maybe(status) as TestStatus | undefined,
    expectedStatus: maybe(expectedStatus) as TestStatus | undefined,
    durationMs: maybe(durationMs) as number | undefined,
  };
}

export function toEvidence(row: Row): EvidenceRow {
  return {
    test: String(row.test),
    retry: Number(row.retry),
    shard: Number(row.shard),
    startedAt: maybe(row.started_at) as string | undefined,
    records: list(row.records),
  };
}

export function toJudged(row: Row): Judged {
  return {
    test: String(row.test),
    retry: Number(row.retry),
    startedAt: String(row.started_at),
    judgement: { verdict: row.verdict as Verdict, confidence01: Number(row.confidence), findings: list(row.findings) },
    fingerprint: String(row.fingerprint),
    cluster: String(row.cluster),
  };
}

export function toCluster(row: Row): ClusterRow {
  return {
    id: String(row.id),
    title: String(row.title),
    verdict: row.verdict as Verdict,
    remedy: String(row.remedy),
    attempts: Number(row.attempts),
    tests: Number(row.tests),
  };
}

/** A JSON array, or an empty one for NULL. */
export function list<T>(value: unknown): T[] {
  return typeof value === 'string' ? JSON.parse(value) : [];
}

export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function json<T>(value: unknown): T | undefined {
  return typeof value === 'string' ? JSON.parse(value) : undefined;
}

function maybe(value: unknown): unknown {
  return value === null ? undefined : value;
}
