import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AttemptRow, WriterRow } from '../store/run-store.ts';
import { standingOf } from './run-state.ts';
import { survey } from './survey.ts';
import { lifeOf } from './test-outcome.ts';
import { isGone } from './writer-life.ts';

const NOW = Date.parse('2026-11-21T10:00:00.000Z');

function writer(some: Partial<WriterRow> = {}): WriterRow {
  return {
    writer: 'r-1',
    shard: 1,
    role: 'reporter',
    mode: 'test',
    host: 'here',
    pid: 1,
    lastAt: new Date(NOW - 1000).toISOString(),
    lastSeq: 9,
    closed: undefined,
    ended: undefined,
    ...some,
  };
}

function attempt(some: Partial<AttemptRow> = {}): AttemptRow {
  return {
    id: 1,
    test: 't',
    retry: 0,
    startedAt: '',
    shard: 1,
    writer: 'r-1',
    seq: 1,
    status: 'passed',
    expectedStatus: 'passed',
    durationMs: 1,
    blocked: false,
    ...some,
  };
}

const ENDED = { status: 'passed', startedAt: new Date(NOW - 5000).toISOString(), durationMs: 4000 } as const;
const life = { now: () => NOW, host: 'here' };
const gone = () => true;

test('a writer on this machine lives as long as its process', () => {
  expect(isGone(writer(), { ...life, isAlive: () => true })).toBe(false);
  expect(isGone(writer(), { ...life, isAlive: () => false })).toBe(true);
  expect(isGone(writer({ pid: process.pid }), life)).toBe(false);
  expect(isGone(writer({ pid: 2 ** 30 }), life)).toBe(true);
});

test('another process with the number of a dead one does not keep a run alive', () => {
  expect(isGone(writer({ lastAt: new Date(NOW - 400_000).toISOString() }), { ...life, isAlive: () => true })).toBe(
    true,
  );
});

test('a writer on another machine lives as long as its heartbeat', () => {
  expect(isGone(writer({ host: 'there', lastAt: new Date(NOW - 29_000).toISOString() }), life)).toBe(false);
  expect(isGone(writer({ host: 'there', lastAt: new Date(NOW - 31_000).toISOString() }), life)).toBe(true);
});

test('a writer that wrote its end is gone', () => {
  expect(isGone(writer({ ended: ENDED }), { ...life, isAlive: () => true })).toBe(true);
});

