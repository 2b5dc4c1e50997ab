/** Writes spools of made-up runs, with the same writer that reporters use. */
import { hostname } from 'node:os';
import {
  type Evidence,
  type EvidenceRecord,
  identityKey,
  type PlannedTest,
  type RunError,
  type RunStartedEvent,
  type RunStatus,
  type TestIdentity,
  type TestStatus,
} from '@quality-hub/protocol';
import { type HubFolder, runSpoolFolder, SpoolWriter } from '@quality-hub/telemetry';

export const START = Date.parse('2026-11-21T10:00:00.000Z');

/** An instant of the sample runs, `ms` after their start. */
export function at(ms: number): string {
  return new Date(START + ms).toISOString();
}

export function identity(title: string, file = 'orders.spec.ts'): TestIdentity {
  return { project: 'shop', playwrightProject: 'chromium', file, titlePath: [title], repeatEachIndex: 0 };
}

export function planned(title: string): PlannedTest {
  const named = identity(title);
  return {
    test: identityKey(named),
    identity: named,
    location: { file: named.file, line: 3, column: 1 },
    tags: [],
    annotations: [],
    retries: 2,
    timeoutMs: 30_000,
    expectedStatus: 'passed',
  };
}

export interface SampleAttempt {
  readonly retry?: number;
  /** Milliseconds after the start of the run. */
  readonly startMs?: number;
  /** Absent: the attempt never ends. */
  readonly status?: TestStatus;
  readonly expectedStatus?: TestStatus;
  readonly errors?: readonly RunError[];
  readonly annotations?: readonly { readonly type: string }[];
}

export interface SampleWriterOptions {
  readonly runId?: string;
  readonly shard?: number;
  readonly shards?: number;
  readonly writer?: string;
  readonly mode?: 'test' | 'merge';
  readonly host?: string;
  readonly pid?: number;
  readonly now?: () => number;
}

/** One reporter of a sample run. */
export class SampleWriter {
  readonly spool: SpoolWriter;
  readonly #options: SampleWriterOptions;

  constructor(folder: HubFolder, options: SampleWriterOptions = {}) {
    const { runId = 'run-1', shard = 1, writer = 'r-1', now } = options;
    this.#options = options;
    this.spool = new SpoolWriter({
      folder: runSpoolFolder(folder, runId),
      runId,
      shard,
      writer,
      ...(now ? { now } : {}),
    });
  }

  begin(titles: readonly string[], facts: Partial<RunStartedEvent> = {}): this {
    const { shards = 1, mode = 'test', host = hostname(), pid = process.pid } = this.#options;
    this.spool.append({
      kind: 'run.started',
      project: 'shop',
      mode,
      shards,
      startedAt: at(0),
      workers: 2,
      projects: [{ name: 'chromium', retries: 2, timeoutMs: 30_000, dependencies: [] }],
      rootDir: '/suite',
      playwrightVersion: '1.65.1',
      nodeVersion: '24.0.0',
      platform: 'linux',
      host,
      pid,
      failOnFlakyTests: false,
      ...facts,
    });
    this.spool.append({ kind: 'test.planned', tests: titles.map(planned) });
    return this;
  }

  attempt(title: string, options: SampleAttempt = {}): this {
    const {
      retry = 0,
      startMs = retry * 1000,
      status,
      expectedStatus = 'passed',
      errors = [],
      annotations = [],
    } = options;
    const ref = { test: planned(title).test, retry, startedAt: at(startMs) };
    this.spool.append({ kind: 'test.started', ...ref, workerIndex: 0, parallelIndex: 0 });
    if (status !== undefined) {
      const rest = { status, expectedStatus, durationMs: 100, workerIndex: 0, parallelIndex: 0, errors, annotations };
      this.spool.append({ kind: 'test.ended', ...ref, ...rest });
    }
    return this;
  }

  evidence(
    title: string,
    records: readonly EvidenceRecord[],
    { retry = 0, startMs }: { retry?: number; startMs?: number } = {},
  ): this {
    const startedAt = startMs === undefined ? {} : { startedAt: at(startMs) };
    this.spool.append({ kind: 'evidence', test: planned(title).test, retry, ...startedAt, records });
    return this;
  }

  end(status: RunStatus = 'passed'): this {
    this.spool.append({ kind: 'run.ended', status, startedAt: at(0), durationMs: 5_000 });
    this.spool.close();
    return this;
  }

  flush(): this {
    this.spool.flush();
    return this;
  }
}

export function record(seq: number, evidence: Evidence, atMs = seq): EvidenceRecord {
  return { writer: 'w-1', seq, at: at(atMs), evidence };
}
