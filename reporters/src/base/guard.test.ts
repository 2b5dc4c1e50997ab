import { expect, test } from 'vitest';
import { Guard } from './guard.ts';

test('what a callback throws stays inside and is told once', async () => {
  const heard: unknown[] = [];
  const guard = new Guard(error => heard.push(error));
  const error = new Error('broken');
  guard.run(() => {
    throw error;
  });
  guard.run(() => {
    throw new Error('broken');
  });
  expect(await guard.runAsync(() => Promise.reject('late'), 'otherwise')).toBe('otherwise');
  expect(await guard.runAsync(async () => 'done', 'otherwise')).toBe('done');
  expect(heard).toEqual([error, 'late']);
  expect(guard.report()).toMatchObject({ calls: 2, failures: [error, 'late'] });
});

test('a listener that throws does not get out either', () => {
  const guard = new Guard(() => {
    throw new Error('listener');
  });
  expect(() =>
    guard.run(() => {
      throw new Error('callback');
    }),
  ).not.toThrow();
});

test('time inside callbacks is summed', () => {
  const guard = new Guard(() => undefined);
  guard.run(() => {
    const end = performance.now() + 5;
    while (performance.now() < end);
  });
  expect(guard.report().totalMs).toBeGreaterThanOrEqual(5);
});