test.for([
  ['passes', [attempt()], 'passed'],
  ['never starts', [], 'notRun'],
  ['fails each time', [attempt({ status: 'failed' }), attempt({ retry: 1, seq: 2, status: 'timedOut' })], 'failed'],
  ['passes when tried again', [attempt({ status: 'failed' }), attempt({ retry: 1, seq: 2 })], 'flaky'],
  ['never ends', [attempt({ status: undefined })], 'lost'],
  ['never ends its retry', [attempt({ status: 'failed' }), attempt({ retry: 1, seq: 2, status: undefined })], 'lost'],
  ['loses one end, and passes then', [attempt({ status: undefined }), attempt({ retry: 1, seq: 2 })], 'flaky'],
  ['is interrupted', [attempt({ status: 'interrupted' })], 'interrupted'],
  ['is passed over', [attempt({ status: 'skipped' })], 'notRun'],
  ['is passed over once', [attempt({ status: 'skipped' }), attempt({ retry: 1, seq: 2 })], 'passed'],
  [
    'is passed over after it failed',
    [attempt({ status: 'failed' }), attempt({ retry: 1, seq: 2, status: 'skipped' })],
    'failed',
  ],
  [
    'fails and then skips itself',
    [attempt({ status: 'failed' }), attempt({ retry: 1, seq: 2, status: 'skipped', expectedStatus: 'skipped' })],
    'flaky',
  ],
  [
    'fails and then fails as expected',
    [attempt({ status: 'failed' }), attempt({ retry: 1, seq: 2, status: 'failed', expectedStatus: 'failed' })],
    'passed',
  ],
  [
    'passes against expectation and then passes',
    [attempt({ expectedStatus: 'failed' }), attempt({ retry: 1, seq: 2 })],
    'passed',
  ],
  [
    'is stopped in its retry',
    [attempt({ status: 'failed' }), attempt({ retry: 1, seq: 2, status: 'interrupted' })],
    'failed',
  ],
  ['fails as expected', [attempt({ status: 'failed', expectedStatus: 'failed' })], 'passed'],
  ['passes unexpectedly', [attempt({ expectedStatus: 'failed' })], 'failed'],
  ['is skipped', [attempt({ status: 'skipped', expectedStatus: 'skipped' })], 'skipped'],
  ['is blocked', [attempt({ status: 'skipped', expectedStatus: 'skipped', blocked: true })], 'blocked'],
  ['passes in one shard and fails in another', [attempt(), attempt({ writer: 'r-2', status: 'failed' })], 'failed'],
  [
    'is flaky in one of two replays',
    [attempt({ seq: 1 }), attempt({ seq: 5, status: 'failed' }), attempt({ seq: 6, retry: 1 })],
    'flaky',
  ],
  [
    'is skipped in one shard only',
    [attempt(), attempt({ writer: 'r-2', status: 'skipped', expectedStatus: 'skipped' })],
    'passed',
  ],
  ['is stopped in one shard', [attempt(), attempt({ writer: 'r-2', status: 'interrupted' })], 'interrupted'],
] as const)('a test that %s is %s', ([, attempts, outcome]) => {
  expect(lifeOf(attempts as readonly AttemptRow[], gone).outcome).toBe(outcome);
});

test('a test that runs at this moment is not lost', () => {
  expect(lifeOf([attempt({ status: undefined })], () => false).outcome).toBe('notRun');
});

test('a report shows the last bad attempt of the worst chain', () => {
  const attempts = [
    attempt({ writer: 'r-2', id: 9 }),
    attempt({ status: 'failed' }),
    attempt({ id: 2, retry: 1, seq: 2, status: 'failed' }),
  ];
  expect(lifeOf(attempts, gone).shown?.id).toBe(2);
});

function stand(writers: readonly WriterRow[], shards = 1, now = NOW, started = true) {
  const dead = new Set(
    writers.filter(one => isGone(one, { ...life, now: () => now, isAlive: () => true })).map(one => one.writer),
  );
  return standingOf({ writers, shards, started, gone: name => dead.has(name), now });
}

test('a run is planned, then running, then finished', () => {
  expect(stand([writer()], 1, NOW, false).state).toBe('planned');
  expect(stand([writer()]).state).toBe('running');
  expect(stand([writer({ ended: ENDED })])).toEqual({ state: 'finished', status: 'passed', durationMs: 4000 });
});

test('the worst status of the shards is the status of the run', () => {
  const shards = [
    writer({ ended: ENDED }),
    writer({ writer: 'r-2', shard: 2, ended: { ...ENDED, status: 'failed', durationMs: 9000 } }),
  ];
  expect(stand(shards, 2)).toEqual({ state: 'finished', status: 'failed', durationMs: 9000 });
});

test('a run whose writer died is lost, unless the shard was run again', () => {
  const dead = writer({ host: 'there', lastAt: new Date(NOW - 60_000).toISOString() });
  expect(stand([dead]).state).toBe('lost');
  expect(stand([dead, writer({ writer: 'r-again', ended: ENDED })]).state).toBe('finished');
});

test('a writer that was closed is gone, whatever its process and its clock say, until it has more to say', () => {
  const closed = { lastSeq: 9, at: '', reason: 'it ran elsewhere' };
  const inTheFuture = writer({ host: 'there', lastAt: new Date(NOW + 3_600_000).toISOString() });
  expect(stand([inTheFuture]).state).toBe('running');
  expect(stand([{ ...inTheFuture, closed }]).state).toBe('lost');
  expect(stand([{ ...inTheFuture, closed, lastSeq: 10 }]).state).toBe('running');
  expect(stand([{ ...inTheFuture, closed, lastSeq: 10, ended: ENDED }]).state).toBe('finished');
});

