/** What the benchmark says: tables and lists for people, one JSON line for each figure. */
import type { JudgedAttempt } from './attempts.ts';
import { confusionTable, isRight, type Score, scoreOf } from './confusion.ts';

export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: 'ratio' | 'count';
  readonly target: number;
  readonly ok: boolean;
}

const RIGHT_TARGET = 0.9;
const WRONG_PRODUCT_TARGET = 1;
export const ATTEMPTS_TARGET = 60;

/** `verdicts.right.open` and the like: at least nine of ten. */
export function rightFigure(part: string, { right, attempts }: Score): Figure {
  const value = attempts === 0 ? 0 : Math.round((right / attempts) * 10_000) / 10_000;
  return { name: `verdicts.right.${part}`, value, unit: 'ratio', target: RIGHT_TARGET, ok: value >= RIGHT_TARGET };
}

/** At most one, over all that was judged. */
export function wrongProductFigure({ wronglyProduct }: Score): Figure {
  const ok = wronglyProduct <= WRONG_PRODUCT_TARGET;
  return { name: 'verdicts.wrong-product', value: wronglyProduct, unit: 'count', target: WRONG_PRODUCT_TARGET, ok };
}

export function attemptsFigure(value: number): Figure {
  return { name: 'verdicts.attempts', value, unit: 'count', target: ATTEMPTS_TARGET, ok: value >= ATTEMPTS_TARGET };
}

export function partText(part: string, attempts: readonly JudgedAttempt[]): string {
  const { right, wrong, wronglyProduct, unknown } = scoreOf(attempts);
  const counts = `${attempts.length} attempts, ${right} right, ${wrong} wrong (${wronglyProduct} wrongly product, ${unknown} unknown)`;
  return `\n${part}: ${counts}\n${confusionTable(attempts)}\n`;
}

/** The wrong ones with what could be seen of them. */
export function wrongText(attempts: readonly JudgedAttempt[]): string {
  return attempts
    .filter(attempt => !isRight(attempt))
    .map(({ case: { title, kind, route, truth, also }, verdict, reasons, errors, seen }) =>
      [
        `\n${title}: ${verdict}, but it is ${truth}${also ? ` or ${also}` : ''} (${kind} at ${route})`,
        ...reasons.map(reason => `  reason: ${reason}`),
        ...errors.map(error => `  error: ${bothEnds(error)}`),
        ...seen.map(line => `  seen: ${line}`),
      ].join('\n'),
    )
    .join('\n');
}

/** The middle of a long error, the headers of a request say, tells least. */
function bothEnds(text: string): string {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  const shown = lines.length <= 9 ? lines : [...lines.slice(0, 5), '…', ...lines.slice(-3)];
  return shown.join('\n         ');
}
