/** What a policy keeps for each target: breaker, limits, budget, counts. */
import type { BreakerOptions } from '../breaker/breaker-options.ts';
import type { Circuit } from '../breaker/circuit.ts';
import { Bulkhead } from '../limits/bulkhead.ts';
import { readLimitHeaders } from '../limits/limit-headers.ts';
import { Quota } from '../limits/quota.ts';
import { RateLimiter } from '../limits/rate-limiter.ts';
import type { PolicyOptions } from '../options.ts';
import type { CallContext } from '../policy.ts';
import { type Registry, targetKey } from '../registry.ts';
import { RetryBudget } from '../retry/retry-budget.ts';
import type { TargetCounts } from '../target-counts.ts';
import { hostOf } from '../target-name.ts';
import { breakerOptions, bulkheadOptions, quotaOptions, rateLimitOptions, retryOptions } from './short-forms.ts';

export interface TargetParts {
  readonly name: string;
  readonly circuit: Circuit | undefined;
  /** Names the breaker to other processes. */
  readonly circuitKey: string;
  readonly registry: Registry;
  readonly budget: RetryBudget | undefined;
  readonly limiter: RateLimiter | undefined;
  readonly quota: Quota | undefined;
  readonly bulkhead: Bulkhead | undefined;
  readonly counts: TargetCounts;
  /** Reads the headers of an answer into the limiter. */
  readonly noteHeaders: CallContext['noteHeaders'];
}

/** Parts are made at the first call of a target, and kept as long as the policy. */
export class Targets {
  readonly #policy: string;
  readonly #options: PolicyOptions;
  readonly #registry: Registry;
  readonly #parts = new Map<string, TargetParts>();

  constructor(policy: string, options: PolicyOptions, registry: Registry) {
    this.#policy = policy;
    this.#options = options;
    this.#registry = registry;
  }

  of(target: string): TargetParts {
    return this.#parts.get(target) ?? this.#make(target);
  }

  #make(target: string): TargetParts {
    const options = this.#options;
    const registry = this.#registry;
    const breaker = breakerOptions(options.breaker);
    const retry = retryOptions(options.retry);
    const rateLimit = rateLimitOptions(options.rateLimit);
    const bulkhead = bulkheadOptions(options.bulkhead);
    const quota = quotaOptions(options.quota);
    const limiter = rateLimit && new RateLimiter(target, rateLimit, registry.clock);
    const breakerTarget = this.#breakerTarget(target, breaker);
    const parts: TargetParts = {
      name: target,
      registry,
      circuit: breaker && registry.circuit(this.#policy, breakerTarget, breaker, options.hooks),
      circuitKey: targetKey(this.#policy, breakerTarget),
      budget: retry === undefined || retry.budget === false ? undefined : new RetryBudget(retry.budget),
      limiter,
      quota: quota && new Quota(quota, registry.sharedCount(this.#policy, target)),
      bulkhead: bulkhead && new Bulkhead(target, bulkhead),
      counts: registry.counts(this.#policy, target),
      noteHeaders: limiter && (get => limiter.note(readLimitHeaders(get, registry.wallNow()))),
    };
    if (bulkhead !== undefined || limiter !== undefined) parts.counts.watch(parts);
    this.#parts.set(target, parts);
    return parts;
  }

  #breakerTarget(target: string, breaker: BreakerOptions | undefined): string {
    const per = breaker?.per;
    if (per === 'policy') return this.#policy;
    return per === 'host' ? hostOf(target) : target;
  }
}