test('a run that was closed waits for no more shards, and takes those that come', () => {
  const closer = writer({ writer: 'f-1', role: 'closer' });
  const first = writer({ ended: ENDED });
  expect(stand([first, closer], 2).state).toBe('lost');
  expect(stand([first, closer, writer({ writer: 'r-2', shard: 2, ended: ENDED })], 2).state).toBe('finished');
});

test('a shard that was never seen is waited for, but not for ever', () => {
  expect(stand([writer({ ended: ENDED })], 2).state).toBe('running');
  expect(stand([writer({ ended: ENDED })], 2, NOW + 7 * 3_600_000).state).toBe('lost');
});

test('a merge that has ended speaks for all shards', () => {
  expect(stand([writer({ mode: 'merge', ended: ENDED })], 3).state).toBe('finished');
});

const status = fc.option(fc.constantFrom('passed', 'failed', 'timedOut', 'skipped', 'interrupted'), { nil: undefined });
const attempts = fc.array(
  fc.record({
    test: fc.constantFrom('a', 'b', 'c', 'd', 'unplanned'),
    retry: fc.integer({ min: 0, max: 2 }),
    writer: fc.constantFrom('r-1', 'r-2'),
    status,
    expectedStatus: fc.constantFrom('passed', 'failed', 'skipped'),
    blocked: fc.boolean(),
  }),
);
const writers = fc.array(fc.record({ ended: fc.boolean(), silentMs: fc.integer({ min: 0, max: 60_000 }) }), {
  minLength: 2,
  maxLength: 2,
});

test('planned is always finished, not run and lost together, whatever arrives', () => {
  fc.assert(
    fc.property(attempts, writers, fc.subarray(['a', 'b', 'c', 'd', 'e']), (drawn, drawnWriters, plannedTests) => {
      const rows = drawn.map((one, index) =>
        attempt({ ...one, id: index, seq: index, shard: Number(one.writer.slice(2)) } as Partial<AttemptRow>),
      );
      const names = new Set([...plannedTests, ...rows.map(({ test: name }) => name)]);
      const writerRows = drawnWriters.map(({ ended, silentMs }, index) =>
        writer({
          writer: `r-${index + 1}`,
          shard: index + 1,
          host: 'there',
          lastAt: new Date(NOW - silentMs).toISOString(),
          ended: ended ? ENDED : undefined,
        }),
      );
      const { counts } = survey({ writers: writerRows, tests: [...names], attempts: rows, shards: 2 }, life);
      expect(counts.planned).toBe(names.size);
      expect(counts.planned).toBe(counts.finished + counts.notRun + counts.lost);
      expect(counts.finished).toBe(
        counts.passed +
          counts.failed +
          counts.flaky +
          counts.skipped +
          counts.blocked +
          counts.muted +
          counts.interrupted,
      );
      const started = new Set(rows.map(({ test: name }) => name));
      expect(counts.notRun).toBeGreaterThanOrEqual(names.size - started.size);
    }),
  );
});

test.runIf(process.platform === 'linux')(
  'a process that has ended is gone, also while nobody has asked for its end',
  async () => {
    // The shell becomes `sleep`, which never asks for the end of its child; that one waits for it before it ends.
    const child = 'while [ "$(cat /proc/$PPID/comm)" != sleep ]; do :; done';
    const parent = spawn('sh', ['-c', `sh -c '${child}' & echo $!; exec sleep 30`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [printed] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(printed.toString());
      await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'latin1')).toContain(') Z ');
      expect(isGone(writer({ pid }), life)).toBe(true);
    } finally {
      parent.kill();
    }
  },
);
