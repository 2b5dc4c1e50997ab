/** The way of a call: deadline, retry, hedge, breaker, rate limit and quota, bulkhead, attempt timeout, work. */
import { needsTime } from '../breaker/breaker-options.ts';
import type { Clock } from '../clock.ts';
import { classify } from '../failures/classify.ts';
import { markTried } from '../failures/tried.ts';
import type { PolicyOptions } from '../options.ts';
import type { CallContext, CallOptions, Policy } from '../policy.ts';
import type { Registry } from '../registry.ts';
import type { Backoff } from '../retry/backoff.ts';
import { isRefusal } from '../retry/retry-options.ts';
import { attemptFailed, attemptSucceeded, type Limits } from './attempt-end.ts';
import { Call } from './call.ts';
import { DeadlineWatch } from './deadline-watch.ts';
import { type Fallback, takesOver } from './fallback.ts';
import { enterGates } from './gates.ts';
import { type Hedge, runHedged } from './hedge.ts';
import { NextTry } from './next-try.ts';
import { breakerOptions, hedgeOptions, retryOptions } from './short-forms.ts';
import { type TargetParts, Targets } from './targets.ts';

type Work<T> = (context: CallContext) => Promise<T>;
const NO_OPTIONS: CallOptions = Object.freeze({});
const NEVER = Number.POSITIVE_INFINITY;

/**
 * One asynchronous function a call, and nothing made that the call does not need: no controller before somebody reads the
 * signal, no promise more where nothing can end the call early, no timer of its own.
 */
export class Pipeline implements Policy {
  readonly name: string;
  readonly #clock: Clock;
  readonly #watch: DeadlineWatch;
  readonly #limits: Limits;
  readonly #nextTry: NextTry | undefined;
  readonly #hedge: Hedge | undefined;
  readonly #fallback: Fallback | undefined;
  readonly #targets: Targets;
  /** False where nothing in the policy asks what time it is. */
  readonly #timed: boolean;

  constructor(options: PolicyOptions, registry: Registry) {
    const { name = 'default', deadlineMs = NEVER, timeoutMs = NEVER, fallback, hooks = {} } = options;
    const retry = retryOptions(options.retry);
    this.name = name;
    this.#clock = registry.clock;
    this.#watch = new DeadlineWatch(registry.clock);
    this.#limits = { deadlineMs, timeoutMs };
    this.#nextTry = retry && new NextTry(retry, hooks);
    this.#hedge = hedgeOptions(options.hedge);
    this.#fallback = fallback;
    this.#targets = new Targets(name, options, registry);
    const breaker = breakerOptions(options.breaker);
    this.#timed =
      [options.deadlineMs, options.timeoutMs, options.rateLimit, options.bulkhead].some(part => part !== undefined) ||
      (breaker !== undefined && needsTime(breaker));
  }

  execute<T>(work: Work<T>, options: CallOptions = NO_OPTIONS): Promise<T> {
    const { signal, deadlineMs = NEVER, target = this.name } = options;
    if (signal?.aborted) return Promise.reject(signal.reason);
    const limitMs = Math.min(deadlineMs, this.#limits.deadlineMs);
    const timed = this.#timed || limitMs !== NEVER || options.onEvent !== undefined;
    const call = new Call(this.#clock, this.#watch, options, limitMs, timed ? this.#clock.now() : 0, timed);
    if (signal !== undefined) call.listen(signal);
    const parts = this.#targets.of(target);
    parts.budget?.called();
    const result = this.#run(work, call, parts, false);
    return this.#fallback === undefined ? result : this.#orInstead(result, call, parts, this.#fallback);
  }

  /** @param isBeside A try beside others: not repeated by itself, and not counted as a call. */
  async #run<T>(work: Work<T>, call: Call, parts: TargetParts, isBeside: boolean): Promise<T> {
    const hedge = !isBeside && call.options.idempotent === true ? this.#hedge : undefined;
    try {
      let backoff: Backoff | undefined;
      for (let round = 1; ; round++) {
        try {
          let result: T;
          if (hedge !== undefined)
            result = await runHedged(hedge, call, parts, child => this.#run(work, child, parts, true));
          else {
            const gate = enterGates(call, parts);
            if (gate !== undefined) await gate;
            result = await call.race(work, this.#timeoutMs(call, parts), parts.noteHeaders);
            attemptSucceeded(call, parts);
          }
          if (!isBeside) parts.counts.ok++;
          return result;
        } catch (error) {
          if (hedge === undefined) attemptFailed(error, call, parts, this.#limits);
          if (this.#nextTry === undefined || isBeside) throw error;
          backoff = await this.#nextTry.wait(error, call, parts, round, backoff);
        }
      }
    } catch (error) {
      if (!isBeside) this.#failed(error, call, parts);
      throw error;
    } finally {
      call.finish();
    }
  }

  /** A try in a half-open breaker has its own limit: while it hangs, nobody else may call. */
  #timeoutMs(call: Call, { circuit }: TargetParts): number {
    const { timeoutMs } = this.#limits;
    return call.isTry && circuit !== undefined ? Math.min(timeoutMs, circuit.probeTimeoutMs) : timeoutMs;
  }

  #failed(error: unknown, call: Call, { counts }: TargetParts): void {
    if (call.stoppedBy === 'caller') counts.aborted++;
    else if (isRefusal(classify(error))) counts.refused++;
    else counts.failed++;
    if (call.attempts > 0) markTried(error, call.tried());
  }

  async #orInstead<T>(result: Promise<T>, call: Call, parts: TargetParts, fallback: Fallback): Promise<T> {
    try {
      return await result;
    } catch (error) {
      if (call.stoppedBy === 'caller' || !takesOver(fallback, error, classify(error))) throw error;
      const { feature } = fallback;
      parts.counts.fallbacks++;
      if (feature !== undefined) parts.registry.degraded(feature, this.name, parts.name, error);
      call.tell({ type: 'fallback', error, ...(feature === undefined ? {} : { feature }) });
      return (await fallback.give(error)) as T;
    }
  }
}
