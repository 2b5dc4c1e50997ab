/** What has been counted for one target of one policy: the raw material of metrics. */

export interface TargetStatistics {
  readonly policy: string;
  readonly target: string;
  /** Whole calls by how they ended; `refused` ones never reached the dependency. */
  readonly calls: { readonly ok: number; readonly failed: number; readonly refused: number; readonly aborted: number };
  readonly attempts: number;
  readonly retries: number;
  readonly timeouts: number;
  readonly hedges: number;
  readonly fallbacks: number;
  /** Attempts that run in the bulkhead at the moment, and calls that wait in lines. */
  readonly running: number;
  readonly waiting: number;
  /** Time that calls have waited in all, in milliseconds. */
  readonly waitedMs: { readonly retry: number; readonly rateLimit: number; readonly bulkhead: number };
}

interface Lines {
  readonly bulkhead: { readonly running: number; readonly waiting: number } | undefined;
  readonly limiter: { readonly waiting: number } | undefined;
}

export class TargetCounts {
  readonly policy: string;
  readonly target: string;
  ok = 0;
  failed = 0;
  refused = 0;
  aborted = 0;
  attempts = 0;
  retries = 0;
  timeouts = 0;
  hedges = 0;
  fallbacks = 0;
  retryWaitMs = 0;
  rateLimitWaitMs = 0;
  bulkheadWaitMs = 0;
  #lines: Lines | undefined;

  constructor(policy: string, target: string) {
    this.policy = policy;
    this.target = target;
  }

  /** Asks these for what is so at the moment. */
  watch(lines: Lines): void {
    this.#lines = lines;
  }

  read(): TargetStatistics {
    const { bulkhead, limiter } = this.#lines ?? {};
    return {
      policy: this.policy,
      target: this.target,
      calls: { ok: this.ok, failed: this.failed, refused: this.refused, aborted: this.aborted },
      attempts: this.attempts,
      retries: this.retries,
      timeouts: this.timeouts,
      hedges: this.hedges,
      fallbacks: this.fallbacks,
      running: bulkhead?.running ?? 0,
      waiting: (bulkhead?.waiting ?? 0) + (limiter?.waiting ?? 0),
      waitedMs: { retry: this.retryWaitMs, rateLimit: this.rateLimitWaitMs, bulkhead: this.bulkheadWaitMs },
    };
  }
}
