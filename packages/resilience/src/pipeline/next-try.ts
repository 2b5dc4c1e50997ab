/** Whether a call is tried again, when, and what is done before. */
import { RecoveryError } from '../errors.ts';
import { classify } from '../failures/classify.ts';
import type { RecoveryHooks } from '../options.ts';
import { Backoff } from '../retry/backoff.ts';
import { isRefusal, mayRetry, type RetryFacts, type RetryOptions } from '../retry/retry-options.ts';
import type { Call } from './call.ts';
import type { TargetParts } from './targets.ts';

export class NextTry {
  readonly #retry: RetryOptions;
  readonly #retries: number;
  readonly #beforeRetry: RecoveryHooks['beforeRetry'];

  constructor(retry: RetryOptions, { beforeRetry }: RecoveryHooks) {
    this.#retry = retry;
    this.#retries = retry.retries ?? 2;
    this.#beforeRetry = beforeRetry;
  }

  /**
   * Waits until the next attempt may start.
   *
   * @param round How often it has been tried; a hedge makes several attempts of one try.
   * @param last What `wait` returned before, of the same call.
   * @throws `error` where there is no next attempt, or the reason why the call was stopped.
   */
  async wait(error: unknown, call: Call, parts: TargetParts, round: number, last?: Backoff): Promise<Backoff> {
    const facts = round > this.#retries ? undefined : this.#facts(error, call, parts);
    if (facts === undefined) throw error;
    const backoff = last ?? new Backoff(this.#retry);
    const { throttled = false, retryAfterMs = 0 } = facts.failure;
    const delayMs = Math.max(backoff.nextMs(throttled), retryAfterMs);
    // A try that would end after the deadline is not worth waiting for.
    if (delayMs >= call.remainingMs(call.nowMs())) {
      call.tell({ type: 'refused', by: 'deadline' });
      throw error;
    }
    if (parts.budget !== undefined && !parts.budget.take()) {
      call.tell({ type: 'refused', by: 'retry-budget' });
      throw error;
    }
    parts.counts.retries++;
    parts.counts.retryWaitMs += delayMs;
    call.tell({ type: 'wait', for: 'retry', waitMs: delayMs });
    await call.sleep(delayMs);
    if (this.#beforeRetry) await this.#recover(this.#beforeRetry, facts, call);
    return backoff;
  }

  /** Undefined where there is nothing to wait for. */
  #facts(error: unknown, call: Call, { name }: TargetParts): RetryFacts | undefined {
    if (call.stoppedBy !== undefined) return undefined;
    const failure = classify(error);
    if (isRefusal(failure)) return undefined;
    const facts: RetryFacts = { attempt: call.attempts, error, failure, target: name };
    const again = this.#retry.when?.(facts) ?? mayRetry(failure, call.options.idempotent === true, this.#retry);
    return again ? facts : undefined;
  }

  async #recover(beforeRetry: NonNullable<RecoveryHooks['beforeRetry']>, facts: RetryFacts, call: Call): Promise<void> {
    const stop = new AbortController();
    try {
      await call.until(Promise.resolve(beforeRetry(facts, stop.signal)));
    } catch (cause) {
      if (call.stoppedBy === undefined)
        throw new RecoveryError({ doing: call.options.doing, attempt: facts.attempt, error: facts.error, cause });
      stop.abort(call.reason);
      throw cause;
    }
  }
}
