/** What surrounds a call where no policy was given: its deadline and its abort, nothing is tried twice. */
import type { CallContext, CallOptions, Policy } from '@quality-hub/resilience';
import { HttpTimeoutError } from './errors.ts';

export function deadlinePolicy(): Policy {
  return { name: 'deadline', execute };
}

async function execute<T>(work: (context: CallContext) => Promise<T>, options: CallOptions = {}): Promise<T> {
  const { signal, deadlineMs, doing = 'The call' } = options;
  signal?.throwIfAborted();
  const controller = new AbortController();
  const pass = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', pass, { once: true });
  const timer =
    deadlineMs === undefined
      ? undefined
      : setTimeout(() => controller.abort(timeoutError(doing, deadlineMs)), deadlineMs);
  timer?.unref();
  try {
    return await work({ signal: controller.signal, attempt: 1 });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', pass);
  }
}

function timeoutError(doing: string, timeoutMs: number): HttpTimeoutError {
  const ms = Math.round(timeoutMs);
  return new HttpTimeoutError(
    `${doing} had no answer within ${ms} ms`,
    ms,
    'Is the server slow, or the time short? timeoutMs of the call or of the client says how long to wait',
  );
}
