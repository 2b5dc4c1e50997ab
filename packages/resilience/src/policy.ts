/** The words in which clients speak to a policy: what surrounds a call, and what it tells about it. */

/** What one attempt is given. */
export interface CallContext {
  /** Aborts at the attempt's timeout, at the total deadline, and when the caller aborts. Made when it is first read. */
  readonly signal: AbortSignal;
  /** 1 for the first. */
  readonly attempt: number;
  /**
   * Tells the rate limit what an answer says of it: `Retry-After`, `RateLimit-*`, `X-RateLimit-*`. Absent where the policy
   * has no rate limit, so that nobody reads headers for nothing.
   */
  readonly noteHeaders?: ((get: (name: string) => string | null | undefined) => void) | undefined;
}

/** What a policy tells while a call runs, in order. */
export type PolicyEvent =
  | {
      readonly type: 'attempt';
      readonly attempt: number;
      readonly outcome: 'ok' | 'failed' | 'timeout' | 'aborted';
      readonly durationMs: number;
      readonly error?: unknown;
    }
  | { readonly type: 'wait'; readonly for: 'retry' | 'rate-limit' | 'bulkhead'; readonly waitMs: number }
  | {
      readonly type: 'refused';
      readonly by: 'breaker' | 'rate-limit' | 'bulkhead' | 'quota' | 'deadline' | 'retry-budget';
    }
  /** A second try was started beside the first, which had not answered yet. */
  | { readonly type: 'hedge'; readonly afterMs: number }
  /** The call failed, and something else is given instead; `feature` is what works less well now. */
  | { readonly type: 'fallback'; readonly feature?: string; readonly error: unknown };

export interface CallOptions {
  /** Ends the call at once, also while it waits; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Total time for the call, below that of the policy: what is left of the test, say. In milliseconds. */
  readonly deadlineMs?: number;
  /** Doing it twice does the same as doing it once. Only then is work repeated that may have been done. @default false */
  readonly idempotent?: boolean;
  /** What breaker, limiter and bulkhead are kept for: host and class of operation. @default the policy's name */
  readonly target?: string;
  /** Higher goes first where calls wait. @default 0 */
  readonly priority?: number;
  /** What is being done, for error messages: `POST /orders`. */
  readonly doing?: string;
  readonly onEvent?: (event: PolicyEvent) => void;
}

export interface Policy {
  readonly name: string;
  /**
   * Runs `work` inside the policy.
   *
   * @throws what `work` threw at last, or an error of ours (breaker open, deadline, quota) that says what was tried.
   */
  execute<T>(work: (context: CallContext) => Promise<T>, options?: CallOptions): Promise<T>;
}
