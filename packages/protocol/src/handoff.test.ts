import { expect, test } from 'vitest';
import { type RunHandoff, readHandoff } from './handoff.ts';

const handoff: RunHandoff = { runId: 'r', shard: 1, project: 'shop', spoolFolder: '/spool', runnerPid: 42 };

test('a worker of the runner reads the handoff', () => {
  expect(readHandoff(JSON.stringify(handoff), pid => pid === 42)).toEqual(handoff);
});

test('a run inside a run does not write into the outer one', () => {
  expect(readHandoff(JSON.stringify(handoff), pid => pid === 43)).toBeUndefined();
});

test('no handoff or a broken one is none', () => {
  expect(readHandoff(undefined, () => true)).toBeUndefined();
  expect(readHandoff('', () => true)).toBeUndefined();
  expect(readHandoff('{', () => true)).toBeUndefined();
});
