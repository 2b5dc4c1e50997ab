/** Counts what was judged against what is true. */
import { VERDICTS, type Verdict } from '@quality-hub/protocol';
import type { JudgedAttempt } from './attempts.ts';

export interface Score {
  readonly attempts: number;
  readonly right: number;
  readonly wrong: number;
  /** Of the wrong ones: `product` was blamed and it was not its fault. */
  readonly wronglyProduct: number;
  /** Of the wrong ones: said to be unknown. */
  readonly unknown: number;
}

export const isRight = ({ case: { truth, also }, verdict }: JudgedAttempt): boolean =>
  verdict === truth || verdict === also;

export function scoreOf(attempts: readonly JudgedAttempt[]): Score {
  const wrong = attempts.filter(attempt => !isRight(attempt));
  return {
    attempts: attempts.length,
    right: attempts.length - wrong.length,
    wrong: wrong.length,
    wronglyProduct: wrong.filter(({ verdict }) => verdict === 'product').length,
    unknown: wrong.filter(({ verdict }) => verdict === 'unknown').length,
  };
}

/** The confusion matrix as text: a row for each truth, a column for each verdict. */
export function confusionTable(attempts: readonly JudgedAttempt[]): string {
  const truths = VERDICTS.filter(verdict => verdict !== 'unknown');
  const count = (truth: Verdict, verdict: Verdict) =>
    attempts.filter(one => meantBy(one) === truth && one.verdict === verdict).length || '.';
  const rows = truths.map(truth => [truth, ...VERDICTS.map(verdict => String(count(truth, verdict)))]);
  const head = ['truth \\ verdict', ...VERDICTS.map(verdict => verdict.slice(0, 11))];
  return [head, ...rows]
    .map(([first = '', ...cells]) => first.padEnd(16) + cells.map(cell => cell.padStart(13)).join(''))
    .join('\n');
}

/** An accepted second answer counts in its own row: the diagonal holds all that is right. */
function meantBy({ case: { truth, also }, verdict }: JudgedAttempt): Verdict {
  return verdict === also ? also : truth;
}
