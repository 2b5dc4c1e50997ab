/** One step of a pool, with an end to its time and with its lease. */

import { secondsOf } from '../locks/errors.ts';
import type { LockClock } from '../locks/lock-clock.ts';

/**
 * @throws what `work` throws, what the signals were aborted with, or an error that says how long `what` was waited for. Work
 * that goes on after it is not waited for any more; its signal is aborted.
 */
export async function inTime<T>(
  work: (signal: AbortSignal) => T | Promise<T>,
  {
    what,
    limitMs,
    clock,
    signal,
  }: { what: string; limitMs: number; clock: LockClock; signal?: AbortSignal | undefined },
): Promise<T> {
  const deadline = new AbortController();
  const stop = signal === undefined ? deadline.signal : AbortSignal.any([signal, deadline.signal]);
  const cancel = clock.after(
    limitMs,
    () => deadline.abort(new Error(`${what} did not end within ${secondsOf(limitMs)}`)),
    {
      keepAlive: true,
    },
  );
  const stopped = new Promise<never>((_, reject) => {
    if (stop.aborted) reject(stop.reason);
    else stop.addEventListener('abort', () => reject(stop.reason), { once: true });
  });
  try {
    return await Promise.race([work(stop), stopped]);
  } finally {
    cancel();
    stopped.catch(() => undefined);
  }
}
