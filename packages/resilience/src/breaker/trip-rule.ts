/** When a breaker opens. Each rule counts calls while the breaker is closed and says when it has seen enough. */
import { CircuitState, type IBreaker } from 'cockatiel';

export interface TripRule {
  /** Of every call that ended; true: open now. */
  ended(ok: boolean, durationMs: number, now: number): boolean;
  /** The breaker has closed again: what was before no longer counts. */
  reset(): void;
  /** In words, for the error: `5 failures in a row`. */
  readonly words: string;
}

/** A breaker of cockatiel counts. It is asked while the circuit is closed only; what follows is the circuit's own. */
export class CountingRule implements TripRule {
  readonly words: string;
  readonly #make: () => IBreaker;
  readonly #slowerThanMs: number;
  #breaker: IBreaker;

  /** @param slowerThanMs Counts calls that take longer, instead of those that fail. */
  constructor(make: () => IBreaker, words: string, slowerThanMs?: number) {
    this.words = words;
    this.#make = make;
    this.#slowerThanMs = slowerThanMs ?? Number.POSITIVE_INFINITY;
    this.#breaker = make();
  }

  ended(ok: boolean, durationMs: number): boolean {
    const bad = this.#slowerThanMs === Number.POSITIVE_INFINITY ? !ok : durationMs > this.#slowerThanMs;
    if (bad) return this.#breaker.failure(CircuitState.Closed);
    this.#breaker.success(CircuitState.Closed);
    return false;
  }

  reset(): void {
    this.#breaker = this.#make();
  }
}
