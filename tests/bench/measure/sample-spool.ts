/** Spools as a reporter writes them, without a runner. */
import { identityKey, type PlannedTest, type StepFacts } from '@quality-hub/protocol';
import { type HubFolder, runSpoolFolder, SpoolWriter } from '@quality-hub/telemetry';

const CHUNK = 500;
const FIRST_DAY = Date.parse('2026-01-01T00:00:00.000Z');
const HOUR_MS = 3_600_000;

export function sampleTests(count: number): PlannedTest[] {
  return Array.from({ length: count }, (_, n) => {
    const file = `feature-${Math.floor(n / 50)}.spec.ts`;
    const identity = {
      project: 'bench',
      playwrightProject: 'chromium',
      file,
      titlePath: [`feature ${Math.floor(n / 50)}`, `does thing number ${n}`],
      repeatEachIndex: 0,
    };
    return {
      test: identityKey(identity),
      identity,
      location: { file, line: (n % 50) * 5 + 3, column: 5 },
      tags: [],
      annotations: [],
      retries: 1,
      timeoutMs: 30_000,
      expectedStatus: 'passed',
    };
  });
}

/** Writes a whole run of the tests, one result each, and returns the number of its events. */
export function writeRun(folder: HubFolder, runId: string, index: number, tests: readonly PlannedTest[]): number {
  let now = FIRST_DAY + index * HOUR_MS;
  const startedAt = new Date(now).toISOString();
  const spool = new SpoolWriter({
    folder: runSpoolFolder(folder, runId),
    runId,
    shard: 1,
    writer: `r-${runId}`,
    now: () => now,
  });
  spool.append({
    kind: 'run.started',
    project: 'bench',
    mode: 'test',
    shards: 1,
    startedAt,
    workers: 2,
    projects: [{ name: 'chromium', retries: 1, timeoutMs: 30_000, dependencies: [] }],
    rootDir: '/repo/tests',
    playwrightVersion: '1.65.1',
    nodeVersion: '24.0.0',
    platform: 'linux',
    host: 'bench',
    pid: 1,
    failOnFlakyTests: false,
  });
  for (let from = 0; from < tests.length; from += CHUNK) {
    spool.append({ kind: 'test.planned', tests: tests.slice(from, from + CHUNK) });
  }
  for (const [n, { test }] of tests.entries()) {
    now += 50;
    const ref = { test, retry: 0, startedAt: new Date(now).toISOString() };
    const place = { workerIndex: n % 2, parallelIndex: n % 2 };
    spool.append({ kind: 'test.started', ...ref, ...place });
    spool.append({ kind: 'test.steps', ...ref, steps: stepsAt(ref.startedAt) });
    spool.append({
      kind: 'test.ended',
      ...ref,
      ...place,
      status: 'passed',
      expectedStatus: 'passed',
      durationMs: 40,
      errors: [],
      annotations: [],
    });
    if (n % 100 === 99) spool.flush();
  }
  spool.append({ kind: 'run.ended', status: 'passed', startedAt, durationMs: tests.length * 50 });
  spool.close();
  return spool.lastSeq;
}

function stepsAt(startedAt: string): StepFacts[] {
  return [
    { id: 1, title: 'Before Hooks', category: 'hook', startedAt, durationMs: 4 },
    { id: 2, title: 'Expect "toBe"', category: 'expect', params: { expected: 1 }, startedAt, durationMs: 1 },
    { id: 3, title: 'After Hooks', category: 'hook', startedAt, durationMs: 3 },
  ];
}
