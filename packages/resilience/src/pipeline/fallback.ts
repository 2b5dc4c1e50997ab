/** What a call gives instead of failing. */
import type { Classification } from '../failures/classification.ts';

export interface Fallback {
  /** What works less well where this is used; recorded as a degradation. */
  readonly feature?: string;
  /** Makes what is given instead. */
  readonly give: (error: unknown) => unknown;
  /** For which failures. @default all but those of the caller, of its data and of its credentials: they would hide mistakes */
  readonly when?: (error: unknown, failure: Classification) => boolean;
}

/**
 * Goes on without a feature: the call gives `value` where its dependency fails, and the registry records that `feature` is
 * degraded, so that a report can say what a test has passed without.
 */
export function degrade(feature: string, value?: unknown, when?: Fallback['when']): Fallback {
  return { feature, give: () => value, ...(when ? { when } : {}) };
}

export function takesOver({ when }: Fallback, error: unknown, failure: Classification): boolean {
  if (when) return when(error, failure);
  return failure.blame === 'dependency' || failure.blame === 'network';
}
