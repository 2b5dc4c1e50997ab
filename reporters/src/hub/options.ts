/** The reporter's options: names, defaults, and what is wrong with those that a user gave. */
import { closestName, OptionError } from '@quality-hub/protocol';

export interface MaskList {
  /** Values to mask, in addition to those found in the environment. At least 4 characters each. */
  readonly values?: readonly string[];
  /** Names of environment variables whose values are to be masked although their names do not look secret. */
  readonly env?: readonly string[];
}

export interface HubReporterOptions {
  /** Name of the suite in the hub; part of every test's identity. @default 'default' */
  readonly project?: string;
  /** `embedded` keeps runs in `.quality-hub/hub.db` beside the spool; `off` writes the spool only. @default 'embedded' */
  readonly hub?: 'embedded' | 'off';
  /** Also fails the run when not every event could be kept. @default false */
  readonly strict?: boolean;
  readonly mask?: MaskList;
  /** Longest wait for the hub at the end of the run, in milliseconds, 0 to 600,000. @default 10000 */
  readonly finishTimeoutMs?: number;
}

export interface CheckedOptions {
  readonly project: string;
  readonly hub: 'embedded' | 'off';
  readonly strict: boolean;
  readonly mask: Required<MaskList>;
  readonly finishTimeoutMs: number;
}

/** What Playwright adds to every reporter's options; names that begin with `_` are its own. */
const GIVEN_BY_PLAYWRIGHT = new Set(['configDir', 'onlyFailures']);

type Check = (value: unknown) => boolean;
const isText: Check = value => typeof value === 'string' && value !== '';
const isTexts: Check = value => Array.isArray(value) && value.every(isText);

const CHECKS: Readonly<Record<keyof HubReporterOptions, readonly [expected: string, check: Check]>> = {
  project: ['a non-empty string', isText],
  hub: ["'embedded' or 'off'", value => value === 'embedded' || value === 'off'],
  strict: ['true or false', value => typeof value === 'boolean'],
  mask: ['{ values?: string[], env?: string[] }', isMaskList],
  finishTimeoutMs: ['a number of milliseconds from 0 to 600000', value => isMs(value, 600_000)],
};

/**
 * Checks all options and fills in defaults.
 *
 * @throws {OptionError} (`QH_OPTION`) that lists every wrong name and value.
 */
export function checkOptions(given: Readonly<Record<string, unknown>>): CheckedOptions {
  const problems: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || GIVEN_BY_PLAYWRIGHT.has(name) || name.startsWith('_')) continue;
    const known = CHECKS[name as keyof HubReporterOptions];
    if (known === undefined) problems.push(`unknown option '${name}'${didYouMean(name)}`);
    else if (!known[1](value)) problems.push(`'${name}' is ${show(value)}, expected ${known[0]}`);
  }
  if (problems.length > 0) throw new OptionError('Options of @quality-hub/reporters', problems);
  const {
    project = 'default',
    hub = 'embedded',
    strict = false,
    mask,
    finishTimeoutMs = 10_000,
  } = given as HubReporterOptions;
  return { project, hub, strict, finishTimeoutMs, mask: { values: mask?.values ?? [], env: mask?.env ?? [] } };
}

function isMaskList(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).every(([key, list]) => (key === 'values' || key === 'env') && isTexts(list));
}

function isMs(value: unknown, most: number): boolean {
  return typeof value === 'number' && value >= 0 && value <= most;
}

function didYouMean(name: string): string {
  const closest = closestName(name, Object.keys(CHECKS));
  return closest ? `, did you mean '${closest}'?` : `, known are ${Object.keys(CHECKS).join(', ')}`;
}

/** A wrong value in a message; of an object only its keys, since values may be secret. */
function show(value: unknown): string {
  if (typeof value === 'object' && value !== null) return `{ ${Object.keys(value).join(', ')} }`;
  return JSON.stringify(value) ?? String(value);
}
