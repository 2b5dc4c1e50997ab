/** Renews a token or a lease in time, again and again, until it cannot be renewed any longer. */

export interface Lifetime {
  readonly leaseMs: number;
  readonly renewable: boolean;
}

export interface WatchSeams {
  /** Wall clock, in milliseconds. */
  readonly now: () => number;
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** From 0 to 1. */
  readonly random: () => number;
}

export interface WatchOptions {
  readonly renew: () => Promise<Lifetime>;
  /** Hears of each new end, in milliseconds of the wall clock. */
  readonly onRenewed?: (endsAt: number) => void;
  /** It will end and cannot be renewed: a new one is needed soon. Heard once. */
  readonly onEnd: (reason: 'limit' | 'failing' | 'not renewable') => void;
}

/** First wait after a renewal that failed, doubled each time up to five minutes. */
const RETRY_MS = 10_000;
const LONGEST_RETRY_MS = 300_000;

/**
 * As HashiCorp's own `LifetimeWatcher`: sleeps for two thirds of what is left and a third of the grace, which is 10 % to 20 % of
 * the lease; a renewal that fails is tried again; within the grace it gives up, so that there is time for a new login. While
 * a lease does not grow any more its limit is near, and the grace stays as it was.
 *
 * @see https://github.com/openbao/openbao/blob/main/api/lifetime_watcher.go
 * @returns what stops it.
 */
export function watchLifetime(
  first: Lifetime,
  { renew, onRenewed, onEnd }: WatchOptions,
  { now, after, random }: WatchSeams,
): () => void {
  let stopped = false;
  let cancel = (): void => {};
  let endsAt = now() + first.leaseMs;
  let prior = first.leaseMs;
  let grace = graceOf(first.leaseMs, random);
  let failures = 0;

  const sleepThenRenew = (renewable: boolean): void => {
    const left = endsAt - now();
    if (failures === 0 && left > prior) grace = graceOf(left, random);
    prior = left;
    const sleepMs = failures === 0 ? (left * 2) / 3 + grace / 3 : retryMs(failures, random);
    if (left <= grace || left - sleepMs <= grace) {
      onEnd(failures > 0 ? 'failing' : renewable ? 'limit' : 'not renewable');
      return;
    }
    cancel = after(sleepMs, () => void renewNow(renewable));
  };
  const renewNow = async (renewable: boolean): Promise<void> => {
    if (!renewable) return sleepThenRenew(false);
    try {
      const next = await renew();
      if (stopped) return;
      failures = 0;
      endsAt = now() + next.leaseMs;
      onRenewed?.(endsAt);
      sleepThenRenew(next.renewable);
    } catch {
      if (stopped) return;
      failures += 1;
      sleepThenRenew(true);
    }
  };

  sleepThenRenew(first.renewable);
  return () => {
    stopped = true;
    cancel();
  };
}

function graceOf(leaseMs: number, random: () => number): number {
  const jitter = leaseMs * 0.1;
  return jitter + random() * jitter;
}

/** Half more or half less, as its library does it. */
function retryMs(failures: number, random: () => number): number {
  return Math.min(RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS) * (0.5 + random());
}
