/** Waits for a store no longer than a call can bear. */
import type { Clock } from './clock.ts';

/** A store that does not answer must not hold a call up for longer, in milliseconds. */
export const LONGEST_LOOK_MS = 200;

/** What `promise` gives, or `otherwise` where that takes longer than `longestMs`. Its late failure goes nowhere. */
export function atMost<T>(
  clock: Clock,
  promise: Promise<T>,
  otherwise: () => T,
  longestMs: number = LONGEST_LOOK_MS,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(longestMs, () => resolve(otherwise()));
    promise.finally(cancel).then(resolve, reject);
  });
}
