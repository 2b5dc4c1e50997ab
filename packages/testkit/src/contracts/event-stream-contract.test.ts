import type { EventBody, RunEvent } from '@quality-hub/protocol';
import { describe, expect, test } from 'vitest';
import { describeEventStreamContract } from './describe-event-stream.ts';
import { eventStreamContract } from './event-stream-contract.ts';

const AT = '2026-01-01T00:00:00.000Z';
const ATTEMPT = { test: 't1', retry: 0, startedAt: AT };
const PLACE = { workerIndex: 0, parallelIndex: 0 };

const runStarted: EventBody = {
  kind: 'run.started',
  project: 'shop',
  mode: 'test',
  shards: 1,
  startedAt: AT,
  workers: 1,
  projects: [],
  rootDir: '/shop',
  playwrightVersion: '1.65.1',
  nodeVersion: '24.0.0',
  platform: 'linux',
  host: 'here',
  pid: 1,
  failOnFlakyTests: false,
};
const planned: EventBody = {
  kind: 'test.planned',
  tests: [
    {
      test: 't1',
      identity: { project: 'shop', playwrightProject: '', file: 'a.spec.ts', titlePath: ['a'], repeatEachIndex: 0 },
      location: { file: 'a.spec.ts', line: 1, column: 1 },
      tags: [],
      annotations: [],
      retries: 0,
      timeoutMs: 30_000,
      expectedStatus: 'passed',
    },
  ],
};
const started: EventBody = { kind: 'test.started', ...ATTEMPT, ...PLACE };
const steps: EventBody = { kind: 'test.steps', ...ATTEMPT, steps: [] };
const output: EventBody = { kind: 'output', ...ATTEMPT, stream: 'stdout', text: 'hello' };
const evidence: EventBody = { kind: 'evidence', ...ATTEMPT, records: [] };
const attachment: EventBody = { kind: 'attachment', ...ATTEMPT, name: 'trace', contentType: 'application/zip' };
const ended: EventBody = {
  kind: 'test.ended',
  ...ATTEMPT,
  ...PLACE,
  status: 'passed',
  expectedStatus: 'passed',
  durationMs: 5,
  errors: [],
  annotations: [],
};
const runEnded: EventBody = { kind: 'run.ended', status: 'passed', startedAt: AT, durationMs: 9 };
const heartbeat: EventBody = { kind: 'heartbeat' };
const workerStarted: EventBody = { kind: 'worker.started', ...PLACE, pid: 2 };
const journalEvidence: EventBody = { kind: 'evidence', test: 't1', retry: 0, records: [] };
const runOutput: EventBody = { kind: 'output', stream: 'stderr', text: 'a warning' };

function stream(...bodies: EventBody[]): RunEvent[] {
  return bodies.map((body, index) => ({
    v: 2,
    runId: 'run-1',
    shard: 1,
    writer: 'r-1',
    seq: index + 1,
    at: AT,
    ...body,
  }));
}

const whole = stream(
  runStarted,
  planned,
  runOutput,
  started,
  steps,
  output,
  evidence,
  attachment,
  ended,
  heartbeat,
  runEnded,
);

test('a whole run keeps the contract', () => {
  expect(eventStreamContract(whole)).toEqual([]);
});

test('a killed run keeps the contract wherever it was cut', () => {
  for (let length = 0; length <= whole.length; length++)
    expect(eventStreamContract(whole.slice(0, length))).toEqual([]);
});

test('a merge need not tell of a start whose end follows', () => {
  const merged = stream({ ...runStarted, mode: 'merge' }, planned, steps, output, ended, runEnded);
  expect(eventStreamContract(merged)).toEqual([]);
});

test('writers are judged apart, and a worker has its own journal', () => {
  const journal = stream(workerStarted, journalEvidence).map(event => ({ ...event, writer: 'w-1' }));
  const otherShard = whole.map(event => ({ ...event, writer: 'r-2' }));
  expect(eventStreamContract([...journal, ...whole, ...otherShard])).toEqual([]);
});

