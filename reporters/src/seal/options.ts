/** The options of the seal: names, defaults, and what is wrong with those that a user gave. */
import { closestName, OptionError } from '@quality-hub/protocol';

export interface SealOptions {
  /**
   * What a value that is still there after masking does to the run; `off`: nothing is looked through.
   *
   * @default `secrets.verify` of the configuration, else 'fail'
   */
  readonly verify?: 'fail' | 'warn' | 'off';
  /** What something that looks like a secret, and that nobody has named, does to the run. @default 'warn' */
  readonly patterns?: 'fail' | 'warn' | 'off';
  /** Longest time for it, 1,000 to 3,600,000 ms; files that it is not enough for are moved away. @default 120000 */
  readonly budgetMs?: number;
  /** More files and folders to mask, relative to the configuration. @default none */
  readonly paths?: readonly string[];
}

const WAYS: readonly [expected: string, check: (value: unknown) => boolean] = [
  "'fail', 'warn' or 'off'",
  value => value === 'fail' || value === 'warn' || value === 'off',
];
const CHECKS: Readonly<Record<keyof SealOptions, readonly [expected: string, check: (value: unknown) => boolean]>> = {
  verify: WAYS,
  patterns: WAYS,
  budgetMs: [
    'a number of milliseconds from 1000 to 3600000',
    value => typeof value === 'number' && value >= 1_000 && value <= 3_600_000,
  ],
  paths: [
    'a list of paths',
    value => Array.isArray(value) && value.every(path => typeof path === 'string' && path !== ''),
  ],
};
/** What Playwright adds to every reporter's options. */
const GIVEN_BY_PLAYWRIGHT = new Set(['configDir', 'onlyFailures']);

export type CheckedSealOptions = Required<Omit<SealOptions, 'verify'>> & Pick<SealOptions, 'verify'>;

/** @throws {OptionError} (`QH_OPTION`) that lists every wrong name and value. */
export function checkSealOptions(given: Readonly<Record<string, unknown>>): CheckedSealOptions {
  const problems: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined || GIVEN_BY_PLAYWRIGHT.has(name) || name.startsWith('_')) continue;
    const known = CHECKS[name as keyof SealOptions];
    if (known === undefined) {
      const closest = closestName(name, Object.keys(CHECKS));
      problems.push(`unknown option '${name}'${closest ? `, did you mean '${closest}'?` : ''}`);
    } else if (!known[1](value)) problems.push(`'${name}' is ${JSON.stringify(value)}, expected ${known[0]}`);
  }
  if (problems.length > 0) throw new OptionError('Options of @quality-hub/reporters/seal', problems);
  const { verify, patterns = 'warn', budgetMs = 120_000, paths = [] } = given as SealOptions;
  return { ...(verify === undefined ? {} : { verify }), patterns, budgetMs, paths };
}
