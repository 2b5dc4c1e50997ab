/** What is wrong with the options of a policy: all of it at once, without zod, which costs a worker 67 ms to load. */
import { closestName, OptionError } from '@quality-hub/protocol';
import { LONGEST_TIMER_MS } from './clock.ts';
import type { PolicyOptions } from './options.ts';

/** Says what is expected where a value is not that. */
type Check = (value: unknown, path: string) => readonly string[];

const LONGEST_MS = LONGEST_TIMER_MS * 100;

const number =
  (fits: (value: number) => boolean, expected: string): Check =>
  (value, path) =>
    typeof value === 'number' && fits(value) ? [] : [`${path} is ${shown(value)}, expected ${expected}`];

/** Length of time. A deadline beyond the longest timer is kept all the same, in pieces. */
const ms = number(value => value > 0 && value <= LONGEST_MS, 'milliseconds, more than 0');
const count = number(value => Number.isInteger(value) && value >= 1, 'a whole number from 1');
const countOrNone = number(value => Number.isInteger(value) && value >= 0, 'a whole number from 0');
const part = number(value => value > 0 && value <= 1, 'more than 0, up to 1');
const partBelowAll = number(value => value >= 0 && value < 1, '0 to under 1');
const partOfAll = number(value => value > 0 && value < 1, 'more than 0, under 1');
const positive = number(value => value > 0 && Number.isFinite(value), 'a number above 0');

const oneOf =
  (...values: readonly unknown[]): Check =>
  (value, path) =>
    values.includes(value) ? [] : [`${path} is ${shown(value)}, expected ${values.map(shown).join(', ')}`];

const aFunction: Check = (value, path) =>
  typeof value === 'function' ? [] : [`${path} is ${shown(value)}, expected a function`];

const text: Check = (value, path) =>
  typeof value === 'string' && value !== '' ? [] : [`${path} is ${shown(value)}, expected a text`];

/** An object of such options; `needed` ones must be there. */
function object(shape: Readonly<Record<string, Check>>, needed: readonly string[] = []): Check {
  const names = Object.keys(shape);
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return [`${path} is ${shown(value)}, expected an object`];
    const given = value as Readonly<Record<string, unknown>>;
    const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
    return [
      ...needed.filter(name => given[name] === undefined).map(name => `${at(name)} is missing`),
      ...Object.entries(given).flatMap(([name, one]) => {
        const check = Object.hasOwn(shape, name) ? shape[name] : undefined;
        if (check === undefined) return [`${at(name)} is no option${meant(name, names)}`];
        return one === undefined ? [] : check(one, at(name));
      }),
    ];
  };
}

/** A short form, or the whole object. */
function short(isShort: (value: unknown) => boolean, form: Check, whole: Check): Check {
  return (value, path) => (isShort(value) ? form : whole)(value, path);
}

const isNumber = (value: unknown): boolean => typeof value === 'number';
const noObject = (value: unknown): boolean => typeof value !== 'object';

const WINDOW = { ratio01: partOfAll, overCalls: count, overMs: ms, atLeastCalls: count };

const BREAKER = object({
  consecutive: count,
  failures: object(WINDOW),
  slow: object({ ...WINDOW, slowerThanMs: ms }, ['slowerThanMs']),
  rule: aFunction,
  openMs: ms,
  maxOpenMs: ms,
  halfOpen: object({ calls: count, failures01: partBelowAll, timeoutMs: ms }),
  per: oneOf('target', 'host', 'policy'),
});

const RETRY = object({
  retries: countOrNone,
  baseMs: ms,
  maxMs: ms,
  jitter: oneOf('full', 'equal', 'decorrelated', 'none'),
  alsoOn: (value, path) =>
    Array.isArray(value)
      ? value.flatMap((one, index) => BLAMES(one, `${path}[${index}]`))
      : [`${path} is ${shown(value)}, expected a list`],
  when: aFunction,
  budget: short(noObject, oneOf(false), object({ ratio01: part, reserve: countOrNone, most: count })),
});
const BLAMES = oneOf('caller', 'dependency', 'network', 'data', 'credential');

const POLICY = object({
  name: text,
  fallback: object({ feature: text, give: aFunction, when: aFunction }, ['give']),
  deadlineMs: ms,
  retry: short(isNumber, countOrNone, RETRY),
  hedge: short(isNumber, ms, object({ afterMs: ms, most: count }, ['afterMs'])),
  breaker: short(noObject, oneOf(true, false, 'per-target', 'per-host'), BREAKER),
  rateLimit: short(noObject, oneOf('adaptive'), object({ calls: positive, perMs: ms, burst: count, maxWaitMs: ms })),
  quota: short(isNumber, count, object({ calls: count }, ['calls'])),
  bulkhead: short(isNumber, count, object({ concurrent: count, queue: countOrNone }, ['concurrent'])),
  timeoutMs: ms,
  hooks: object({ beforeRetry: aFunction, onOpen: aFunction, onRecover: aFunction }),
});

/**
 * @throws {OptionError} (`QH_OPTION`) with every wrong name and value there is.
 */
export function checkPolicyOptions(options: PolicyOptions): void {
  const problems = [...POLICY(options, ''), ...contradictions(options)];
  if (problems.length > 0) throw new OptionError(`Policy "${options?.name ?? 'default'}"`, problems);
}

/** What is right by itself and makes no sense together. */
function contradictions({ breaker, deadlineMs, timeoutMs }: PolicyOptions): readonly string[] {
  const found: string[] = [];
  if (typeof breaker === 'object' && breaker !== null)
    for (const [name, window] of Object.entries({ failures: breaker.failures, slow: breaker.slow }))
      if (window?.overCalls !== undefined && window.overMs !== undefined)
        found.push(`breaker.${name} has overCalls and overMs, expected one of them`);
      else if (
        (window?.atLeastCalls ?? 0) >
        (window?.overMs === undefined ? (window?.overCalls ?? 20) : Number.POSITIVE_INFINITY)
      )
        found.push(`breaker.${name}.atLeastCalls is ${window?.atLeastCalls}, more than the window ever holds`);
  if (typeof deadlineMs === 'number' && typeof timeoutMs === 'number' && timeoutMs > deadlineMs)
    found.push(`timeoutMs is ${timeoutMs}, more than the deadlineMs of ${deadlineMs}: it would never count`);
  return found;
}

function meant(name: string, names: readonly string[]): string {
  const close = closestName(name, names);
  return close === undefined ? `; options are ${names.join(', ')}` : `; did you mean ${close}?`;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
