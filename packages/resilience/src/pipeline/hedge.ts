/** Starts a second try beside a slow first one, and takes the answer that comes first. */
import type { HedgeOptions } from '../options.ts';
import type { Call } from './call.ts';
import type { TargetParts } from './targets.ts';

export type Hedge = Required<HedgeOptions>;

/**
 * Each try passes all gates by itself, so that breaker, limit and bulkhead hold for it too. The others are stopped when one
 * has succeeded; where all fail, the error of the last one counts.
 *
 * @see Dean and Barroso, "The Tail at Scale" (2013), "Hedged requests"
 */
export function runHedged<T>(
  { afterMs, most }: Hedge,
  call: Call,
  { counts, registry }: TargetParts,
  run: (child: Call) => Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const running = new Set<Call>();
    let started = 0;
    let cancelTimer: (() => void) | undefined;

    const succeed = (child: Call, result: T): void => {
      running.delete(child);
      cancelTimer?.();
      for (const other of running) other.stop('faster', new DOMException('Another try was faster', 'AbortError'));
      resolve(result);
    };
    const fail = (child: Call, error: unknown): void => {
      running.delete(child);
      if (child.stoppedBy === 'deadline') call.stop('deadline', error);
      if (running.size > 0) return;
      cancelTimer?.();
      call.lastError = error;
      reject(error);
    };
    const start = (): void => {
      started++;
      const child = call.child(call.attempts);
      call.attempts++;
      running.add(child);
      run(child).then(
        result => succeed(child, result),
        error => fail(child, error),
      );
      cancelTimer = started <= most ? registry.clock.after(afterMs, startBeside) : undefined;
    };
    const startBeside = (): void => {
      counts.hedges++;
      call.tell({ type: 'hedge', afterMs });
      start();
    };
    start();
  });
}
