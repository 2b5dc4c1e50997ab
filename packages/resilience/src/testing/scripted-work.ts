/** Work whose attempts go as it was told: a value, an error, a time. */
import type { CallContext } from '../policy.ts';

export interface Scripted {
  readonly work: (context: CallContext) => Promise<string>;
  readonly contexts: readonly CallContext[];
  /** Attempts that were started. */
  readonly count: number;
}

/** What one attempt does. Without `afterMs` it settles at once; `hang` never does, whatever its signal says. */
export type Outcome = { readonly ok?: string; readonly error?: unknown; readonly afterMs?: number } | 'hang';

/** The last outcome repeats. */
export function scripted(...outcomes: readonly Outcome[]): Scripted {
  const contexts: CallContext[] = [];
  return {
    contexts,
    get count() {
      return contexts.length;
    },
    work: async context => {
      const outcome = outcomes[Math.min(contexts.length, outcomes.length - 1)] ?? {};
      contexts.push(context);
      if (outcome === 'hang') return new Promise<never>(() => {});
      if (outcome.afterMs !== undefined) await new Promise(resolve => setTimeout(resolve, outcome.afterMs));
      if ('error' in outcome) throw outcome.error;
      return outcome.ok ?? 'ok';
    },
  };
}
