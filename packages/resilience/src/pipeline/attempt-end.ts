/** What follows from the end of an attempt: what it says about the dependency, what it gives back, what is told. */
import type { CallResult } from '../breaker/breaker-words.ts';
import { classify } from '../failures/classify.ts';
import type { RateLimiter } from '../limits/rate-limiter.ts';
import { type Call, NOT_ENTERED } from './call.ts';
import type { TargetParts } from './targets.ts';

/** Times of a policy, in milliseconds; `Infinity` for none. */
export interface Limits {
  readonly deadlineMs: number;
  readonly timeoutMs: number;
}

export function attemptSucceeded(call: Call, parts: TargetParts): void {
  call.ended();
  const durationMs = call.nowMs() - call.attemptStartedAt;
  parts.counts.attempts++;
  if (parts.circuit !== undefined) {
    parts.circuit.leave(call.entry, 'ok', durationMs);
    call.entry = NOT_ENTERED;
  }
  leaveBulkhead(call, parts);
  if (call.options.onEvent !== undefined)
    call.tell({ type: 'attempt', attempt: call.attempts, outcome: 'ok', durationMs });
}

/** Also of an attempt that no gate, or not every one, has let through: `started` says so. */
export function attemptFailed(error: unknown, call: Call, parts: TargetParts, limits: Limits): void {
  const started = call.ended();
  const durationMs = started ? call.nowMs() - call.attemptStartedAt : 0;
  if (call.entry !== NOT_ENTERED) {
    const result = started ? resultOf(error, call, durationMs, limits) : 'ignored';
    parts.circuit?.leave(call.entry, result, durationMs);
    if (call.isTry && result === 'ignored') parts.registry.shared?.giveUp(parts.circuitKey);
    call.entry = NOT_ENTERED;
  }
  leaveBulkhead(call, parts);
  if (!started) return;
  call.lastError = error;
  if (parts.limiter !== undefined && call.stoppedBy === undefined) noteRefusal(error, parts.limiter);
  const outcome = outcomeOf(error, call);
  parts.counts.attempts++;
  if (outcome === 'timeout') parts.counts.timeouts++;
  call.tell({ type: 'attempt', attempt: call.attempts, outcome, durationMs, error });
}

function leaveBulkhead(call: Call, { bulkhead }: TargetParts): void {
  if (!call.hasPlace) return;
  call.hasPlace = false;
  bulkhead?.leave();
}

/** The other side has asked to be left alone: that holds for all calls, not only for the next try of this one. */
function noteRefusal(error: unknown, limiter: RateLimiter): void {
  const { retryAfterMs } = classify(error);
  if (retryAfterMs !== undefined) limiter.note({ retryAfterMs });
}

/** What a failure says about the dependency. A 4xx is an answer of one that works; 429 is a matter of the rate limit. */
function resultOf(error: unknown, call: Call, durationMs: number, { deadlineMs, timeoutMs }: Limits): CallResult {
  if (call.stoppedBy === 'deadline') {
    // A caller with little time left cuts off calls that would have gone well. Half of what the policy grants is enough.
    return durationMs >= Math.min(deadlineMs, timeoutMs) / 2 ? 'failed' : 'ignored';
  }
  if (call.stoppedBy !== undefined) return 'ignored';
  const { blame, answered, throttled } = classify(error);
  if (throttled) return 'ignored';
  if (blame === 'dependency' || blame === 'network') return 'failed';
  return answered ? 'ok' : 'ignored';
}

function outcomeOf(error: unknown, { stoppedBy }: Call): 'failed' | 'timeout' | 'aborted' {
  if (stoppedBy !== undefined) return stoppedBy === 'deadline' ? 'timeout' : 'aborted';
  return (error as { code?: unknown } | null | undefined)?.code === 'QH_TIMEOUT' ? 'timeout' : 'failed';
}
