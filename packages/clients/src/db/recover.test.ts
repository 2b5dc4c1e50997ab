import { expect, test } from 'vitest';
import { CommitUnknownError, DatabaseError, type DatabaseTrouble, PoolWaitError } from './errors.ts';
import { recovering, waitBefore } from './recover.ts';

const failure = (trouble: DatabaseTrouble, exhausted = false): DatabaseError =>
  new DatabaseError('it failed', { trouble, database: 'shop', operation: 'select', exhausted });

async function attemptsAfter(error: unknown, idempotent: boolean, leftMs = 60_000): Promise<number> {
  let attempts = 0;
  const work = async (attempt: number): Promise<never> => {
    attempts = attempt;
    throw error;
  };
  const options = { retries: 2, idempotent, signal: undefined, random: () => 0, leftMs: () => leftMs };
  await expect(recovering(work, options)).rejects.toBe(error);
  return attempts;
}

test.each<[DatabaseTrouble, number, number]>([
  ['unreachable', 3, 3],
  ['unavailable', 3, 3],
  ['deadlock', 3, 3],
  ['serialization', 3, 3],
  ['broken', 1, 3],
  ['timeout', 1, 1],
  ['locked', 1, 1],
  ['unique', 1, 1],
  ['constraint', 1, 1],
  ['statement', 1, 1],
  ['credentials', 1, 1],
  ['cancelled', 1, 1],
  ['other', 1, 1],
])('%s is tried %i times, and %i times where twice does no harm', async (trouble, otherwise, idempotent) => {
  expect(await attemptsAfter(failure(trouble), false)).toBe(otherwise);
  expect(await attemptsAfter(failure(trouble), true)).toBe(idempotent);
});

test('what was repeated already, a full pool and a mistake of the work are not repeated', async () => {
  expect(await attemptsAfter(failure('deadlock', true), true)).toBe(1);
  expect(await attemptsAfter(new PoolWaitError('shop', { waitedMs: 5, size: 1 }), true)).toBe(1);
  expect(await attemptsAfter(new TypeError('a mistake'), true)).toBe(1);
});

test('an unknown commit is repeated only where twice does no harm', async () => {
  expect(await attemptsAfter(new CommitUnknownError('shop', undefined), false)).toBe(1);
  expect(await attemptsAfter(new CommitUnknownError('shop', undefined), true)).toBe(3);
});

test('where the wait would be longer than the time that is left, the error comes now', async () => {
  expect(await attemptsAfter(failure('unreachable'), true, 5)).toBe(1);
});

test('an abort during a wait ends it with the reason', async () => {
  const stop = new AbortController();
  const waiting = recovering(() => Promise.reject(failure('unreachable')), {
    retries: 5,
    idempotent: true,
    signal: stop.signal,
    random: () => 1,
    leftMs: () => 60_000,
  });
  setTimeout(() => stop.abort(new Error('enough')), 5);
  await expect(waiting).rejects.toThrow('enough');
});

test('waits grow, half by chance, up to half a second', () => {
  expect([1, 2, 3, 10].map(attempt => waitBefore(attempt, () => 0))).toEqual([10, 20, 40, 250]);
  expect([1, 2, 3, 10].map(attempt => waitBefore(attempt, () => 1))).toEqual([20, 40, 80, 500]);
});
