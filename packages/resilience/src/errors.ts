/** Every error that a policy adds to those of the work it runs. Each says what was tried, how often and for how long. */
import { QualityHubError } from '@quality-hub/protocol';

/** What had been done for a call when it failed. */
export interface Tried {
  readonly attempts: number;
  /** Absent where nothing in the policy has to do with time. */
  readonly durationMs?: number;
}

/** One attempt took longer than it may (`QH_TIMEOUT`). */
export class TimeoutError extends QualityHubError {
  constructor(
    timeoutMs: number,
    { doing, attempt = 1 }: { readonly doing?: string | undefined; readonly attempt?: number } = {},
  ) {
    super(about(doing, `gave up after ${inMs(timeoutMs)}${nth(attempt)}`), {
      code: 'QH_TIMEOUT',
      hint: 'Find out what the other side was waiting for, or raise timeoutMs of the policy',
    });
  }
}

/** The total time of a call is over (`QH_DEADLINE`). `cause` is what the last attempt failed with, where one had ended. */
export class DeadlineError extends QualityHubError {
  readonly tried: Tried;
  constructor(
    deadlineMs: number,
    { doing, tried, cause }: { doing?: string | undefined; tried: Tried; cause?: unknown },
  ) {
    const last = cause === undefined ? '' : `; the last error was: ${firstLine(cause)}`;
    super(about(doing, `no answer within the deadline of ${inMs(deadlineMs)}${after(tried)}${last}`), {
      code: 'QH_DEADLINE',
      hint: 'Look at the dependency first; then raise deadlineMs of the policy, or the timeout of the test',
      cause,
    });
    this.tried = tried;
  }
}

/** The breaker is open: the dependency has failed too often and is left in peace (`QH_BREAKER_OPEN`). */
export class BreakerOpenError extends QualityHubError {
  readonly target: string;
  /** When the next call will be let through to see, as ISO 8601; absent where the breaker is held open by hand. */
  readonly retryAt: string | undefined;
  constructor(
    target: string,
    { reason, retryAt, doing }: { reason: string; retryAt?: string | undefined; doing?: string | undefined },
  ) {
    const until = retryAt === undefined ? 'until it is released' : `until ${retryAt}`;
    super(about(doing, `not called, ${target} is seen as down ${until} (${reason})`), {
      code: 'QH_BREAKER_OPEN',
      hint: `Bring ${target} back, or find out why it fails; calls go through again by themselves`,
    });
    this.target = target;
    this.retryAt = retryAt;
  }
}

/** The rate limit would let the call wait longer than it can (`QH_RATE_LIMITED`). */
export class RateLimitedError extends QualityHubError {
  readonly waitMs: number;
  constructor(
    target: string,
    { waitMs, limitMs, doing }: { waitMs: number; limitMs: number; doing?: string | undefined },
  ) {
    super(
      about(
        doing,
        `not called, the rate limit of ${target} asks for a wait of ${inMs(waitMs)} and only ${inMs(limitMs)} are left`,
      ),
      { code: 'QH_RATE_LIMITED', hint: 'Make fewer calls at a time, raise the rate limit, or give the call more time' },
    );
    this.waitMs = waitMs;
  }
}

/** All places are taken, and so are all places in the queue (`QH_BULKHEAD_FULL`). */
export class BulkheadFullError extends QualityHubError {
  constructor(
    target: string,
    { running, queued, doing }: { running: number; queued: number; doing?: string | undefined },
  ) {
    super(about(doing, `not called, ${running} calls of ${target} run and ${queued} wait`), {
      code: 'QH_BULKHEAD_FULL',
      hint: 'Make fewer calls at a time, or raise concurrent or queue of the bulkhead',
    });
  }
}

/** The calls that this run may make are used up (`QH_QUOTA`). */
export class QuotaError extends QualityHubError {
  constructor(target: string, { calls, doing }: { calls: number; doing?: string | undefined }) {
    super(about(doing, `not called, the quota of ${calls} calls of ${target} for this run is used up`), {
      code: 'QH_QUOTA',
      hint: 'Find the test that calls so often, or raise quota of the policy',
    });
  }
}

/** What was to be done before trying again has failed itself (`QH_RECOVERY`). `cause` is what it failed with. */
export class RecoveryError extends QualityHubError {
  /** Why it was to be tried again. */
  readonly error: unknown;
  constructor({
    doing,
    attempt,
    error,
    cause,
  }: { doing: string | undefined; attempt: number; error: unknown; cause: unknown }) {
    super(
      about(
        doing,
        `attempt ${attempt} failed (${firstLine(error)}), and so did what should be done before the next: ${firstLine(cause)}`,
      ),
      { code: 'QH_RECOVERY', hint: 'Look at beforeRetry of the policy, and at what it calls', cause },
    );
    this.error = error;
  }
}

function about(doing: string | undefined, text: string): string {
  return doing === undefined ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : `${doing}: ${text}`;
}

function nth(attempt: number): string {
  return attempt > 1 ? ` in attempt ${attempt}` : '';
}

function after({ attempts, durationMs = 0 }: Tried): string {
  return attempts === 0
    ? `: waited ${inMs(durationMs)} and made no attempt`
    : `, after ${attempts} ${attempts === 1 ? 'attempt' : 'attempts'} in ${inMs(durationMs)}`;
}

function firstLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.split('\n', 1)[0] ?? '';
}

function inMs(ms: number): string {
  return `${Math.round(ms)} ms`;
}
