import { expect, test } from 'vitest';
import { type EventBody, type Evidence, PROTOCOL_VERSION, type RunEvent } from '../index.ts';
import { evidenceBundleSchema, evidenceSchema, readEvent, runEventJsonSchema, runEventSchema } from './index.ts';

const at = '2026-11-21T10:00:00.000Z';
const envelope = { v: PROTOCOL_VERSION, runId: 'run-1', shard: 1, writer: 'r-1', seq: 1, at } as const;
const attempt = { test: 'a'.repeat(32), retry: 0, startedAt: at };
const place = { workerIndex: 0, parallelIndex: 0 };
const location = { file: 'a.spec.ts', line: 3, column: 1 };
const note: Evidence = { kind: 'note', name: 'seen', data: { a: [1, null, 'x'] } };
const record = { writer: 'w-1', seq: 1, at, evidence: note };

const bodies: readonly EventBody[] = [
  {
    kind: 'run.started',
    project: 'shop',
    mode: 'test',
    shards: 2,
    startedAt: at,
    workers: 2,
    projects: [{ name: '', retries: 1, timeoutMs: 30_000, dependencies: [] }],
    rootDir: '/repo',
    outputDirs: ['/repo/test-results'],
    playwrightVersion: '1.65.1',
    nodeVersion: '24.21.0',
    platform: 'linux',
    host: 'host',
    pid: 7,
    failOnFlakyTests: false,
    ci: { name: 'github' },
    commit: { hash: 'abc', branch: 'main' },
  },
  {
    kind: 'test.planned',
    tests: [
      {
        test: attempt.test,
        identity: { project: 'shop', playwrightProject: '', file: 'a.spec.ts', titlePath: ['a'], repeatEachIndex: 0 },
        location,
        tags: ['@smoke'],
        annotations: [{ type: 'issue', description: '12' }],
        retries: 1,
        timeoutMs: 30_000,
        expectedStatus: 'passed',
      },
    ],
  },
  { kind: 'worker.started', ...place, pid: 8 },
  { kind: 'test.started', ...attempt, ...place },
  {
    kind: 'test.steps',
    ...attempt,
    steps: [{ id: 1, title: 'click', category: 'pw:api', params: { x: 1 }, startedAt: at, durationMs: 2, location }],
  },
  { kind: 'output', stream: 'stderr', text: 'oh' },
  { kind: 'output', ...attempt, stream: 'stdout', text: 'ah' },
  { kind: 'evidence', test: attempt.test, retry: 0, records: [record] },
  { kind: 'attachment', ...attempt, name: 'shot', contentType: 'image/png', path: '/x.png', sizeBytes: 3 },
  {
    kind: 'test.ended',
    ...attempt,
    ...place,
    status: 'failed',
    expectedStatus: 'passed',
    durationMs: 5,
    errors: [{ message: 'no', location, cause: { message: 'why', cause: { message: 'deeper' } } }],
    annotations: [],
  },
  { kind: 'error', error: { message: 'no tests found' } },
  { kind: 'run.ended', status: 'failed', startedAt: at, durationMs: 12 },
  {
    kind: 'run.ended',
    status: 'passed',
    startedAt: at,
    durationMs: 12,
    leftovers: { count: 2, failed: 1, oldestMs: 60_000 },
  },
  { kind: 'run.closed', writers: [{ writer: 'r-1', lastSeq: 4, reason: 'its process has ended' }] },
  { kind: 'heartbeat' },
];

