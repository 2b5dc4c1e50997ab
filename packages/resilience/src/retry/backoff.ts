/** How long to wait before the next attempt: the arithmetic is cockatiel's, the waiting is not. */
import {
  decorrelatedJitterGenerator,
  ExponentialBackoff,
  fullJitterGenerator,
  type GeneratorFn,
  halfJitterGenerator,
  type IBackoffFactory,
  type IExponentialBackoffOptions,
  noJitterGenerator,
} from 'cockatiel';

/**
 * `full`: anywhere between nothing and the step, which spreads a crowd best. `equal`: at least half of the step, so that it
 * is never next to nothing. `decorrelated`: spread without steps, around the same times. `none`: the step itself.
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @see https://github.com/App-vNext/Polly/issues/530 for `decorrelated`
 */
export type Jitter = 'full' | 'equal' | 'decorrelated' | 'none';

export interface BackoffOptions {
  /** First step, in milliseconds; each next one is twice as long. @default 100 */
  readonly baseMs?: number;
  /** Longest step, in milliseconds. @default 10_000 */
  readonly maxMs?: number;
  /** @default 'full' */
  readonly jitter?: Jitter;
}

const GENERATORS = {
  full: fullJitterGenerator,
  equal: halfJitterGenerator,
  decorrelated: decorrelatedJitterGenerator,
  none: noJitterGenerator,
} as const satisfies Record<Jitter, unknown>;

/** The delays of one call. */
export class Backoff {
  readonly #options: IExponentialBackoffOptions<unknown>;
  #delay: IBackoffFactory<unknown>;
  #retries = 0;

  constructor({ baseMs = 100, maxMs = 10_000, jitter = 'full' }: BackoffOptions) {
    const generator = GENERATORS[jitter] as GeneratorFn<unknown>;
    this.#options = { initialDelay: baseMs, maxDelay: maxMs, exponent: 2, generator };
    this.#delay = new ExponentialBackoff(this.#options);
  }

  /** @param throttled Too many calls were the reason: a delay next to nothing would only repeat them, so it is `equal`. */
  nextMs(throttled: boolean): number {
    const delay = this.#delay.next(undefined);
    this.#delay = delay;
    const step = this.#retries++;
    if (!throttled || this.#options.generator === noJitterGenerator) return delay.duration;
    return halfJitterGenerator(step, { ...this.#options, generator: halfJitterGenerator })[0];
  }
}
