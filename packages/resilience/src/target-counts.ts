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
  /** Time that calls have waited in all, in milliseconds. */
  readonly waitedMs: { readonly retry: number; readonly rateLimit: number; readonly bulkhead: number };
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

  constructor(policy: string, target: string) {
    this.policy = policy;
    this.target = target;
  }

  read(): TargetStatistics {
    return {
      policy: this.policy,
      target: this.target,
      calls: { ok: this.ok, failed: this.failed, refused: this.refused, aborted: this.aborted },
      attempts: this.attempts,
      retries: this.retries,
      timeouts: this.timeouts,
      hedges: this.hedges,
      fallbacks: this.fallbacks,
      waitedMs: { retry: this.retryWaitMs, rateLimit: this.rateLimitWaitMs, bulkhead: this.bulkheadWaitMs },
    };
  }
}
