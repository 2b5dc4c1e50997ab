import { expect, test } from 'vitest';
import { explainShape } from './explain-shape.ts';
import { parseLine } from './parse-line.ts';

const HEAD = '{"v":2,"runId":"run-1","shard":1,"writer":"r-1","seq":7,"at":"2026-11-21T10:00:00.000Z",';

test('a whole line is an event', () => {
  expect(parseLine(`${HEAD}"kind":"heartbeat"}`)).toMatchObject({
    type: 'event',
    event: { kind: 'heartbeat', seq: 7 },
  });
});

test('a line of version 1 is read as the current version', () => {
  const line =
    '{"v":1,"run":"run-1","shard":1,"writer":"r-1","seq":1,"at":"2026-11-21T10:00:00.000Z","kind":"run.ended","status":"passed","startedAt":"2026-11-21T10:00:00.000Z","duration":1.5}';
  expect(parseLine(line)).toMatchObject({ type: 'event', event: { runId: 'run-1', durationMs: 1500 } });
});

test('a kind that is not known yet is kept aside', () => {
  expect(parseLine(`${HEAD}"kind":"test.dreamt"}`)).toMatchObject({ type: 'aside', event: { kind: 'test.dreamt' } });
});

test.for([
  ['garbage', 'not JSON', undefined],
  [`${HEAD}"kind":"test.ended","te`, 'not JSON', 7],
  [`${HEAD.replace('"v":2', '"v":9')}"kind":"heartbeat"}`, 'Event of version 9', 7],
  ['{"v":2,"kind":"heartbeat"}', 'no envelope', undefined],
  [`${HEAD}"kind":"test.ended","test":"t","retry":0,"startedAt":"x"}`, 'test.ended has a wrong shape', 7],
  [`${HEAD}"kind":"test.planned","tests":[{}]}`, 'test.planned has a wrong shape', 7],
  [`${HEAD}"kind":"error","error":{"message":1}}`, 'error has a wrong shape', 7],
  [`${HEAD}"kind":"output","stream":"stdout","text":"x","test":"t"}`, 'output has a wrong shape', 7],
  ['[]', 'Not a run event', undefined],
  ['null', 'Not a run event', undefined],
] as const)('%s is rejected: %s', ([line, reason, seq]) => {
  const parsed = parseLine(line);
  expect(parsed).toMatchObject({ type: 'rejected', reason: expect.stringContaining(reason) });
  expect(parsed.type === 'rejected' && parsed.seq).toBe(seq);
});

test('the schema names the field that is wrong', async () => {
  const reason = await explainShape({
    v: 2,
    runId: 'r',
    shard: 1,
    writer: 'r-1',
    seq: 1,
    at: '2026-11-21T10:00:00.000Z',
    kind: 'run.ended',
    status: 'passed',
    startedAt: 1,
  });
  expect(reason).toMatch(/^run\.ended: startedAt: /);
});

test('a value that the schema accepts has no reason', async () => {
  const event = {
    v: 2,
    runId: 'r',
    shard: 1,
    writer: 'r-1',
    seq: 1,
    at: '2026-11-21T10:00:00.000Z',
    kind: 'heartbeat',
  };
  expect(await explainShape(event)).toBeUndefined();
});
