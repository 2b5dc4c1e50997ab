/** Opens where too large a part of the calls of the last so many milliseconds is bad. */
import type { TripRule } from './trip-rule.ts';

const STEPS = 10;

export interface TimeRuleOptions {
  readonly words: string;
  /** More than this part opens. */
  readonly ratio01: number;
  readonly overMs: number;
  readonly atLeastCalls: number;
  /** Counts calls that take longer, instead of those that fail. */
  readonly slowerThanMs: number | undefined;
}

/**
 * The window is kept in ten steps; a step that is over leaves as a whole, also after a long silence. The `SamplingBreaker`
 * of cockatiel 4 would forget one step a call, however long the silence was, and goes by the wall clock.
 */
export class TimeRule implements TripRule {
  readonly words: string;
  readonly #options: TimeRuleOptions;
  readonly #stepMs: number;
  readonly #calls = new Uint32Array(STEPS);
  readonly #bad = new Uint32Array(STEPS);
  #step = Number.NEGATIVE_INFINITY;
  #allCalls = 0;
  #allBad = 0;

  constructor(options: TimeRuleOptions) {
    this.#options = options;
    this.words = options.words;
    this.#stepMs = options.overMs / STEPS;
  }

  ended(ok: boolean, durationMs: number, now: number): boolean {
    const { slowerThanMs, ratio01, atLeastCalls } = this.#options;
    const step = Math.floor(now / this.#stepMs);
    if (step !== this.#step) this.#advance(step);
    const at = step % STEPS;
    this.#calls[at] = (this.#calls[at] ?? 0) + 1;
    this.#allCalls++;
    const bad = slowerThanMs === undefined ? !ok : durationMs > slowerThanMs;
    if (!bad) return false;
    this.#bad[at] = (this.#bad[at] ?? 0) + 1;
    this.#allBad++;
    return this.#allCalls >= atLeastCalls && this.#allBad > ratio01 * this.#allCalls;
  }

  #advance(step: number): void {
    if (step - this.#step >= STEPS) this.reset();
    else
      for (let old = this.#step + 1; old <= step; old++) {
        const at = old % STEPS;
        this.#allCalls -= this.#calls[at] ?? 0;
        this.#allBad -= this.#bad[at] ?? 0;
        this.#calls[at] = 0;
        this.#bad[at] = 0;
      }
    this.#step = step;
  }

  reset(): void {
    this.#calls.fill(0);
    this.#bad.fill(0);
    this.#allCalls = 0;
    this.#allBad = 0;
  }
}
