/** The words that tell what became of a run, the same at the end of a run and in every command. */
import { VERDICTS, type Verdict } from './verdict.ts';

/** What is told of the counts of a run; what a source does not count is left out. */
export interface ToldCounts {
  readonly passed: number;
  readonly failed: number;
  readonly flaky: number;
  readonly skipped: number;
  readonly notRun: number;
  readonly blocked?: number;
  readonly muted?: number;
  readonly interrupted?: number;
  readonly lost?: number;
}

export interface CountWord {
  readonly count: number;
  readonly outcome: keyof ToldCounts;
  /** `passed`, `not run`. */
  readonly word: string;
}

const OUTCOMES: readonly (keyof ToldCounts)[] = [
  'passed',
  'failed',
  'flaky',
  'skipped',
  'blocked',
  'muted',
  'interrupted',
  'notRun',
  'lost',
];

/** The counts in the order in which they are told; what there is none of is left out. */
export function countWords(counts: ToldCounts): readonly CountWord[] {
  return OUTCOMES.flatMap(outcome => {
    const count = counts[outcome] ?? 0;
    return count > 0 ? [{ count, outcome, word: outcome === 'notRun' ? 'not run' : outcome }] : [];
  });
}

/** The verdicts that were given, most frequent first. */
export function verdictWords(
  verdicts: Readonly<Partial<Record<Verdict, number>>>,
): readonly { readonly count: number; readonly verdict: Verdict }[] {
  const given = VERDICTS.map(verdict => ({ count: verdicts[verdict] ?? 0, verdict }));
  return given.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count);
}
