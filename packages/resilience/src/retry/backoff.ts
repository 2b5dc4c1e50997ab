/** How long to wait before the next attempt. */

/**
 * `full`: anywhere between nothing and the step, which spreads a crowd best. `equal`: at least half of the step, so that it
 * is never next to nothing. `decorrelated`: from the base to three times the last delay. `none`: the step itself.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export type Jitter = 'full' | 'equal' | 'decorrelated' | 'none';

export interface BackoffOptions {
  /** First step, in milliseconds; each next one is twice as long. @default 100 */
  readonly baseMs?: number;
  /** Longest step, in milliseconds. @default 10_000 */
  readonly maxMs?: number;
  /** @default 'full' */
  readonly jitter?: Jitter;
}

export interface BackoffState {
  /** 1 before the second attempt. */
  readonly retry: number;
  /** The delay before, in milliseconds; 0 where there was none. */
  readonly lastMs: number;
  /** Too many calls were the reason: then a delay next to nothing would only repeat them, and `full` becomes `equal`. */
  readonly throttled: boolean;
}

export function backoffMs(
  { baseMs = 100, maxMs = 10_000, jitter = 'full' }: BackoffOptions,
  { retry, lastMs, throttled }: BackoffState,
  random: () => number,
): number {
  const stepMs = Math.min(maxMs, baseMs * 2 ** Math.min(retry - 1, 52));
  if (throttled && jitter !== 'none') return stepMs / 2 + (random() * stepMs) / 2;
  switch (jitter) {
    case 'full':
      return random() * stepMs;
    case 'equal':
      return stepMs / 2 + (random() * stepMs) / 2;
    case 'decorrelated':
      return Math.min(maxMs, baseMs + random() * (Math.max(baseMs, lastMs * 3) - baseMs));
    case 'none':
      return stepMs;
  }
}
