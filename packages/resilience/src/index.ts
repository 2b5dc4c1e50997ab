/**
 * Keeps calls alive that can be, and ends those that cannot: deadlines, retries, breakers, rate limits, bulkheads, health.
 *
 * Knows nothing of HTTP, of databases or of Playwright; time and chance come in as arguments.
 */
export type { BreakerOptions, HalfOpenOptions, SlowCallOptions, WindowOptions } from './breaker/breaker-options.ts';
export type { BreakerChange, BreakerState, BreakerStatus } from './breaker/breaker-words.ts';
export { type SharedBreakers, type ShareOptions, shareBreakers } from './breaker/share-breakers.ts';
export {
  CHAOS_VARIABLE,
  ChaosError,
  type ChaosOptions,
  ChaosRefusedError,
  type ChaosSeams,
  chaos,
} from './chaos/chaos.ts';
export { type Clock, systemClock } from './clock.ts';
export { createPolicy, type PolicySeams } from './create-policy.ts';
export {
  BreakerOpenError,
  BulkheadFullError,
  DeadlineError,
  QuotaError,
  RateLimitedError,
  RecoveryError,
  TimeoutError,
  type Tried,
} from './errors.ts';
export { breakdownsIn, type FoundBreakdown } from './failures/breakdowns.ts';
export type { Blame, Breakdown, Classification, Lasting } from './failures/classification.ts';
export { classify } from './failures/classify.ts';
export { DescribedError, describe, type Ids } from './failures/describe.ts';
export { triedOf } from './failures/tried.ts';
export {
  type GuardDecorator,
  type GuardOptions,
  guarded,
  type PolicyFinder,
  UnknownPolicyError,
  usePolicies,
} from './guarded/index.ts';
export {
  type DependencyHealth,
  HealthBoard,
  type HealthChange,
  type HealthState,
  type Readiness,
} from './health/health-board.ts';
export { checkProbe, type Probe, type ProbeOptions, type ProbeSchedule } from './health/probe-options.ts';
export type { BulkheadOptions } from './limits/bulkhead.ts';
export { type LimitFacts, readLimitHeaders, retryAfterMs } from './limits/limit-headers.ts';
export type { QuotaOptions } from './limits/quota.ts';
export type { RateLimitOptions } from './limits/rate-limiter.ts';
export type { HedgeOptions, PolicyOptions, RecoveryHooks } from './options.ts';
export { degrade, type Fallback } from './pipeline/fallback.ts';
export type { CallContext, CallOptions, Policy, PolicyEvent } from './policy.ts';
export {
  type Degradation,
  type PolicyBreakerStatus,
  Registry,
  type RegistryEvent,
  type RegistryOptions,
} from './registry.ts';
export { healthEvidence, registryEvidence } from './registry-evidence.ts';
export type { BackoffOptions, Jitter } from './retry/backoff.ts';
export type { RetryBudgetOptions } from './retry/retry-budget.ts';
export type { RetryFacts, RetryOptions } from './retry/retry-options.ts';
export type { TargetStatistics } from './target-counts.ts';
