/** Rules that look at a part of the calls: of the last so many, or of the last so many milliseconds. */
import type { TimedRule } from './trip-rule.ts';

export interface WindowOptions {
  /** More than this part opens, between 0 and 1. @default 0.5 */
  readonly ratio01?: number;
  /** Looks at the last so many calls. */
  readonly overCalls?: number;
  /** Looks at the last so many milliseconds, in ten steps. Instead of `overCalls`. */
  readonly overMs?: number;
  /** Says nothing before it has seen so many. @default `overCalls`, or 10 */
  readonly atLeastCalls?: number;
}

/** Of the calls it holds: how many there are, and how many of them are bad. */
interface Window {
  add(bad: boolean, now: number): void;
  readonly calls: number;
  readonly bad: number;
  clear(): void;
}

/** The last `size` calls, in a ring. */
class CountWindow implements Window {
  readonly #ring: Uint8Array;
  #at = 0;
  calls = 0;
  bad = 0;

  constructor(size: number) {
    this.#ring = new Uint8Array(size);
  }

  add(bad: boolean): void {
    const ring = this.#ring;
    if (this.calls === ring.length) this.bad -= ring[this.#at] ?? 0;
    else this.calls++;
    ring[this.#at] = bad ? 1 : 0;
    if (bad) this.bad++;
    this.#at = this.#at + 1 === ring.length ? 0 : this.#at + 1;
  }

  clear(): void {
    this.calls = 0;
    this.bad = 0;
    this.#at = 0;
  }
}

const STEPS = 10;

/** The last `lengthMs`, in steps. A step that is over leaves as a whole, also after a long silence. */
class TimeWindow implements Window {
  readonly #stepMs: number;
  readonly #calls = new Uint32Array(STEPS);
  readonly #bad = new Uint32Array(STEPS);
  #step = Number.NEGATIVE_INFINITY;
  calls = 0;
  bad = 0;

  constructor(lengthMs: number) {
    this.#stepMs = lengthMs / STEPS;
  }

  add(bad: boolean, now: number): void {
    const step = Math.floor(now / this.#stepMs);
    if (step !== this.#step) this.#advance(step);
    const at = step % STEPS;
    this.#calls[at] = (this.#calls[at] ?? 0) + 1;
    this.calls++;
    if (!bad) return;
    this.#bad[at] = (this.#bad[at] ?? 0) + 1;
    this.bad++;
  }

  #advance(step: number): void {
    const passed = step - this.#step;
    if (passed >= STEPS) this.clear();
    else {
      for (let old = this.#step + 1; old <= step; old++) {
        const at = old % STEPS;
        this.calls -= this.#calls[at] ?? 0;
        this.bad -= this.#bad[at] ?? 0;
        this.#calls[at] = 0;
        this.#bad[at] = 0;
      }
    }
    this.#step = step;
  }

  clear(): void {
    this.#calls.fill(0);
    this.#bad.fill(0);
    this.calls = 0;
    this.bad = 0;
  }
}

/** Too large a part of the calls fails, or takes too long where `slowerThanMs` is given. */
export class RatioRule implements TimedRule {
  readonly words: string;
  readonly #window: Window;
  readonly #ratio: number;
  readonly #atLeast: number;
  readonly #slowerThanMs: number;

  constructor(
    { ratio01 = 0.5, overCalls, overMs, atLeastCalls }: WindowOptions,
    slowerThanMs = Number.POSITIVE_INFINITY,
  ) {
    const size = overCalls ?? 20;
    this.#window = overMs === undefined ? new CountWindow(size) : new TimeWindow(overMs);
    this.#ratio = ratio01;
    this.#atLeast = atLeastCalls ?? (overMs === undefined ? size : 10);
    this.#slowerThanMs = slowerThanMs;
    const what = slowerThanMs === Number.POSITIVE_INFINITY ? 'failed' : `took more than ${slowerThanMs} ms`;
    const of = overMs === undefined ? `the last ${size} calls` : `the calls of the last ${overMs} ms`;
    this.words = `more than ${Math.round(ratio01 * 100)} % of ${of} ${what}`;
  }

  ended(ok: boolean, durationMs: number, now: number): boolean {
    const watchesTime = this.#slowerThanMs !== Number.POSITIVE_INFINITY;
    const bad = watchesTime ? durationMs > this.#slowerThanMs : !ok;
    const window = this.#window;
    window.add(bad, now);
    return bad && window.calls >= this.#atLeast && window.bad > this.#ratio * window.calls;
  }

  reset(): void {
    this.#window.clear();
  }
}
