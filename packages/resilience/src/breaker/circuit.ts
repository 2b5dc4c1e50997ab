/** The breaker of one target: closed, open, or letting a few calls through to see. */
import { BreakerOpenError } from '../errors.ts';
import { type BreakerOptions, needsTime, tripRules } from './breaker-options.ts';
import type { BreakerChange, BreakerState, BreakerStatus, CallResult, CircuitSeams, Outage } from './breaker-words.ts';
import type { TripRule } from './trip-rule.ts';

/**
 * What others need to be true at any moment is computed when they ask: an open breaker whose time is over says `half-open`
 * though nobody has called, and a try that hangs has failed when its time is over though it has not ended.
 */
export class Circuit {
  readonly target: string;
  readonly #options: BreakerOptions;
  readonly #rules: readonly TripRule[];
  readonly #seams: CircuitSeams;
  readonly #probeCalls: number;
  readonly #probeFailures: number;
  #mostAtOnce = Number.POSITIVE_INFINITY;
  /** Longest time of a try, in milliseconds. */
  readonly probeTimeoutMs: number;
  /** Its rules want to know how long calls take, or what time it is. */
  readonly needsTime: boolean;

  #state: BreakerState = 'closed';
  #held: 'open' | 'closed' | undefined;
  #holds = 0;
  #reason = '';
  #openUntil = 0;
  #openMs: number;
  #openedAt = 0;
  #opened = 0;
  #openForMs = 0;
  #failedForMs = 0;
  /** Grows with each change of the state: a call that was let through before it counts no more. */
  #round = 1;
  #running = 0;
  #succeeded = 0;
  #failed = 0;
  #probeUntil = 0;
  #okCalls = 0;
  #failedCalls = 0;
  #ignoredCalls = 0;
  #refusedCalls = 0;

  constructor(target: string, options: BreakerOptions, seams: CircuitSeams) {
    this.target = target;
    this.#options = options;
    this.#seams = seams;
    this.#rules = tripRules(options);
    this.needsTime = needsTime(options);
    this.#openMs = options.openMs ?? 5_000;
    this.#probeCalls = options.halfOpen?.calls ?? 1;
    this.#probeFailures = options.halfOpen?.failures01 ?? 0;
    this.probeTimeoutMs = options.halfOpen?.timeoutMs ?? 5_000;
  }

  /** Tries go one by one: where breakers are shared, all processes together make one at a time. */
  tryOneByOne(): void {
    this.#mostAtOnce = 1;
  }

