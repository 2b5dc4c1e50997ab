import { expect, test } from 'vitest';
import { TimeLimits } from './time-limits.ts';

const never = new Promise<never>(() => {});

test('an answer that comes is passed on, and one that does not is not waited for', async () => {
  const limits = new TimeLimits();
  expect(await limits.within(Promise.resolve('here'), 60_000)).toBe('here');
  await expect(limits.within(Promise.reject(new Error('no')), 60_000)).rejects.toThrow('no');
  await expect(limits.within(never, 60)).rejects.toThrow('no answer');
  limits.close();
});

test('an end ends every wait', async () => {
  const limits = new TimeLimits();
  const waits = [limits.within(never, 60_000), limits.within(never, 60_000)];
  limits.close();
  for (const wait of waits) await expect(wait).rejects.toThrow('the connection is closed');
});
