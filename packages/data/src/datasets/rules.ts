/** Rules for test data beyond the shape of one row. */
import { brokenRules, type Rule } from '../rules/rule.ts';
import type { Violation } from './dataset-errors.ts';

/** Holds for rows together. It is made anew for each reading. */
export interface SetRule<T> {
  readonly name: string;
  begin(): {
    check(row: T, number: number): ReturnType<Rule<T>['check']>;
    /** After the last row; the number of a row, from 1, and what is wrong with it. */
    end?(): readonly { readonly row: number; readonly path?: string; readonly message: string }[];
  };
}

/** Of one row (`rule`), or of all together. */
export type DatasetRule<T> = Rule<T> | SetRule<T>;

/** Rows that have fields of these names. */
type With<Name extends string> = { readonly [Key in Name]?: unknown };

/** No two rows have the same value there, or the same values there together. Rows without one are not compared. */
export function unique<Name extends string>(...names: readonly Name[]): SetRule<With<Name>> {
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
          return first === undefined || `the same as in row ${first}`;
        },
      };
    },
  };
}

/** A value there names another row of the same data by `to`; the order of rows does not matter. */
export function refersTo<Name extends string, To extends string>(name: Name, to: To): SetRule<With<Name> & With<To>> {
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
              message: `there is no row whose ${to} is ${JSON.stringify(value)}`,
            })),
      };
    },
  };
}

/** All rules over one reading. */
export function applyRules<T>(rules: readonly DatasetRule<T>[]) {
  let number = 0;
  const begun = rules.map(rule => {
    if (!('begin' in rule)) return { rule, end: () => [] };
    const set = rule.begin();
    return { rule: { name: rule.name, check: (row: T) => set.check(row, number) }, end: () => set.end?.() ?? [] };
  });
  const ofEach = begun.map(({ rule }) => rule);
  return {
    check(row: T, ofRow: number): readonly Omit<Violation, 'line'>[] {
      number = ofRow;
      return brokenRules(row, ofEach).map(problem => ({ row: ofRow, ...problem }));
    },
    end: (): readonly Omit<Violation, 'line'>[] =>
      begun.flatMap(({ rule, end }) =>
        end().map(({ row, path = '', message }) => ({ row, path, message: `${rule.name}: ${message}` })),
      ),
  };
}
