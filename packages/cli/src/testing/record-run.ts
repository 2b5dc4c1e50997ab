/** Writes the spool of a small run as a reporter would, for tests. */
import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { join } from 'node:path';
import {
  type EventBody,
  type EvidenceRecord,
  identityKey,
  type PlannedTest,
  type RunError,
  type RunStatus,
  type TestStatus,
} from '@quality-hub/protocol';
import { SpoolWriter } from '@quality-hub/telemetry';

export interface RecordedTest {
  readonly title: string;
  /** Status of each attempt; `hangs` starts and never ends. None: it never started. */
  readonly attempts: readonly (TestStatus | 'hangs')[];
  readonly error?: RunError;
  /** Recorded with each attempt; of what is no flag only with those that fail. */
  readonly evidence?: readonly EvidenceRecord['evidence'][];
  /** Title of the group around the test. */
  readonly group?: string;
}

export interface RecordedRun {
  readonly runId: string;
  readonly tests: readonly RecordedTest[];
  /** Absent where the runner was killed. */
  readonly end?: RunStatus;
  readonly startedAt?: string;
  readonly errors?: readonly RunError[];
  /** Process that is said to have written it. @default one that is gone */
  readonly pid?: number;
  readonly shards?: number;
  /** Machine that is said to have run it. @default this one */
  readonly host?: string;
  readonly outputDirs?: readonly string[];
  readonly branch?: string;
}

/** Writes to `<hubFolder>/spool/<runId>` and gives the number of events. */
export function recordRun(hubFolder: string, run: RecordedRun): number {
  const startMs = Date.parse(run.startedAt ?? '2026-02-03T04:05:06.000Z');
  let now = startMs;
  const spool = new SpoolWriter({
    folder: join(hubFolder, 'spool', run.runId),
    runId: run.runId,
    shard: 1,
    writer: `r-${run.runId}`,
    now: () => now,
  });
  const say = (body: EventBody): void => {
    now += 10;
    spool.append(body);
  };
  const planned = run.tests.map(plan);
  say(runStarted(run, new Date(startMs).toISOString()));
  say({ kind: 'test.planned', tests: planned });
  for (const [index, test] of run.tests.entries()) {
    for (const [retry, status] of test.attempts.entries()) {
      now += 100;
      const attempt = { test: planned[index]?.test ?? '', retry, startedAt: new Date(now).toISOString() };
      const place = { workerIndex: 0, parallelIndex: 0 };
      say({ kind: 'test.started', ...attempt, ...place });
      if (status === 'hangs') continue;
      const bad = status === 'failed' || status === 'timedOut';
      const seen = (test.evidence ?? []).filter(({ kind }) => bad || kind === 'flag');
      if (seen.length > 0) say({ kind: 'evidence', ...attempt, records: records(seen, attempt.startedAt) });
      const errors = test.error && bad ? [test.error] : [];
      const expectedStatus = status === 'skipped' ? status : 'passed';
      const outcome = { status, expectedStatus, durationMs: 50, errors, annotations: [] } as const;
      say({ kind: 'test.ended', ...attempt, ...place, ...outcome });
    }
  }
  for (const error of run.errors ?? []) say({ kind: 'error', error });
  if (run.end) {
    const startedAt = new Date(startMs).toISOString();
    say({ kind: 'run.ended', status: run.end, startedAt, durationMs: now - startMs });
  }
  spool.close();
  return spool.lastSeq;
}

function plan({ title, group }: RecordedTest): PlannedTest {
  const location = { file: 'shop.spec.ts', line: 7, column: 1 };
  const identity = {
    project: 'shop',
    playwrightProject: 'api',
    file: location.file,
    titlePath: group === undefined ? [title] : [group, title],
    repeatEachIndex: 0,
  };
  const rest = { tags: [], annotations: [], retries: 1, timeoutMs: 30_000, expectedStatus: 'passed' } as const;
  return { test: identityKey(identity), identity, location, ...rest };
}

function runStarted(
  { pid = deadPid(), host = hostname(), shards = 1, branch, outputDirs }: RecordedRun,
  startedAt: string,
): EventBody {
  return {
    kind: 'run.started',
    project: 'shop',
    mode: 'test',
    shards,
    startedAt,
    workers: 1,
    projects: [{ name: 'api', retries: 1, timeoutMs: 30_000, dependencies: [] }],
    rootDir: '/shop',
    playwrightVersion: '1.65.1',
    nodeVersion: '24.21.0',
    platform: 'linux',
    host,
    pid,
    failOnFlakyTests: false,
    ...(outputDirs === undefined ? {} : { outputDirs }),
    ...(branch === undefined ? {} : { commit: { hash: 'abc1234', branch } }),
  };
}

function records(evidence: readonly EvidenceRecord['evidence'][], at: string): EvidenceRecord[] {
  return evidence.map((one, index) => ({ writer: `w-${at}`, seq: index + 1, at, evidence: one }));
}

/** Id of a process that has just ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}
