/** Lets calls go at a rate, in a fair order, and slows down when the other side asks for it. */
import type { Clock } from '../clock.ts';
import { RateLimitedError } from '../errors.ts';
import type { Call } from '../pipeline/call.ts';
import type { LimitFacts } from './limit-headers.ts';
import { WaitingLine } from './waiting-line.ts';

export interface RateLimitOptions {
  /** Calls in `perMs`. @default no limit of our own: only what answers ask for is kept */
  readonly calls?: number;
  /** @default 1_000 */
  readonly perMs?: number;
  /** Calls that may go at once after a quiet time. @default `calls` */
  readonly burst?: number;
  /** Longest that a call waits for its turn, in milliseconds; the call's deadline counts besides. @default no limit */
  readonly maxWaitMs?: number;
}

const NEVER = Number.POSITIVE_INFINITY;

/**
 * A token bucket with a line. A call that would have to wait longer than it has time is refused now, not later.
 *
 * What answers say is obeyed: after `Retry-After` nobody goes before its end, and no more calls go until the reset than the
 * server says remain.
 */
export class RateLimiter {
  readonly #target: string;
  readonly #clock: Clock;
  readonly #perToken: number;
  readonly #burst: number;
  readonly #maxWaitMs: number;
  readonly #line = new WaitingLine();
  #tokens: number;
  #filledAt: number;
  /** Nobody goes before this. */
  #pausedUntil = 0;
  /** Calls that the server still lets in until `#windowUntil`. */
  #allowance = NEVER;
  #windowUntil = 0;
  #cancelTimer: (() => void) | undefined;
  #timerAt = NEVER;

  constructor(target: string, { calls, perMs = 1_000, burst, maxWaitMs = NEVER }: RateLimitOptions, clock: Clock) {
    this.#target = target;
    this.#clock = clock;
    this.#perToken = calls === undefined ? 0 : perMs / calls;
    this.#burst = calls === undefined ? NEVER : (burst ?? Math.max(1, calls));
    this.#maxWaitMs = maxWaitMs;
    this.#tokens = this.#burst;
    this.#filledAt = clock.now();
  }

  get waiting(): number {
    return this.#line.length;
  }

  /** True where the call may go now. Nobody passes those who wait already. */
  tryTake(now: number): boolean {
    return this.#line.length === 0 && this.#takeToken(now);
  }

  /**
   * Waits for its turn; the call's end takes it out of the line at once.
   *
   * @throws {RateLimitedError} (`QH_RATE_LIMITED`) if that would take longer than the call has.
   */
  take(call: Call, now: number): Promise<void> {
    const { priority = 0, doing } = call.options;
    const waitMs = this.waitMs(now, this.#line.ahead(priority));
    const limitMs = Math.min(this.#maxWaitMs, call.remainingMs(now));
    if (waitMs > limitMs) throw new RateLimitedError(this.#target, { waitMs, limitMs, doing });
    return call.wait(resolve => {
      const entry = this.#line.add(priority, () => resolve());
      this.#schedule(now);
      return () => {
        this.#line.remove(entry);
        this.#schedule(this.#clock.now());
      };
    });
  }

  /** What an answer has said. */
  note({ retryAfterMs, remaining, resetMs }: LimitFacts): void {
    const now = this.#clock.now();
    if (retryAfterMs !== undefined) this.#pausedUntil = Math.max(this.#pausedUntil, now + retryAfterMs);
    if (remaining !== undefined && resetMs !== undefined) {
      const until = now + resetMs;
      // Answers come out of order: within one window the smallest number is the newest.
      const sameWindow = now < this.#windowUntil && Math.abs(until - this.#windowUntil) < 1_500;
      this.#allowance = sameWindow ? Math.min(this.#allowance, remaining) : remaining;
      this.#windowUntil = until;
    }
    if (this.#line.length > 0) this.#schedule(now);
  }

  /** How long a call waits that has so many before it, in milliseconds. */
  waitMs(now: number, ahead: number): number {
    this.#fill(now);
    const missing = ahead + 1 - this.#tokens;
    const byRate = missing > 0 ? missing * this.#perToken : 0;
    const byWindow = now < this.#windowUntil && ahead + 1 > this.#allowance ? this.#windowUntil - now : 0;
    return Math.max(byRate, byWindow, this.#pausedUntil - now, 0);
  }

  #takeToken(now: number): boolean {
    if (now < this.#pausedUntil) return false;
    if (now < this.#windowUntil) {
      if (this.#allowance < 1) return false;
    } else this.#allowance = NEVER;
    if (this.#perToken > 0) {
      this.#fill(now);
      // A wait that is computed to the last bit may end a rounding error too early.
      if (this.#tokens < 1 - 1e-6) return false;
      this.#tokens--;
    }
    this.#allowance--;
    return true;
  }

  #fill(now: number): void {
    if (this.#perToken === 0) return;
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#filledAt) / this.#perToken);
    this.#filledAt = now;
  }

  /** One timer, for the first in line. Those in line are waited for, so it keeps the process alive. */
  #schedule(now: number): void {
    const at = this.#line.length === 0 ? NEVER : now + this.waitMs(now, 0);
    if (at === this.#timerAt) return;
    this.#cancelTimer?.();
    this.#timerAt = at;
    this.#cancelTimer =
      at === NEVER ? undefined : this.#clock.after(at - now, () => this.#drain(), { keepAlive: true });
  }

  #drain(): void {
    this.#cancelTimer = undefined;
    this.#timerAt = NEVER;
    const now = this.#clock.now();
    while (this.#line.length > 0 && this.#takeToken(now)) this.#line.shift()?.go();
    this.#schedule(now);
  }
}
