/** What a type cannot say of a record: fields that belong together. */
import type { RecordProblem } from '../errors.ts';

export interface Rule<T> {
  /** What holds, as a sentence: 'the total is the sum of its lines'. */
  readonly name: string;
  /** Undefined or true where it holds; a sentence, or a place in the record, says what does not. */
  check(record: T): boolean | string | RecordProblem | undefined;
}

/** @example rule('a paid order has a date', order => order.status !== 'paid' || order.paidAt !== undefined) */
export function rule<T>(name: string, check: Rule<T>['check']): Rule<T> {
  return { name, check };
}

/** Every rule that a record breaks. A rule that throws is broken: it met what it does not expect. */
export function brokenRules<T>(record: T, rules: readonly Rule<T>[]): readonly RecordProblem[] {
  return rules.flatMap(({ name, check }) => {
    let outcome: ReturnType<typeof check>;
    try {
      outcome = check(record);
    } catch (error) {
      outcome = `the rule has failed: ${error instanceof Error ? error.message : error}`;
    }
    if (outcome === undefined || outcome === true) return [];
    if (outcome === false) return [{ path: '', message: `not true: ${name}` }];
    if (typeof outcome === 'string') return [{ path: '', message: `${name}: ${outcome}` }];
    return [{ path: outcome.path, message: `${name}: ${outcome.message}` }];
  });
}
