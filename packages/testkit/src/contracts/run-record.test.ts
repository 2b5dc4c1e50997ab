import { type EventBody, type EvidenceRecord, PROTOCOL_VERSION, type RunEvent } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import { runRecord } from './run-record.ts';

const AT = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-01T00:00:01.000Z';
const PLACE = { workerIndex: 0, parallelIndex: 0 };
const project = { name: '', retries: 1, timeoutMs: 30_000, dependencies: [] };
const record: EvidenceRecord = { writer: 'w-1', seq: 1, at: AT, evidence: { kind: 'note', name: 'seen' } };

const planned: EventBody = {
  kind: 'test.planned',
  tests: ['refunds', 'pays'].map(title => ({
    test: title,
    identity: { project: 'shop', playwrightProject: '', file: 'a.ts', titlePath: [title], repeatEachIndex: 0 },
    location: { file: 'a.ts', line: 1, column: 1 },
    tags: [],
    annotations: [],
    retries: 1,
    timeoutMs: 30_000,
    expectedStatus: 'passed',
  })),
};
const started = (runId: string): EventBody => ({
  kind: 'run.started',
  project: 'shop',
  mode: 'test',
  shards: 1,
  startedAt: AT,
  workers: 1,
  projects: [project, { ...project, name: 'unused' }],
  rootDir: `/${runId}`,
  playwrightVersion: '1.65.1',
  nodeVersion: '24.0.0',
  platform: 'linux',
  host: runId,
  pid: 1,
  failOnFlakyTests: false,
  shuffleSeed: '7',
});

function attempt(title: string, retry: number, startedAt: string, status: 'passed' | 'failed'): EventBody[] {
  const ref = { test: title, retry, startedAt };
  const step = { title: 'step', category: 'test.step', startedAt, durationMs: 1 };
  return [
    { kind: 'test.started', ...ref, ...PLACE },
    { kind: 'test.steps', ...ref, steps: [{ id: 1, ...step }] },
    { kind: 'output', ...ref, stream: 'stdout', text: 'one' },
    { kind: 'output', ...ref, stream: 'stdout', text: ' line\n' },
    { kind: 'test.steps', ...ref, steps: [{ id: 2, ...step }] },
    { kind: 'evidence', ...ref, records: [record] },
    { kind: 'attachment', ...ref, name: 'note', contentType: 'text/plain', path: '/somewhere/note.txt', sizeBytes: 4 },
    {
      kind: 'test.ended',
      ...ref,
      ...PLACE,
      status,
      expectedStatus: 'passed',
      durationMs: 5,
      errors: [],
      annotations: [],
    },
  ];
}

const loadError: EventBody = { kind: 'error', error: { message: 'b.ts does not load' } };
const ended = (status: 'passed' | 'failed'): EventBody => ({ kind: 'run.ended', status, startedAt: AT, durationMs: 9 });

function written(writer: string, bodies: readonly EventBody[]): RunEvent[] {
  return bodies.map((body, index) => ({
    v: PROTOCOL_VERSION,
    runId: writer,
    shard: 1,
    writer,
    seq: index + 1,
    at: AT,
    ...body,
  }));
}

const whole = written('r-whole', [
  started('here'),
  planned,
  { kind: 'output', stream: 'stderr', text: 'b\na\n' },
  ...attempt('pays', 0, AT, 'failed'),
  ...attempt('pays', 1, LATER, 'passed'),
  loadError,
  ended('failed'),
]);

test('tells of each test what its reporter said, whatever way it was cut into events', () => {
  const { tests, ...run } = runRecord(whole);
  expect(run).toEqual({
    errors: [{ message: 'b.ts does not load' }],
    output: ['a', 'b'],
    projects: [project],
    status: 'failed',
    failOnFlakyTests: false,
    shuffleSeed: '7',
  });
  expect(Object.keys(tests)).toEqual(['a.ts › pays', 'a.ts › refunds']);
  expect(tests['a.ts › refunds']?.attempts).toEqual([]);
  expect(tests['a.ts › pays']?.attempts).toMatchObject([
    {
      retry: 0,
      status: 'failed',
      stdout: 'one line\n',
      stderr: '',
      steps: [{ id: 1 }, { id: 2 }],
      evidence: [record],
      attachments: [{ name: 'note', contentType: 'text/plain', sizeBytes: 4, file: true }],
    },
    { retry: 1, status: 'passed' },
  ]);
});

test('is the same where two reporters wrote parts of the run, and workers their journals', () => {
  const parts = [
    ...written('r-2', [started('there'), planned, ...attempt('pays', 1, LATER, 'passed'), ended('passed')]),
    ...written('r-1', [
      started('elsewhere'),
      planned,
      { kind: 'output', stream: 'stderr', text: 'a\nb\n' },
      ...attempt('pays', 0, AT, 'failed'),
      loadError,
      ended('failed'),
    ]),
    ...written('w-1', [{ kind: 'worker.started', ...PLACE, pid: 2 }]),
  ];
  expect(runRecord(parts)).toEqual(runRecord(whole));
});

test('an attempt that never ended has no status, and a test that nobody planned is named by its key', () => {
  const begun = attempt('pays', 0, AT, 'passed').slice(0, 2);
  expect(runRecord(written('r-1', begun)).tests).toMatchObject({
    'unplanned test pays': { planned: undefined, attempts: [{ retry: 0, steps: [{ id: 1 }] }] },
  });
});
