/** A policy whose calls are told as evidence, for code that tells nothing by itself: functions and methods of a suite. */
import type { CallEvidence, Evidence } from '@quality-hub/protocol';
import { type CallContext, type CallOptions, classify, type Policy, type PolicyEvent } from '@quality-hub/resilience';

export interface ToldPolicySeams {
  readonly observe: (evidence: Evidence) => void;
  /** What is left of the running test, in milliseconds. */
  readonly remainingMs?: () => number | undefined;
  /** Monotonic. @default performance.now */
  readonly now?: () => number;
}

type Outcome = CallEvidence['outcome'];

export function toldPolicy(policy: Policy, seams: ToldPolicySeams): Policy {
  return { name: policy.name, execute: (work, options = {}) => execute(policy, work, options, seams) };
}

async function execute<T>(
  policy: Policy,
  work: (context: CallContext) => Promise<T>,
  options: CallOptions,
  { observe, remainingMs, now = () => performance.now() }: ToldPolicySeams,
): Promise<T> {
  const startedAt = now();
  let attempts = 0;
  let waitedMs = 0;
  let refusedBy: CallEvidence['refusedBy'];
  const onEvent = (event: PolicyEvent): void => {
    if (event.type === 'attempt') attempts++;
    else if (event.type === 'wait') waitedMs += event.waitMs;
    else if (event.type === 'refused') refusedBy = event.by;
    options.onEvent?.(event);
  };
  const tell = (outcome: Outcome, errorCode?: string): void => {
    observe({
      kind: 'call',
      dependency: policy.name,
      operation: options.doing ?? policy.name,
      outcome,
      attempts,
      durationMs: now() - startedAt,
      ...(waitedMs > 0 ? { waitedMs } : {}),
      ...(outcome === 'refused' && refusedBy !== undefined ? { refusedBy } : {}),
      ...(errorCode === undefined ? {} : { errorCode }),
    });
  };
  const deadlineMs = Math.min(
    options.deadlineMs ?? Number.POSITIVE_INFINITY,
    remainingMs?.() ?? Number.POSITIVE_INFINITY,
  );
  try {
    const limit = Number.isFinite(deadlineMs) ? { deadlineMs: Math.max(1, deadlineMs) } : {};
    const result = await policy.execute(work, { ...options, ...limit, onEvent });
    tell('ok');
    return result;
  } catch (error) {
    const { blame, code } = classify(error);
    const isTheirs = blame === 'dependency' || blame === 'network';
    // An expectation that fails inside says nothing of the dependency.
    if (options.signal?.aborted) tell('aborted');
    else if (attempts === 0 && refusedBy !== undefined) tell('refused', code);
    else if (isTheirs) tell(isTimeout(code) ? 'timeout' : 'failed', code);
    throw error;
  }
}

function isTimeout(code: string | undefined): boolean {
  return code === 'QH_TIMEOUT' || code === 'QH_DEADLINE' || code === 'TimeoutError';
}
