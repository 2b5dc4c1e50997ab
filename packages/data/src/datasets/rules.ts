/** Rules for test data beyond the shape of one row. */
import type { Violation } from './dataset-errors.ts';

/** What a rule says of a row: nothing or true where it holds, else a sentence, with a place in the row where it has one. */
export type RuleOutcome = boolean | string | { readonly path: string; readonly message: string } | undefined;

/** Holds for each row by itself: fields that belong together. */
export interface RowRule<T> {
  /** What holds, as a sentence: 'the total is the sum of its lines'. */
  readonly name: string;
  check(row: T): RuleOutcome;
}

/** Holds for rows together. It is made anew for each reading. */
export interface SetRule<T> {
  readonly name: string;
  begin(): {
    check(row: T, number: number): RuleOutcome;
    /** After the last row; the number of a row, from 1, and what is wrong with it. */
    end?(): readonly { readonly row: number; readonly path?: string; readonly message: string }[];
  };
}

export type DatasetRule<T> = RowRule<T> | SetRule<T>;

type Names<T> = keyof T & string;

/** No two rows have the same value there, or the same values there together. Rows without one are not compared. */
export function unique<T>(...names: readonly Names<T>[]): SetRule<T> {
  const path = names.join(' and ');
  return {
    name: `${path} is unique`,
    begin: () => {
      const seen = new Map<string, number>();
      return {
        check(row, number) {
          const values = names.map(name => row[name]);
          if (values.some(value => value === undefined || value === null)) return undefined;
          const key = JSON.stringify(values);
          const first = seen.get(key);
          if (first === undefined) seen.set(key, number);
          return first === undefined || { path, message: `the same as in row ${first}` };
        },
      };
    },
  };
}

/** A value there names another row of the same data by `to`; the order of rows does not matter. */
export function refersTo<T>(name: Names<T>, to: Names<T>): SetRule<T> {
  return {
    name: `${name} names a row by its ${to}`,
    begin: () => {
      const known = new Set<unknown>();
      const asked: { row: number; value: unknown }[] = [];
      return {
        check(row, number) {
          known.add(row[to]);
          const value = row[name];
          if (value !== undefined && value !== null && !known.has(value)) asked.push({ row: number, value });
          return undefined;
        },
        end: () =>
          asked
            .filter(({ value }) => !known.has(value))
            .map(({ row, value }) => ({
              row,
              path: name,
              message: `there is no row whose ${to} is ${JSON.stringify(value)}`,
            })),
      };
    },
  };
}

/** All rules over one reading. */
export function applyRules<T>(rules: readonly DatasetRule<T>[]) {
  const running = rules.map(rule => {
    if (!('begin' in rule)) return { name: rule.name, check: (row: T) => rule.check(row), end: () => [] };
    const begun = rule.begin();
    return {
      name: rule.name,
      check: (row: T, number: number) => begun.check(row, number),
      end: () => begun.end?.() ?? [],
    };
  });
  return {
    check(row: T, number: number): readonly Omit<Violation, 'line'>[] {
      const found: Omit<Violation, 'line'>[] = [];
      for (const { name, check } of running) {
        let outcome: RuleOutcome;
        try {
          outcome = check(row, number);
        } catch (error) {
          outcome = `the rule has failed: ${error instanceof Error ? error.message : String(error)}`;
        }
        if (outcome === undefined || outcome === true) continue;
        if (outcome === false) found.push({ row: number, path: '', message: `not true: ${name}` });
        else if (typeof outcome === 'string') found.push({ row: number, path: '', message: `${name}: ${outcome}` });
        else found.push({ row: number, path: outcome.path, message: outcome.message });
      }
      return found;
    },
    end: (): readonly Omit<Violation, 'line'>[] =>
      running.flatMap(({ end }) => [...end()]).map(({ row, path = '', message }) => ({ row, path, message })),
  };
}
