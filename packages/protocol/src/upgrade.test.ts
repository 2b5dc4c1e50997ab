import { expect, test } from 'vitest';
import { upgradeEvent } from './upgrade.ts';

const at = '2026-11-21T10:00:00.000Z';
const version1 = { v: 1, run: 'r', shard: 1, writer: 'w', seq: 1, at };

test('an event of the current version is handed back as it is', () => {
  const event = { v: 2, runId: 'r', shard: 1, writer: 'w', seq: 1, at, kind: 'heartbeat' };
  expect(upgradeEvent(event)).toBe(event);
});

test('an ended test of version 1 gets milliseconds and a list of errors', () => {
  const old = { ...version1, kind: 'test.ended', duration: 0.25, error: { message: 'no' } };
  expect(upgradeEvent(old)).toMatchObject({ v: 2, runId: 'r', durationMs: 250, errors: [{ message: 'no' }] });
  expect(upgradeEvent(old)).not.toHaveProperty('duration');
  expect(upgradeEvent(old)).not.toHaveProperty('error');
});

test('a passed test of version 1 gets an empty list of errors', () => {
  expect(upgradeEvent({ ...version1, kind: 'test.ended' })).toMatchObject({ errors: [] });
});

test('an error of version 1 keeps its one error', () => {
  expect(upgradeEvent({ ...version1, kind: 'error', error: { message: 'no' } })).toMatchObject({
    error: { message: 'no' },
  });
});

test('an event newer than this code is refused with what to do', () => {
  expect(() => upgradeEvent({ ...version1, v: 9 })).toThrow(
    expect.objectContaining({
      code: 'QH_EVENT',
      message: 'Event of version 9; this Quality Hub reads versions 1 to 2',
      hint: expect.stringContaining('Update'),
    }),
  );
});

test('what is no event is refused with what it is', () => {
  for (const value of [null, undefined, 3, 'text', {}, { v: 'two' }]) {
    expect(() => upgradeEvent(value)).toThrow(expect.objectContaining({ code: 'QH_EVENT' }));
  }
  expect(() => upgradeEvent('x'.repeat(200))).toThrow(`Not a run event: "${'x'.repeat(79)}…`);
});
