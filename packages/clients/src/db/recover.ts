/** Tries again what may be tried again, where no policy does. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CommitUnknownError, DatabaseError, type DatabaseTrouble } from './errors.ts';

const FIRST_WAIT_MS = 20;
const LONGEST_WAIT_MS = 500;

/** No connection was made, or the server has undone the statement: repeating it is doing it once. */
const NOTHING_DONE = new Set<DatabaseTrouble>(['unreachable', 'unavailable', 'deadlock', 'serialization']);

export interface RecoverOptions {
  readonly retries: number;
  /** Doing it twice does no harm. */
  readonly idempotent: boolean;
  readonly signal: AbortSignal | undefined;
  readonly random: () => number;
  /** What is left of the time, in milliseconds. */
  readonly leftMs: () => number;
}

/**
 * Where nothing was done (no connection could be made, a deadlock) work is repeated in any case; where a connection broke
 * under it only if it is idempotent. Waits grow from 20 ms, with half of each left to chance ("equal jitter").
 */
export async function recovering<T>(
  work: (attempt: number) => Promise<T>,
  { retries, idempotent, signal, random, leftMs }: RecoverOptions,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt > retries || signal?.aborted || !mayRepeat(error, idempotent)) throw error;
      const waitMs = waitBefore(attempt, random);
      if (waitMs >= leftMs()) throw error;
      await sleep(waitMs, undefined, signal ? { signal } : {}).catch(() => {
        throw signal?.reason;
      });
    }
  }
}

/** 20, 40, 80 … ms, half of it by chance. */
export function waitBefore(attempt: number, random: () => number): number {
  const wholeMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempt - 1));
  return wholeMs / 2 + random() * (wholeMs / 2);
}

function mayRepeat(error: unknown, idempotent: boolean): boolean {
  if (error instanceof CommitUnknownError) return idempotent;
  if (!(error instanceof DatabaseError) || error.classification.lasting === 'permanent') return false;
  return NOTHING_DONE.has(error.trouble) || (error.trouble === 'broken' && idempotent);
}
