/** One call on its way through the pipeline: its time, and the one thing that it waits for at the moment. */
import type { Clock } from '../clock.ts';
import { DeadlineError, TimeoutError, type Tried } from '../errors.ts';
import type { CallContext, CallOptions, PolicyEvent } from '../policy.ts';
import { AttemptContext } from './attempt-context.ts';
import type { DeadlineWatch, Watched } from './deadline-watch.ts';

const NEVER = Number.POSITIVE_INFINITY;
/** No breaker has let it through. */
export const NOT_ENTERED = -1;

/** Why a call was stopped: by its caller, because its time was over, or because another try of the same call was faster. */
export type StoppedBy = 'caller' | 'deadline' | 'faster';

/**
 * A call waits for one thing at a time: for a place in a queue, for a delay, for its work. Whatever it is, `stop` ends the
 * wait at once. So one listener on the caller's signal and one entry in the watch serve all of them.
 */
export class Call implements Watched {
  at = NEVER;
  before: Watched | undefined = undefined;
  next: Watched | undefined = undefined;

  readonly options: CallOptions;
  readonly startedAt: number;
  /** Total time, in milliseconds; `Infinity` for none. */
  readonly deadlineMs: number;
  readonly deadlineAt: number;
  attempts = 0;
  attemptStartedAt = 0;
  /** What the gates gave to the attempt: its number in the breaker, whether it is a try there, its place in the bulkhead. */
  entry = NOT_ENTERED;
  isTry = false;
  hasPlace = false;
  stoppedBy: StoppedBy | undefined = undefined;
  reason: unknown = undefined;
  /** What the last attempt that ended had failed with. */
  lastError: unknown = undefined;
  /** Set while the call waits; called once. */
  #wake: ((reason: unknown) => void) | undefined = undefined;
  #context: AttemptContext | undefined = undefined;
  #running = false;
  #timeoutMs = NEVER;
  #children: Call[] | undefined = undefined;
  #unlisten: (() => void) | undefined = undefined;
  /** Something may end it early; if nothing can, nothing is prepared for it. */
  #stoppable: boolean;
  readonly #clock: Clock;
  readonly #watch: DeadlineWatch;
  readonly #timed: boolean;

  /** @param timed Somebody wants to know how long it takes. */
  constructor(
    clock: Clock,
    watch: DeadlineWatch,
    options: CallOptions,
    deadlineMs: number,
    startedAt: number,
    timed: boolean,
  ) {
    this.#clock = clock;
    this.#watch = watch;
    this.#timed = timed;
    this.options = options;
    this.deadlineMs = deadlineMs;
    this.startedAt = startedAt;
    this.deadlineAt = startedAt + deadlineMs;
    this.#stoppable = deadlineMs !== NEVER;
  }

  nowMs(): number {
    return this.#timed ? this.#clock.now() : 0;
  }

  tried(): Tried {
    const { attempts } = this;
    return this.#timed ? { attempts, durationMs: this.#clock.now() - this.startedAt } : { attempts };
  }

  /** Whoever listens must not break a call. */
  tell(event: PolicyEvent): void {
    try {
      this.options.onEvent?.(event);
    } catch {
      // It is theirs.
    }
  }

