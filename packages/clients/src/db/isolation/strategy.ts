/** The ways to undo what a test wrote, and what is wrong with a choice of them. */
import { closestName } from '@quality-hub/protocol';

/**
 * `transaction` rolls back one transaction around the test, `truncate` empties the tables, `template` gives each worker a copy
 * of a prepared database, `none` does nothing.
 */
export type IsolationStrategy = 'transaction' | 'truncate' | 'template' | 'none';

export const ISOLATION_STRATEGIES: readonly IsolationStrategy[] = ['transaction', 'truncate', 'template', 'none'];

/** A sentence, or undefined where `value` is a strategy. */
export function whyNoStrategy(value: unknown): string | undefined {
  if (ISOLATION_STRATEGIES.includes(value as IsolationStrategy)) return undefined;
  const meant = closestName(String(value), ISOLATION_STRATEGIES);
  return `is ${JSON.stringify(value)}: ${meant ? `did you mean "${meant}"?` : `expected one of ${ISOLATION_STRATEGIES.join(', ')}`}`;
}