const evidence: readonly Evidence[] = [
  note,
  {
    kind: 'traffic',
    source: 'page',
    method: 'GET',
    url: 'http://a/b',
    status: 502,
    durationMs: 3,
    resource: 'document',
  },
  { kind: 'traffic.counts', requests: 4, failed: 1, byClass: { '2': 3 }, omitted: 0 },
  { kind: 'page.error', type: 'crash', message: 'Page crashed' },
  { kind: 'console.error', message: 'oops', url: 'http://a/' },
  {
    kind: 'call',
    dependency: 'pay',
    operation: 'POST /pay/{id}',
    outcome: 'refused',
    attempts: 2,
    durationMs: 90,
    status: 503,
    errorCode: 'QH_HTTP_STATUS',
    origin: 'http://pay.test:8080',
    waitedMs: 40,
    refusedBy: 'breaker',
    reusedConnection: true,
    connectMs: 2,
    firstByteMs: 9,
    sentBytes: 20,
    receivedBytes: 300,
    retryAfterMs: 5_000,
    traceId: 'a'.repeat(32),
  },
  { kind: 'breaker', dependency: 'pay', from: 'closed', to: 'open', reason: '5 of 5 failed' },
  { kind: 'lease', resource: 'cashier', outcome: 'granted', waitedMs: 4 },
  { kind: 'conflict', resource: 'coupon', detail: 'used up' },
  { kind: 'secret', name: 'key', outcome: 'expired', expiresAt: at },
  { kind: 'flag', name: 'button', variant: 'red', reason: 'SPLIT', provider: 'flags.yaml' },
  { kind: 'health', dependency: 'pay', state: 'down' },
  { kind: 'database', database: 'shop', operation: 'insert', durationMs: 3, errorCode: '23505' },
  {
    kind: 'pool',
    dependency: 'pay',
    server: 'http://pay.test',
    opened: 2,
    broken: 1,
    reused: 9,
    waits: 1,
    waitedMs: 20,
  },
  { kind: 'cleanup', record: 'order 1', outcome: 'gone' },
  { kind: 'log', path: 'w.log', fromByte: 0, toByte: 9, errors: 1 },
  { kind: 'resource', rssBytes: 1 },
];

for (const body of bodies) {
  test(`an event ${body.kind} is read back as it was written`, () => {
    const event = { ...envelope, ...body } as RunEvent;
    expect(runEventSchema.parse(event)).toEqual(event);
    expect(readEvent(JSON.stringify(event))).toEqual(event);
  });
}

for (const item of evidence) {
  test(`evidence ${item.kind} is read back as it was written`, () => {
    expect(evidenceSchema.parse(item)).toEqual(item);
  });
}

test('every kind of event and of evidence has a sample here', () => {
  const kinds = (schema: { options: readonly { shape: { kind: { value: string } } }[] }) =>
    schema.options.map(option => option.shape.kind.value).sort();
  expect([...new Set(bodies.map(({ kind }) => kind as string))].sort()).toEqual(kinds(runEventSchema));
  expect(evidence.map(({ kind }) => kind as string).sort()).toEqual(kinds(evidenceSchema));
});

test('keys of a newer writer are dropped, not refused', () => {
  const event = { ...envelope, kind: 'heartbeat', mood: 'good' };
  expect(runEventSchema.parse(event)).toEqual({ ...envelope, kind: 'heartbeat' });
});

test('a bundle of evidence is read without a run id', () => {
  expect(evidenceBundleSchema.parse({ v: 2, records: [record] })).toEqual({ v: 2, records: [record] });
});

test('an event of version 1 is read in the words of today', () => {
  const old = {
    v: 1,
    run: 'r',
    shard: 1,
    writer: 'r-1',
    seq: 3,
    at,
    kind: 'run.ended',
    status: 'passed',
    startedAt: at,
    duration: 1.5,
  };
  expect(readEvent(JSON.stringify(old))).toEqual({
    ...envelope,
    runId: 'r',
    seq: 3,
    kind: 'run.ended',
    status: 'passed',
    startedAt: at,
    durationMs: 1500,
  });
});

for (const [why, line, message] of [
  ['that is not JSON', '{"v":2,', 'the line is not JSON'],
  ['of an unknown kind', JSON.stringify({ ...envelope, kind: 'party' }), 'kind: '],
  ['without a field', JSON.stringify({ ...envelope, kind: 'run.ended', startedAt: at, durationMs: 1 }), 'status: '],
  ['with number 0', JSON.stringify({ ...envelope, seq: 0, kind: 'heartbeat' }), 'seq: '],
  ['with an undefined instant', JSON.stringify({ ...envelope, at: 'noon', kind: 'heartbeat' }), 'at: '],
] as const) {
  test(`a line ${why} is refused with the field that is wrong`, () => {
    expect(() => readEvent(line)).toThrow(
      expect.objectContaining({ code: 'QH_EVENT', message: expect.stringContaining(message) }),
    );
  });
}

test('the JSON Schema changes only on purpose', async () => {
  await expect(`${JSON.stringify(runEventJsonSchema(), null, 2)}\n`).toMatchFileSnapshot('./run-event.schema.json');
});