  get state(): BreakerState {
    if (this.#held !== undefined) return this.#held;
    if (this.#state === 'closed') return 'closed';
    this.#settle(this.#seams.clock.now());
    if (this.#state === 'open' && this.#seams.clock.now() >= this.#openUntil) return 'half-open';
    return this.#state;
  }

  /** What it lets through now is a try. */
  get isProbing(): boolean {
    return this.#state === 'half-open' && this.#held === undefined;
  }

  /** True where the next call that is let through would be a try. */
  wouldProbe(): boolean {
    if (this.#held !== undefined || this.#state === 'closed') return false;
    const now = this.#seams.clock.now();
    this.#settle(now);
    return this.#state === 'half-open' ? this.#hasPlace : now >= this.#openUntil;
  }

  /** Somebody else tries: nobody here does before that is over. */
  postpone(waitMs: number): void {
    if (this.#state === 'open') this.#openUntil = Math.max(this.#openUntil, this.#seams.clock.now() + waitMs);
  }

  /**
   * Lets a call through, or not. What it returns goes to {@link leave} when the call has ended.
   *
   * @throws {BreakerOpenError} (`QH_BREAKER_OPEN`)
   */
  enter(doing?: string): number {
    if (this.#state === 'closed' && this.#held === undefined) return this.#round;
    return this.#enterWatched(doing);
  }

  #enterWatched(doing: string | undefined): number {
    if (this.#held === 'closed') return this.#round;
    if (this.#held === 'open') throw this.refusal(doing);
    const now = this.#seams.clock.now();
    this.#settle(now);
    if (this.#state === 'open' && now >= this.#openUntil) this.#beginRound();
    if (this.#state !== 'half-open' || !this.#hasPlace) throw this.refusal(doing);
    this.#running++;
    this.#probeUntil = now + this.probeTimeoutMs;
    return this.#round;
  }

  leave(entry: number, result: CallResult, durationMs: number): void {
    if (result === 'ok') this.#okCalls++;
    else this.#countBad(result, durationMs);
    if (this.#state === 'half-open') this.#settle(this.#seams.clock.now());
    if (entry !== this.#round || this.#held !== undefined) return;
    if (this.#state === 'half-open') this.#leaveProbe(result);
    else if (result !== 'ignored') this.#count(result === 'ok', durationMs);
  }

  #countBad(result: 'failed' | 'ignored', durationMs: number): void {
    if (result === 'ignored') this.#ignoredCalls++;
    else {
      this.#failedCalls++;
      this.#failedForMs += durationMs;
    }
  }

  #count(ok: boolean, durationMs: number): void {
    // Reading the clock is half of what a breaker costs that is closed.
    const now = this.needsTime ? this.#seams.clock.now() : 0;
    for (const rule of this.#rules)
      if (rule.ended(ok, durationMs, now)) {
        this.#open(rule.words, this.#seams.clock.now(), 'calls');
        return;
      }
  }

  /** Counts and makes the error for a call that was not let through. */
  refusal(doing: string | undefined): BreakerOpenError {
    this.#refusedCalls++;
    return new BreakerOpenError(this.target, { reason: this.#reason, retryAt: this.retryAt, doing });
  }

  /** When a call will be let through again; undefined where it is closed or held by hand. */
  get retryAt(): string | undefined {
    if (this.#held !== undefined || this.#state === 'closed') return undefined;
    return this.#instant(this.#state === 'open' ? this.#openUntil : this.#probeUntil);
  }

  /** Milliseconds until a call will be let through again. */
  retryInMs(): number {
    if (this.#state === 'closed') return 0;
    const now = this.#seams.clock.now();
    return Math.max(0, (this.#state === 'open' ? this.#openUntil : this.#probeUntil) - now);
  }

  /**
   * Holds it open or closed whatever calls do, until the function that comes back is called. The last one to hold wins;
   * after the last release it is closed and counts anew.
   */
  hold(as: 'open' | 'closed', reason: string = 'held by hand'): () => void {
    const from = this.state;
    this.#held = as;
    this.#holds++;
    this.#reason = reason;
    if (from !== as) this.#tell(from, as, reason, 'hand');
    let released = false;
    return () => {
      if (released) return;
      released = true;
      if (--this.#holds > 0) return;
      this.#held = undefined;
      this.#startAnew();
      if (as !== 'closed') this.#tell(as, 'closed', 'released', 'hand');
    };
  }

  /** Another process has found the dependency down: it stays open for `leftMs` of `openMs`. */
  openFromOutside(reason: string, { openMs, leftMs }: Omit<Outage, 'reason'>): void {
    if (this.#held !== undefined || this.#state === 'half-open') return;
    const now = this.#seams.clock.now();
    if (this.#state === 'closed') this.#open(reason, now, 'others', openMs, leftMs);
    this.#openMs = openMs;
    this.#openUntil = now + leftMs;
  }

  /** Another process has found that it works again. */
  closeFromOutside(reason: string): void {
    if (this.#held === undefined && this.#state !== 'closed') this.#close(reason, 'others');
  }

  /** What others should know while it is open. */
  get outage(): Outage | undefined {
    if (this.#state !== 'open') return undefined;
    return { reason: this.#reason, openMs: this.#openMs, leftMs: this.retryInMs() };
  }

  status(): BreakerStatus {
    const state = this.state;
    const isOut = this.#state !== 'closed';
    const now = this.#seams.clock.now();
    return {
      target: this.target,
      state,
      held: this.#held,
      reason: isOut || this.#held !== undefined ? this.#reason : undefined,
      retryAt: this.retryAt,
      openedAt: isOut ? this.#instant(this.#openedAt) : undefined,
      opened: this.#opened,
      openForMs: this.#openForMs + (isOut ? now - this.#openedAt : 0),
      failedForMs: this.#failedForMs,
      calls: {
        ok: this.#okCalls,
        failed: this.#failedCalls,
        ignored: this.#ignoredCalls,
        refused: this.#refusedCalls,
      },
    };
  }

  get #hasPlace(): boolean {
    return this.#running + this.#succeeded + this.#failed < this.#probeCalls && this.#running < this.#mostAtOnce;
  }

  /** A round whose time is over has failed, whether its calls have ended or not. */
  #settle(now: number): void {
    if (this.#state === 'half-open' && this.#running > 0 && now >= this.#probeUntil)
      this.#open(`a try did not end within ${this.probeTimeoutMs} ms`, now, 'calls', this.#longer());
  }

  #beginRound(): void {
    this.#state = 'half-open';
    this.#round++;
    this.#running = 0;
    this.#succeeded = 0;
    this.#failed = 0;
    this.#tell('open', 'half-open', this.#reason, 'calls');
  }

  #leaveProbe(result: CallResult): void {
    const now = this.#seams.clock.now();
    this.#running--;
    if (result === 'ok') this.#succeeded++;
    else if (result === 'failed') this.#failed++;
    if (this.#failed > this.#probeFailures * this.#probeCalls)
      this.#open('it still fails', now, 'calls', this.#longer());
    else if (this.#running === 0 && this.#succeeded + this.#failed >= this.#probeCalls)
      this.#close('it works again', 'calls');
  }

  #open(
    reason: string,
    now: number,
    by: BreakerChange['by'],
    openMs: number = this.#options.openMs ?? 5_000,
    leftMs: number = openMs,
  ): void {
    const from = this.#state;
    if (from === 'closed') {
      this.#openedAt = now;
      this.#opened++;
    }
    this.#state = 'open';
    this.#round++;
    this.#openMs = openMs;
    this.#openUntil = now + leftMs;
    this.#reason = reason;
    this.#tell(from, 'open', reason, by);
  }

  #close(reason: string, by: BreakerChange['by']): void {
    const from = this.#state;
    this.#startAnew();
    this.#tell(from, 'closed', reason, by);
  }

  #longer(): number {
    return Math.min(this.#options.maxOpenMs ?? 60_000, this.#openMs * 2);
  }

  #startAnew(): void {
    if (this.#state !== 'closed') this.#openForMs += this.#seams.clock.now() - this.#openedAt;
    this.#state = 'closed';
    this.#round++;
    for (const rule of this.#rules) rule.reset();
  }

  #instant(at: number): string {
    return new Date(this.#seams.wallNow() + at - this.#seams.clock.now()).toISOString();
  }

  #tell(from: BreakerState, to: BreakerState, reason: string, by: BreakerChange['by']): void {
    const retryAt = to === 'open' ? this.retryAt : undefined;
    this.#seams.onChange({ target: this.target, from, to, reason, by, ...(retryAt === undefined ? {} : { retryAt }) });
  }
}
