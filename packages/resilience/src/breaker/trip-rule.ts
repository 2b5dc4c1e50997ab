/** When a breaker opens. Each rule counts calls while the breaker is closed and says when it has seen enough. */

/**
 * What a rule has to do. The breakers of cockatiel 4 (`ConsecutiveBreaker`, `CountBreaker`, `SamplingBreaker`) fit here as
 * they are; theirs take the state of the circuit as a number, 0 while it is closed.
 */
export interface TripRule {
  success(state: number): void;
  /** True: open now. */
  failure(state: number): boolean;
}

/** A rule that also wants to know how long calls take and what time it is. */
export interface TimedRule {
  /** Of every call that ended; true: open now. */
  ended(ok: boolean, durationMs: number, now: number): boolean;
  /** The breaker has closed again: what was before no longer counts. */
  reset(): void;
  /** In words, for the error: `5 failures in a row`. */
  readonly words: string;
}

/** So many failures without a success between. */
export class ConsecutiveRule implements TimedRule {
  readonly #limit: number;
  #failures = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get words(): string {
    return this.#limit === 1 ? 'a failure' : `${this.#limit} failures in a row`;
  }

  ended(ok: boolean): boolean {
    if (ok) {
      this.#failures = 0;
      return false;
    }
    return ++this.#failures >= this.#limit;
  }

  reset(): void {
    this.#failures = 0;
  }
}

/** A rule that was made elsewhere. */
export class ForeignRule implements TimedRule {
  readonly words = 'its own rule';
  readonly #make: () => TripRule;
  #rule: TripRule;

  constructor(make: () => TripRule) {
    this.#make = make;
    this.#rule = make();
  }

  ended(ok: boolean): boolean {
    if (!ok) return this.#rule.failure(0);
    this.#rule.success(0);
    return false;
  }

  reset(): void {
    this.#rule = this.#make();
  }
}
