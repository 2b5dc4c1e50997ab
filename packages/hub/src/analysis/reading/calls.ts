/**
 * Requests that a test made itself, as its steps show them.
 *
 * Steps tell of every request context, also of those that nobody watches, but not of the answer's status. What follows
 * such a step does: a check that passed right after it accepted the answer.
 */
import type { AttemptFacts, StepFacts } from '@quality-hub/protocol';

export interface Call {
  readonly method: string;
  /** As the test wrote it, without the query: often only a path. */
  readonly url: string;
  readonly startedAt: string;
  readonly durationMs: number;
  /** The call threw. */
  readonly failed: boolean;
  /** The next step was a check, and it passed. */
  readonly checked: boolean;
}

/** The calls before the first failed check: what comes after it is cleaning up. */
export function callsOf({ steps }: AttemptFacts): readonly Call[] {
  const ordered = [...steps].sort((a, b) => a.id - b.id);
  const failedCheck = ordered.findIndex(({ category, error }) => category === 'expect' && error !== undefined);
  return callsOfSteps(failedCheck < 0 ? ordered : ordered.slice(0, failedCheck));
}

export function callsOfSteps(steps: readonly StepFacts[]): readonly Call[] {
  const ordered = [...steps].sort((a, b) => a.id - b.id);
  return ordered.flatMap((step, index) => {
    const call = requestOf(step);
    if (!call) return [];
    const next = ordered[index + 1];
    const checked = next?.category === 'expect' && next.error === undefined;
    const { startedAt, durationMs, error } = step;
    return { ...call, startedAt, durationMs, failed: error !== undefined, checked };
  });
}

function requestOf({ category, params }: StepFacts): { method: string; url: string } | undefined {
  if (category !== 'pw:api' || typeof params?.url !== 'string' || typeof params.method !== 'string') return undefined;
  return { method: params.method.toUpperCase(), url: params.url.replace(/[?#].*$/, '') };
}
