/** What a policy may be given, and its short forms. */
import type { BreakerOptions } from './breaker/breaker-options.ts';
import type { BreakerChange } from './breaker/breaker-words.ts';
import type { BulkheadOptions } from './limits/bulkhead.ts';
import type { QuotaOptions } from './limits/quota.ts';
import type { RateLimitOptions } from './limits/rate-limiter.ts';
import type { Fallback } from './pipeline/fallback.ts';
import type { RetryFacts, RetryOptions } from './retry/retry-options.ts';

export interface HedgeOptions {
  /** Without an answer for so long, the next try starts beside the first. In milliseconds. */
  readonly afterMs: number;
  /** Tries beside the first. @default 1 */
  readonly most?: number;
}

/** Points at which something can be done about a failure: sign in again, reconnect, warm up. */
export interface RecoveryHooks {
  /**
   * Before each attempt after the first, after its delay. It is waited for, within the deadline of the call; where it throws,
   * the call fails with a `RecoveryError`.
   */
  readonly beforeRetry?: (facts: RetryFacts, signal: AbortSignal) => void | Promise<void>;
  /** A breaker has opened. Not waited for; what it throws is dropped. */
  readonly onOpen?: (change: BreakerChange) => void | Promise<void>;
  /** A breaker has closed again. Not waited for; what it throws is dropped. */
  readonly onRecover?: (change: BreakerChange) => void | Promise<void>;
}

/** Each part is optional, and what is left out costs nothing. Outermost first. */
export interface PolicyOptions {
  /** Names the policy in errors, events and statistics. @default 'default' */
  readonly name?: string;
  /** What to give instead where the call has failed in spite of all: see {@link degrade}. */
  readonly fallback?: Fallback;
  /** Total time of a call with all its attempts and waits, in milliseconds. @default none */
  readonly deadlineMs?: number;
  /** How often to try again, or how in detail. @default not at all */
  readonly retry?: number | RetryOptions;
  /** Starts a second try when the first is slow; the first answer counts. Idempotent calls only. In milliseconds, or in detail. */
  readonly hedge?: number | HedgeOptions;
  /** True and the short forms take all defaults. @default none */
  readonly breaker?: boolean | 'per-target' | 'per-host' | BreakerOptions;
  /** `adaptive`: only what answers ask for. @default none */
  readonly rateLimit?: 'adaptive' | RateLimitOptions;
  /** Attempts that a run may make for each target. @default no limit */
  readonly quota?: number | QuotaOptions;
  /** Attempts that run at a time for each target. @default no limit */
  readonly bulkhead?: number | BulkheadOptions;
  /** Longest time of one attempt, in milliseconds. @default none */
  readonly timeoutMs?: number;
  readonly hooks?: RecoveryHooks;
}
