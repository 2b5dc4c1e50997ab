/** Asks a dependency whether it is well, as often as its thresholds want it. */
import type { Clock } from '../clock.ts';
import type { Answer } from './outage-notes.ts';
import type { CheckedProbe, Probe } from './probe-options.ts';

export interface AskSeams {
  readonly clock: Clock;
  readonly wallNow: () => number;
  /** Somebody waits for the answer: until there is one, the process stays alive. */
  readonly keepAlive: boolean;
}

/**
 * One bad answer is no outage where `failAfter` wants more of them, and one good answer no recovery where `recoverAfter` does:
 * it is asked again until there are so many in a row. The last answer speaks for the row.
 */
export async function askInARow(
  options: CheckedProbe & { readonly probe: Probe },
  wasDown: boolean,
  seams: AskSeams,
  signal?: AbortSignal,
): Promise<Answer> {
  const { failAfter, recoverAfter, againMs } = options;
  let inARow = 0;
  let wasBad: boolean | undefined;
  for (;;) {
    signal?.throwIfAborted();
    const answer = await ask(options, seams, signal);
    const isBad = answer.state === 'down';
    inARow = isBad === wasBad ? inARow + 1 : 1;
    wasBad = isBad;
    // What agrees with what was known needs no second word.
    const needed = isBad === wasDown ? 1 : isBad ? failAfter : recoverAfter;
    if (inARow >= needed) return answer;
    await new Promise<void>(resolve => void seams.clock.after(againMs, resolve, seams));
  }
}

/** Longest that a row can take, in milliseconds. */
export function longestRowMs({ failAfter, recoverAfter, timeoutMs, againMs }: CheckedProbe): number {
  // Answers that change sides begin a new row.
  return (timeoutMs + againMs) * (failAfter + recoverAfter);
}

async function ask(
  { probe, timeoutMs, slowAboveMs }: CheckedProbe & { readonly probe: Probe },
  { clock, wallNow, keepAlive }: AskSeams,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const stop = new AbortController();
  const startedAt = clock.now();
  let cancel: (() => void) | undefined;
  let seen: Pick<Answer, 'state' | 'detail'>;
  try {
    const tooLate = new Promise<never>((_, reject) => {
      cancel = clock.after(timeoutMs, () => reject(new Error(`no answer within ${timeoutMs} ms`)), { keepAlive });
    });
    const both = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    seen = (await Promise.race([probe(both), tooLate])) ?? { state: 'healthy' };
    const tookMs = clock.now() - startedAt;
    if (seen.state === 'healthy' && tookMs > slowAboveMs)
      seen = { state: 'degraded', detail: `took ${Math.round(tookMs)} ms, more than ${slowAboveMs} ms` };
  } catch (error) {
    signal?.throwIfAborted();
    stop.abort(error);
    seen = { state: 'down', detail: firstLine(error) };
  } finally {
    cancel?.();
  }
  return { ...seen, latencyMs: clock.now() - startedAt, atMs: wallNow() };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';
}
