/** Conditions on the attributes of a context: `country: [DE, AT]`, `appVersion: { semver: '>=2.1' }`. */

import { meantName } from '../errors.ts';
import type { ContextValue, FlagContext } from '../provider.ts';

export interface Condition {
  readonly attribute: string;
  holds(context: FlagContext): boolean;
}

/** The part of the package `semver` that rules need; it is loaded where one of them asks for it. */
export interface SemverRanges {
  validRange(range: string): string | null;
  satisfies(version: string, range: string, options: { readonly includePrerelease: boolean }): boolean;
  coerce(version: string): { readonly version: string } | null;
  valid(version: string): string | null;
}

interface Operator {
  readonly expects: string;
  readonly takes: (operand: unknown, semver: SemverRanges | undefined) => boolean;
  readonly test: (value: ContextValue | undefined, operand: never, semver: SemverRanges | undefined) => boolean;
}

const isPlain = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
const isList = (value: unknown): boolean => Array.isArray(value) && value.length > 0 && value.every(isPlain);
const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);

function operator<T>(
  expects: string,
  takes: Operator['takes'],
  test: (value: ContextValue | undefined, operand: T, semver: SemverRanges | undefined) => boolean,
): Operator {
  return { expects, takes, test: test as Operator['test'] };
}

const PLAIN = 'a text, a number, true or false';
const order = (is: (value: number, limit: number) => boolean): Operator =>
  operator<number>('a number', isNumber, (value, limit) => typeof value === 'number' && is(value, limit));
const text = (is: (value: string, part: string) => boolean): Operator =>
  operator<string>('a text', isText, (value, part) => isText(value) && is(value, part));

/** An attribute that there is not fulfils none of them, but `notEquals`, `notIn` and `exists: false`. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  equals: operator(PLAIN, isPlain, (value, operand) => has(value, operand)),
  notEquals: operator(PLAIN, isPlain, (value, operand) => !has(value, operand)),
  in: operator<unknown[]>('a list', isList, (value, operand) => operand.some(one => has(value, one))),
  notIn: operator<unknown[]>('a list', isList, (value, operand) => !operand.some(one => has(value, one))),
  startsWith: text((value, part) => value.startsWith(part)),
  endsWith: text((value, part) => value.endsWith(part)),
  contains: text((value, part) => value.includes(part)),
  matches: operator<string>(
    'a regular expression',
    isPattern,
    (value, pattern) => isText(value) && new RegExp(pattern, 'u').test(value),
  ),
  above: order((value, limit) => value > limit),
  atLeast: order((value, limit) => value >= limit),
  below: order((value, limit) => value < limit),
  atMost: order((value, limit) => value <= limit),
  semver: operator<string>("a range of versions such as '>=2.1.0 <3'", isRange, isVersionIn),
  exists: operator<boolean>(
    'true or false',
    operand => typeof operand === 'boolean',
    (value, operand) => (value !== undefined && value !== null) === operand,
  ),
};

/** True where a rule needs the package `semver`. */
export function usesSemver(file: unknown): boolean {
  return JSON.stringify(file)?.includes('"semver":') ?? false;
}

/** The conditions of one attribute, or what is wrong with them. `where` names the place in the file. */
export function readConditions(
  attribute: string,
  given: unknown,
  where: string,
  semver: SemverRanges | undefined,
): { readonly conditions: readonly Condition[]; readonly problems: readonly string[] } {
  // The short forms: a value to be equal to, a list to be in.
  const spelt = isPlain(given) ? { equals: given } : Array.isArray(given) ? { in: given } : given;
  if (typeof spelt !== 'object' || spelt === null || Object.keys(spelt).length === 0) {
    return {
      conditions: [],
      problems: [`${where} is ${show(given)}, expected a value, a list of values or an operator`],
    };
  }
  const conditions: Condition[] = [];
  const problems: string[] = [];
  for (const [name, operand] of Object.entries(spelt)) {
    const known = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
    if (known === undefined)
      problems.push(`${where} has no operator ${name}${meantName(name, Object.keys(OPERATORS))}`);
    else if (!known.takes(operand, semver))
      problems.push(`${where}.${name} is ${show(operand)}, expected ${known.expects}`);
    else {
      const holds = (context: FlagContext): boolean =>
        known.test(attributeOf(context, attribute), operand as never, semver);
      conditions.push({ attribute, holds });
    }
  }
  return { conditions, problems };
}

/** An attribute by its name, or by a path into nested ones: `user.plan`. */
function attributeOf(context: FlagContext, attribute: string): ContextValue | undefined {
  if (Object.hasOwn(context, attribute)) return context[attribute];
  let at: unknown = context;
  for (const key of attribute.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at as ContextValue;
}

/** Equal, or a list that has it: `roles: admin` holds where the roles are [admin, buyer]. */
function has(value: ContextValue | undefined, wanted: unknown): boolean {
  return Array.isArray(value) ? value.includes(wanted as ContextValue) : value === wanted;
}

function isPattern(operand: unknown): boolean {
  if (!isText(operand)) return false;
  try {
    return new RegExp(operand, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}

function isRange(operand: unknown, semver: SemverRanges | undefined): boolean {
  return isText(operand) && operand.trim() !== '' && semver?.validRange(operand) !== null;
}

/** A version that leaves parts out, such as 2.1, counts as 2.1.0. What is under test is often a pre-release: 2.2.0-rc.1 is in >=2.1. */
function isVersionIn(value: ContextValue | undefined, range: string, semver: SemverRanges | undefined): boolean {
  if (!isText(value) || semver === undefined) return false;
  const version = semver.valid(value) ?? semver.coerce(value)?.version;
  return version !== undefined && semver.satisfies(version, range, { includePrerelease: true });
}

export function show(value: unknown): string {
  const said = JSON.stringify(value) ?? 'missing';
  return said.length > 60 ? `${said.slice(0, 59)}…` : said;
}