test('a second attempt at the same retry, as merged setup projects have it, is another attempt', () => {
  const later = { startedAt: '2026-01-01T00:01:00.000Z' };
  const events = stream(
    runStarted,
    planned,
    started,
    ended,
    { ...started, ...later },
    { ...ended, ...later },
    runEnded,
  );
  expect(eventStreamContract(events)).toEqual([]);
});

describe('each broken promise is found', () => {
  const cases: [string, RunEvent[], RegExp][] = [
    [
      'an event of a wrong shape',
      stream(runStarted, { ...runEnded, status: 'green' } as never),
      /r-1: event 2 \(run.ended\) is no valid event: status/,
    ],
    [
      'an envelope without a run',
      stream(runStarted).map(event => ({ ...event, runId: undefined }) as never),
      /no valid event: runId/,
    ],
    ['a gap in the numbers', whole.toSpliced(3, 1), /event 5 \(test.steps\) has the number 5 where 4 is due/],
    [
      'numbers that do not begin at 1',
      whole.map(event => ({ ...event, seq: event.seq + 1 })),
      /has the number 2 where 1 is due/,
    ],
    ['an event twice', [...whole, ...whole.slice(-1)], /has the number 11 where 12 is due/],
    [
      'a file that begins with something else',
      stream(planned, runStarted),
      /event 1 \(test.planned\) breaks that a reporter's file begins with run.started/,
    ],
    [
      'a second begin of the run',
      stream(runStarted, runStarted),
      /event 2 \(run.started\) breaks that a reporter's file begins/,
    ],
    [
      'a start of a test that was not planned',
      stream(runStarted, started, planned),
      /starts test t1, .*which was not planned before/,
    ],
    ['a start twice', stream(runStarted, planned, started, started), /starts test t1.* a second time/],
    ['steps before the start', stream(runStarted, planned, steps), /\(test.steps\) speaks of test t1.*has not started/],
    ['output before the start', stream(runStarted, planned, output), /\(output\) speaks of test t1.*has not started/],
    [
      'evidence before the start',
      stream(runStarted, planned, evidence),
      /\(evidence\) speaks of test t1.*has not started/,
    ],
    [
      'an attachment before the start',
      stream(runStarted, planned, attachment),
      /\(attachment\) speaks of test t1.*has not started/,
    ],
    [
      'an end before the start',
      stream(runStarted, planned, ended),
      /\(test.ended\) speaks of test t1.*has not started/,
    ],
    [
      'an end of a test that was not planned',
      stream(runStarted, started, ended),
      /ends test t1.*which was not planned/,
    ],
    [
      'an end twice',
      stream(runStarted, planned, started, ended, ended),
      /event 5 \(test.ended\) ends test t1.* a second time/,
    ],
    [
      'words after the end of the run',
      stream(runStarted, runEnded, heartbeat),
      /\(heartbeat\) comes after run.ended \(event 2\)/,
    ],
    [
      'a journal without its worker',
      stream(journalEvidence).map(event => ({ ...event, writer: 'w-1' })),
      /w-1: event 1 \(evidence\): a worker's journal begins with worker.started/,
    ],
  ];
  test.each(cases)('%s', (_, events, words) => {
    expect(eventStreamContract(events).join('\n')).toMatch(words);
  });
});

describe('the suite', () => {
  async function runSuite(events: RunEvent[]): Promise<string> {
    const registered: (() => Promise<void>)[] = [];
    describeEventStreamContract('a stream', async () => events, {
      describe: (_, body) => body(),
      test: (_, body) => registered.push(body),
    });
    expect(registered).toHaveLength(1);
    return registered[0]!().then(
      () => 'passed',
      (error: Error) => error.message,
    );
  }

  test('passes for a kept contract', async () => {
    expect(await runSuite(whole)).toBe('passed');
  });

  test('fails with every violation', async () => {
    expect(await runSuite(stream(planned, started, started))).toMatch(
      /breaks its contract:\n- .*begins with run.started.*\n- .*second time/,
    );
  });

  test('fails where there is nothing to judge', async () => {
    expect(await runSuite([])).toMatch(/There are no events/);
  });

  describeEventStreamContract('fits the functions of Vitest', () => whole, { describe, test });
});