  /** Stops when the caller's signal aborts. */
  listen(signal: AbortSignal): void {
    this.#stoppable = true;
    const onAbort = (): void => this.stop('caller', signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    this.#unlisten = () => signal.removeEventListener('abort', onAbort);
  }

  /** Time left, in milliseconds. */
  remainingMs(now: number): number {
    return this.deadlineAt - now;
  }

  /** Ends whatever the call waits for. The first reason counts. */
  stop(by: StoppedBy, reason: unknown): void {
    if (this.stoppedBy !== undefined) return;
    this.stoppedBy = by;
    this.reason = reason;
    for (const child of this.#children ?? []) child.stop(by, reason);
    this.#end(reason);
  }

  /** Is told by the watch: the deadline, or the time of the attempt, is over. */
  fire(now: number): void {
    if (now >= this.deadlineAt) {
      const tried = { attempts: this.attempts, durationMs: now - this.startedAt };
      this.stop(
        'deadline',
        new DeadlineError(this.deadlineMs, { doing: this.options.doing, tried, cause: this.lastError }),
      );
    } else if (this.#context !== undefined && now >= this.attemptStartedAt + this.#timeoutMs) {
      const { doing } = this.options;
      this.#end(new TimeoutError(this.#timeoutMs, { doing, attempt: this.attempts }));
    }
    // Whatever it was, it has been: the watch must not wake for it again.
    this.at = this.deadlineAt > now ? this.deadlineAt : NEVER;
  }

  /** The call is over: nothing will fire any more. */
  finish(): void {
    this.#watch.remove(this);
    this.#unlisten?.();
  }

  /** Runs the work of one attempt, and gives it up at its timeout, at the deadline, or when the caller stops the call. */
  race<T>(
    work: (context: CallContext) => Promise<T>,
    timeoutMs: number,
    noteHeaders: CallContext['noteHeaders'],
  ): Promise<T> {
    if (this.stoppedBy !== undefined) return Promise.reject(this.reason);
    const startedAt = timeoutMs === NEVER ? this.nowMs() : this.#clock.now();
    const context = new AttemptContext(++this.attempts, noteHeaders);
    this.attemptStartedAt = startedAt;
    this.#running = true;
    if (!this.#stoppable && timeoutMs === NEVER) return work(context);
    this.#timeoutMs = timeoutMs;
    this.#context = context;
    this.#watch.add(this, Math.min(startedAt + timeoutMs, this.deadlineAt));
    return new Promise<T>((resolve, reject) => {
      this.#wake = reject;
      // Work that is given up goes on unwatched: its late failure lands in a promise that is settled already.
      work(context).then(resolve, reject);
    });
  }

  /** The attempt has settled. False where there was none: it had not come so far. */
  ended(): boolean {
    const wasRunning = this.#running;
    this.#running = false;
    this.#wake = undefined;
    this.#context = undefined;
    return wasRunning;
  }

  /**
   * Waits for something that `start` begins; what `start` returns takes it back when the call is stopped in between.
   *
   * @throws the reason of the stop, at once.
   */
  wait<T>(start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void): Promise<T> {
    if (this.stoppedBy !== undefined) return Promise.reject(this.reason);
    if (this.deadlineMs !== NEVER) this.#watch.add(this, this.deadlineAt);
    return new Promise<T>((resolve, reject) => {
      const takeBack = start(
        value => {
          this.#wake = undefined;
          resolve(value);
        },
        error => {
          this.#wake = undefined;
          reject(error);
        },
      );
      this.#wake = reason => {
        takeBack();
        reject(reason);
      };
    });
  }

  /** Sleeps; somebody waits for this, so it keeps the process alive. */
  sleep(delayMs: number): Promise<void> {
    return this.wait(resolve => this.#clock.after(delayMs, () => resolve(), { keepAlive: true }));
  }

  /** Waits for a promise that cannot be taken back. */
  until<T>(promise: Promise<T>): Promise<T> {
    return this.wait<T>((resolve, reject) => {
      promise.then(resolve, reject);
      return () => {};
    });
  }

  /**
   * A try of the same call that runs beside others: it has the same deadline and is stopped with this call.
   *
   * @param attempts Made before it.
   */
  child(attempts: number): Call {
    const child = new Call(this.#clock, this.#watch, this.options, this.deadlineMs, this.startedAt, this.#timed);
    child.attempts = attempts;
    child.#stoppable = true;
    this.#children ??= [];
    this.#children.push(child);
    if (this.stoppedBy !== undefined) child.stop(this.stoppedBy, this.reason);
    return child;
  }

  #end(reason: unknown): void {
    const wake = this.#wake;
    this.#wake = undefined;
    this.#context?.abort(reason);
    wake?.(reason);
  }
}
