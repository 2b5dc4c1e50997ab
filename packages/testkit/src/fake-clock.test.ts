import { expect, test } from 'vitest';
import { FakeClock } from './fake-clock.ts';

test('time stands still until it is advanced', () => {
  const clock = new FakeClock('2026-01-01T00:00:00.000Z');
  expect(new Date(clock.now()).toISOString()).toBe('2026-01-01T00:00:00.000Z');
  clock.advance(1500);
  expect(new Date(clock.now()).toISOString()).toBe('2026-01-01T00:00:01.500Z');
  expect(new FakeClock(7).now()).toBe(7);
});

test('timers fire in order of their time, then of their making, each at its own moment', () => {
  const clock = new FakeClock(0);
  const fired: [string, number][] = [];
  clock.after(20, () => fired.push(['c', clock.now()]));
  clock.after(10, () => fired.push(['a', clock.now()]));
  clock.after(10, () => fired.push(['b', clock.now()]));
  clock.after(30, () => fired.push(['later', clock.now()]));
  clock.advance(25);
  expect(fired).toEqual([
    ['a', 10],
    ['b', 10],
    ['c', 20],
  ]);
  expect(clock.now()).toBe(25);
  expect(clock.pending).toBe(1);
});

test('a timer made by a timer fires in the same advance when it is due', () => {
  const clock = new FakeClock(0);
  const fired: number[] = [];
  const beat = (): void => {
    fired.push(clock.now());
    clock.after(10, beat);
  };
  clock.after(10, beat);
  clock.advance(35);
  expect(fired).toEqual([10, 20, 30]);
  expect(clock.pending).toBe(1);
});

test('a cancelled timer never fires', () => {
  const clock = new FakeClock(0);
  let fired = false;
  const cancel = clock.after(5, () => {
    fired = true;
  });
  cancel();
  clock.advance(10);
  expect(fired).toBe(false);
  expect(clock.pending).toBe(0);
});

test('a sleep ends at its time', async () => {
  const clock = new FakeClock(0);
  const slept = clock.sleep(50).then(() => clock.now());
  expect(clock.pending).toBe(1);
  clock.advance(50);
  expect(await slept).toBe(50);
});

test('an aborted sleep rejects with the reason and leaves no timer', async () => {
  const clock = new FakeClock(0);
  const stop = new AbortController();
  const slept = clock.sleep(50, { signal: stop.signal });
  stop.abort(new Error('enough'));
  await expect(slept).rejects.toThrow('enough');
  expect(clock.pending).toBe(0);
  await expect(clock.sleep(50, { signal: stop.signal })).rejects.toThrow('enough');
});
