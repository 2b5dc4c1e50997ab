/** What is tried again, how often, and when. */
import type { Blame, Classification } from '../failures/classification.ts';
import type { BackoffOptions } from './backoff.ts';
import type { RetryBudgetOptions } from './retry-budget.ts';

export interface RetryFacts {
  /** The attempt that failed; 1 for the first. */
  readonly attempt: number;
  readonly error: unknown;
  readonly failure: Classification;
  readonly target: string;
}

export interface RetryOptions extends BackoffOptions {
  /** Attempts after the first. @default 2 */
  readonly retries?: number;
  /**
   * Failures that are permanent by nature and are tried again all the same, because a hook does something about them:
   * `['credential']` with a `beforeRetry` that signs in again. Only where the work was certainly not done, or is idempotent.
   */
  readonly alsoOn?: readonly Blame[];
  /** Has the last word: true retries, false does not, undefined leaves it to the rule. It is not asked past `retries`. */
  readonly when?: (facts: RetryFacts) => boolean | undefined;
  /** Shared by all calls of a target; false for none. @default a fifth of the calls, and ten at the start */
  readonly budget?: RetryBudgetOptions | false;
}

/**
 * The rule: what is over soon, and cannot have been done or may be done twice.
 *
 * What a policy itself has refused is never tried again inside of it: an open breaker does not close by asking.
 */
export function mayRetry(failure: Classification, idempotent: boolean, { alsoOn }: RetryOptions): boolean {
  if (failure.applied === 'maybe' && !idempotent) return false;
  return failure.lasting === 'transient' || (alsoOn?.includes(failure.blame) ?? false);
}

const REFUSALS = new Set(['QH_BREAKER_OPEN', 'QH_RATE_LIMITED', 'QH_BULKHEAD_FULL', 'QH_QUOTA']);

export function isRefusal({ code }: Classification): boolean {
  return code !== undefined && REFUSALS.has(code);
}
