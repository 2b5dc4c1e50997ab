/** The short forms of options, written out. */
import type { BreakerOptions } from '../breaker/breaker-options.ts';
import type { BulkheadOptions } from '../limits/bulkhead.ts';
import type { QuotaOptions } from '../limits/quota.ts';
import type { RateLimitOptions } from '../limits/rate-limiter.ts';
import type { HedgeOptions, PolicyOptions } from '../options.ts';
import type { RetryOptions } from '../retry/retry-options.ts';

export function retryOptions(given: PolicyOptions['retry']): RetryOptions | undefined {
  const options = typeof given === 'number' ? { retries: given } : given;
  return options?.retries === 0 ? undefined : options;
}

export function breakerOptions(given: PolicyOptions['breaker']): BreakerOptions | undefined {
  if (given === undefined || given === false) return undefined;
  if (given === 'per-host') return { per: 'host' };
  return given === true || given === 'per-target' ? {} : given;
}

export function rateLimitOptions(given: PolicyOptions['rateLimit']): RateLimitOptions | undefined {
  return given === 'adaptive' ? {} : given;
}

export function bulkheadOptions(given: PolicyOptions['bulkhead']): BulkheadOptions | undefined {
  return typeof given === 'number' ? { concurrent: given } : given;
}

export function quotaOptions(given: PolicyOptions['quota']): QuotaOptions | undefined {
  return typeof given === 'number' ? { calls: given } : given;
}

export function hedgeOptions(given: PolicyOptions['hedge']): Required<HedgeOptions> | undefined {
  const options = typeof given === 'number' ? { afterMs: given } : given;
  return options && { afterMs: options.afterMs, most: options.most ?? 1 };
}
